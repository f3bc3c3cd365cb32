// The class Batch: operations that are written as a whole.
//
// Thread-safety: with the interpreter's lock. While one thread writes a batch, others may read it; a change is refused.
#pragma once

#include <mylonite/write_batch.h>
#include <pybind11/pybind11.h>

namespace mylonite::python {

class Batch {
 public:
  const WriteBatch& operations() const { return operations_; }
  WriteBatch& changing();  // raises RuntimeError while it is being written

  class Writing {
   public:
    explicit Writing(Batch& batch) : batch_(batch) { ++batch_.writers_; }
    ~Writing() { --batch_.writers_; }
    Writing(const Writing&) = delete;
    Writing& operator=(const Writing&) = delete;

   private:
    Batch& batch_;
  };

 private:
  WriteBatch operations_;
  int writers_ = 0;
};

void add_batch(pybind11::module_& module);

}  // namespace mylonite::python
