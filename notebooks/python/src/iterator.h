// The class Iterator: pairs or keys of a range at one moment, in either direction, as Python iterates.
//
// Behind it stands a cursor of the engine. It is stepped in growing portions without the interpreter's lock, so that a
// scan lets go of the lock a few times in a thousand pairs; what it pins is let go at the end of the range.
// Thread-safety: any thread. A second one that asks while the first steps the cursor gets ValueError, as generators do.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <pybind11/pybind11.h>

#include "notebooks/python/src/open_store.h"

namespace mylonite::python {

class PairIterator {
 public:
  struct Wish {
    KeyBounds bounds{};
    ReadOptions read{};
    bool reverse = false;
    bool values = true;             // false: keys alone
    std::size_t first_portion = 8;  // pairs of the first step
  };
  struct Pair {
    std::string_view key;
    std::string_view value;  // empty without values
  };
  PairIterator(SharedStore store, Wish wish);  // raises what the engine answers

  // The next pair, readable until the next call; nothing: the end. Raises what the engine answers.
  std::optional<Pair> take();
  bool with_values() const { return wish_.values; }
  void close();

 private:
  struct Sizes {
    std::size_t key = 0;
    std::size_t value = 0;
  };
  struct Portion {
    std::string bytes;         // key, value, key, value
    std::vector<Sizes> sizes;  // of the pairs
  };
  bool refill();           // false: the end
  Result<Portion> step();  // without the interpreter's lock

  const SharedStore store_;
  const Wish wish_;
  Owned<Iterator> cursor_;
  bool placed_ = false;
  bool stepping_ = false;  // by a thread without the interpreter's lock, whose all of the rest is meanwhile
  std::size_t wanted_;     // pairs of the next portion
  Portion portion_;
  std::size_t at_pair_ = 0;  // the next to be handed out
  std::size_t at_byte_ = 0;
};

void add_iterator(pybind11::module_& module);

}  // namespace mylonite::python
