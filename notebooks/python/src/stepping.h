// The mark of an object whose engine part one thread uses without the interpreter's lock.
//
// Requires the interpreter's lock at both ends. Thread-safety: with that lock.
#pragma once

namespace mylonite::python {

class Stepping {
 public:
  explicit Stepping(bool& flag) : flag_(flag) { flag_ = true; }
  ~Stepping() { flag_ = false; }
  Stepping(const Stepping&) = delete;
  Stepping& operator=(const Stepping&) = delete;

 private:
  bool& flag_;
};

}  // namespace mylonite::python
