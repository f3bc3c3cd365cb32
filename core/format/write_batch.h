// A batch of puts and removes that becomes visible and durable as a whole.
//
// Encoded form, also a log record's payload: entries back to back,
//   kind (1 byte: 2 put, 1 delete) | varint key length | key | put only: varint value length | value
// Thread-safety: one thread an object.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/status.h"
#include "core/format/internal_key.h"

namespace mylonite {

inline constexpr std::size_t kKeyBytesMax = 64 << 10;
inline constexpr std::size_t kValueBytesMax = 1 << 30;
inline constexpr std::size_t kBatchBytesMax = 2ULL << 30;

class WriteBatch {
 public:
  void put(std::string_view key, std::string_view value);
  void remove(std::string_view key);
  void clear() { *this = WriteBatch(); }

  std::size_t count() const { return count_; }  // operations as given, duplicates included
  std::string_view encoded() const { return encoded_; }

  // kInvalidArgument when a key, a value or the whole is over its limit.
  Status check_limits() const;
  // The same effect with one operation a key: the last of each key wins. Keeps the order of what stays.
  WriteBatch collapsed() const;

 private:
  std::string encoded_;
  std::size_t count_ = 0;
  std::size_t longest_key_ = 0;
  std::size_t longest_value_ = 0;
};

struct BatchEntry {
  Kind kind = Kind::kPut;
  std::string_view key;
  std::string_view value;
};

// Walks an encoded batch: `while (reader.next(entry))`, then ask damaged().
class BatchReader {
 public:
  explicit BatchReader(std::string_view encoded) : rest_(encoded) {}
  bool next(BatchEntry& entry);
  bool damaged() const { return damaged_; }

 private:
  std::string_view rest_;
  bool damaged_ = false;
};

}  // namespace mylonite
