// A batch of puts, removes and range deletes that becomes visible and durable as a whole.
//
// Operations take effect in the order they were added: a range delete hides earlier operations of the batch, not later
// ones.
//
// Thread-safety: one thread an object.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mylonite/status.h>

namespace mylonite {

inline constexpr std::size_t kKeyBytesMax = 64 << 10;
inline constexpr std::size_t kValueBytesMax = 1 << 30;
inline constexpr std::size_t kBatchBytesMax = 2ULL << 30;

// One operation of a batch. Borrows from the batch.
struct BatchOperation {
  enum class Kind : std::uint8_t { kPut, kRemove, kRemoveRange };
  Kind kind = Kind::kPut;
  std::string_view key;                    // of a range: the first key
  std::string_view value{};                // of a put
  std::optional<std::string_view> high{};  // of a range: the key to stop before; empty: the end of all keys
  bool operator==(const BatchOperation&) const = default;
};

// How one write is done.
struct WriteOptions {
  // True: durable when the write returns, and all that was logged before it. False: in the hands of the operating
  // system, so that it survives the death of the process but not a power loss. Empty: as wal_flush_every_write says.
  // Writers that happen to be logged together are synced if one of them asks for it.
  std::optional<bool> sync{};
};

class WriteBatch {
 public:
  void put(std::string_view key, std::string_view value);
  void remove(std::string_view key);
  // [low, high), or every key from `low` on; no effect when they are equal. A range to the end costs no more than
  // another one. When it is written, its end becomes the least key above all existing ones. That is what logs and
  // tables hold, and what listeners get.
  void remove_range(std::string_view low, std::optional<std::string_view> high);
  void clear() { *this = WriteBatch(); }

  std::size_t count() const { return count_; }  // operations as given, duplicates included
  // As given, in their order; of a batch that a listener is told, those that count. Readable until the batch changes.
  // O(count).
  std::vector<BatchOperation> operations() const;
  std::string_view encoded() const { return encoded_; }         // in the library's own form
  std::size_t payload_bytes() const { return payload_bytes_; }  // of keys and values

  // kInvalidArgument when a key, a value or the whole is over its limit, or a range ends before it begins.
  Status check_limits() const;
  // A batch with the same effect, with at most one put or remove of each key. It has none that a later range delete of
  // the batch covers, so at the batch's one stamp a point entry beats a range delete. The order is kept.
  WriteBatch collapsed() const;
  bool has_open_range() const { return open_range_; }  // one to the end of all keys
  // The same with `above`, which is above every key there is, where ranges have no end.
  WriteBatch bounded(std::string_view above) const;

 private:
  std::string encoded_;
  std::size_t count_ = 0;
  std::size_t payload_bytes_ = 0;
  std::size_t longest_key_ = 0;
  std::size_t longest_value_ = 0;
  bool has_range_ = false;
  bool backward_range_ = false;
  bool open_range_ = false;
};

}  // namespace mylonite
