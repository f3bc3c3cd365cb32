// The encoded form of a batch, also a log record's payload, and its reader. Entries are back to back:
//   kind (1 byte: 2 put, 1 delete, 0 range delete) | varint key length | key
//   | put: varint value length | value | range delete: varint length | the exclusive end
// Thread-safety: one thread an object.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/format/internal_key.h"

namespace mylonite {

struct BatchEntry {
  Kind kind = Kind::kPut;
  std::string_view key;
  std::string_view value;  // of a range delete: its exclusive end
};

// As a program gives a batch, a range delete to the end of all keys has an empty exclusive end. As it is logged, each
// has two keys (WriteBatch::bounded).
enum class BatchForm : std::uint8_t { kLogged, kGiven };

std::string key_behind(std::string_view key);  // the least key above it

// Reads an encoded batch: `while (reader.next(entry))`, then check damaged().
class BatchReader {
 public:
  explicit BatchReader(std::string_view encoded, BatchForm form = BatchForm::kLogged) : rest_(encoded), form_(form) {}
  bool next(BatchEntry& entry);
  bool damaged() const { return damaged_; }

 private:
  std::string_view rest_;
  BatchForm form_;
  bool damaged_ = false;
};

}  // namespace mylonite
