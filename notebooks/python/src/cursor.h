// The class Cursor: it seeks and steps both ways over the pairs of a range at one moment.
//
// Thread-safety: any thread. A second one that uses it while the first moves it gets ValueError, as of an Iterator.
#pragma once

#include <pybind11/pybind11.h>

#include "notebooks/python/src/open_store.h"

namespace mylonite::python {

class Cursor {
 public:
  Cursor(SharedStore store, const KeyBounds& bounds, const ReadOptions& read);  // raises what the engine answers

  // Each answers whether it stands on a pair then.
  bool seek(std::string_view key);  // the first key at or after this one
  bool seek_to_first();
  bool seek_to_last();
  bool next();  // ValueError where it stands on no pair, as of the rest
  bool prev();

  bool valid() const;
  pybind11::bytes key() const;
  pybind11::bytes value() const;
  void close();  // it stands nowhere then, and its seeks raise ValueError

 private:
  void refuse() const;  // where no engine call is possible now
  const Iterator& standing() const;
  template <class Move>
  bool moved(const Move& move);  // without the interpreter's lock

  const SharedStore store_;
  Owned<Iterator> cursor_;
  bool stepping_ = false;
};

void add_cursor(pybind11::module_& module);

}  // namespace mylonite::python
