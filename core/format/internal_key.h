// Internal keys: the sort keys of memtables and tables.
//
//   +----------------+-----------------------------------------+
//   | user key bytes | fixed64: timestamp (56 bits) | kind (8) |
//   +----------------+-----------------------------------------+
//
// Order: user key ascending as unsigned bytes, then the 8-byte trailer descending. So the newest version of a key comes
// first, and at an equal stamp a point entry comes before a range delete.
// Memtables and tables hold range deletes apart from their entries (core/format/range_tombstones.h). As an internal
// key, a range delete appears only as the border of a table's key range.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include <mylonite/timestamp.h>

#include "core/base/coding.h"

namespace mylonite {

enum class Kind : std::uint8_t {
  kRangeDelete = 0,
  kDelete = 1,
  kPut = 2,
};
inline constexpr std::size_t kTrailerBytes = 8;

constexpr std::uint64_t pack_trailer(Timestamp at, Kind kind) {
  return (at.ticks << 8) | static_cast<std::uint64_t>(kind);
}
// Sorts before every entry of the same key with a stamp ≤ `at`: the target of "newest version at `at`".
constexpr std::uint64_t seek_trailer(Timestamp at) { return (at.ticks << 8) | 0xff; }

// The end of a table whose last range delete ends at `high`, exclusive. Sorts before every entry of `high` and behind
// every entry of smaller keys.
inline constexpr std::uint64_t kBorderTrailer = pack_trailer(kTimestampMax, Kind::kRangeDelete);

struct ParsedKey {
  std::string_view user_key;
  Timestamp at;
  Kind kind = Kind::kPut;
};

inline void append_internal_key(std::string& out, std::string_view user_key, std::uint64_t trailer) {
  out.append(user_key);
  put_fixed64(out, trailer);
}
inline std::string internal_key(std::string_view user_key, Timestamp at, Kind kind) {
  std::string out;
  out.reserve(user_key.size() + kTrailerBytes);
  append_internal_key(out, user_key, pack_trailer(at, kind));
  return out;
}

// Requires size ≥ kTrailerBytes; table readers check that once, when they decode an entry.
inline std::string_view user_key_of(std::string_view key) { return key.substr(0, key.size() - kTrailerBytes); }
inline std::uint64_t trailer_of(std::string_view key) { return load_fixed64(key.data() + key.size() - kTrailerBytes); }
inline ParsedKey parse_internal_key(std::string_view key) {
  const std::uint64_t trailer = trailer_of(key);
  return {.user_key = user_key_of(key),
          .at = Timestamp{trailer >> 8},
          .kind = static_cast<Kind>(static_cast<std::uint8_t>(trailer))};
}
// The check of bytes from disk before they are parsed.
inline bool is_internal_key(std::string_view key) {
  return key.size() >= kTrailerBytes &&
         static_cast<std::uint8_t>(trailer_of(key)) <= static_cast<std::uint8_t>(Kind::kPut);
}

inline std::strong_ordering compare_internal(std::string_view a, std::string_view b) {
  if (const auto by_user_key = user_key_of(a) <=> user_key_of(b); by_user_key != 0) return by_user_key;
  return trailer_of(b) <=> trailer_of(a);
}

}  // namespace mylonite
