// The class Snapshot: a moment of a store, read as long as it is held.
//
// Thread-safety: with the interpreter's lock.
#pragma once

#include <memory>
#include <utility>

#include <pybind11/pybind11.h>

#include "notebooks/python/src/open_store.h"

namespace mylonite::python {

class HeldSnapshot {
 public:
  explicit HeldSnapshot(SharedStore store)
      : store_(std::move(store)),
        snapshot_(store_->making<Snapshot>([](Store& open) -> Result<std::unique_ptr<Snapshot>> {
          auto taken = open.snapshot();
          if (!taken.ok()) return taken.error();
          return std::make_unique<Snapshot>(std::move(*taken));
        })),
        at_(snapshot_->at()) {}

  const SharedStore& store() const { return store_; }
  Timestamp at() const { return at_; }
  ReadOptions read() const;  // raises ValueError once released
  void release() { snapshot_.drop(); }

 private:
  const SharedStore store_;
  Owned<Snapshot> snapshot_;
  const Timestamp at_;
};

void add_snapshot(pybind11::module_& module);

}  // namespace mylonite::python
