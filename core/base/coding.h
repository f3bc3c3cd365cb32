// Integers in files: little-endian fixed width, and LEB128 varints (7 bits a byte, low first).
// Encoders append to a string. Decoders take bytes from the front of a view. They return false when the view is too
// short or a varint is longer than its type; the view is then unspecified. The caller turns that into a Status.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace mylonite {

static_assert(std::endian::native == std::endian::little, "file layouts are little-endian; add byte swaps here");

inline void put_fixed32(std::string& out, std::uint32_t value) {
  char bytes[sizeof value];
  std::memcpy(bytes, &value, sizeof value);
  out.append(bytes, sizeof value);
}

inline void put_fixed64(std::string& out, std::uint64_t value) {
  char bytes[sizeof value];
  std::memcpy(bytes, &value, sizeof value);
  out.append(bytes, sizeof value);
}

inline std::uint32_t load_fixed32(const char* from) {
  std::uint32_t value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

inline std::uint64_t load_fixed64(const char* from) {
  std::uint64_t value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

inline bool get_fixed32(std::string_view& in, std::uint32_t& value) {
  if (in.size() < sizeof value) return false;
  value = load_fixed32(in.data());
  in.remove_prefix(sizeof value);
  return true;
}

inline bool get_fixed64(std::string_view& in, std::uint64_t& value) {
  if (in.size() < sizeof value) return false;
  value = load_fixed64(in.data());
  in.remove_prefix(sizeof value);
  return true;
}

inline void put_varint(std::string& out, std::uint64_t value) {
  while (value >= 0x80) {
    out += static_cast<char>(static_cast<unsigned char>(value | 0x80));
    value >>= 7;
  }
  out += static_cast<char>(value);
}

// Used by both widths: the value must be at most `largest`.
inline bool get_varint(std::string_view& in, std::uint64_t& value, std::uint64_t largest) {
  value = 0;
  for (unsigned shift = 0; shift < 64 && !in.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(in.front());
    in.remove_prefix(1);
    const std::uint64_t bits = byte & 0x7f;
    if (shift == 63 && bits > 1) return false;
    value |= bits << shift;
    if ((byte & 0x80) == 0) return value <= largest;
  }
  return false;
}
inline bool get_varint64(std::string_view& in, std::uint64_t& value) { return get_varint(in, value, UINT64_MAX); }
inline bool get_varint32(std::string_view& in, std::uint32_t& value) {
  std::uint64_t wide = 0;
  if (!get_varint(in, wide, UINT32_MAX)) return false;
  value = static_cast<std::uint32_t>(wide);
  return true;
}

// varint length, then the bytes.
inline void put_length_prefixed(std::string& out, std::string_view bytes) {
  put_varint(out, bytes.size());
  out.append(bytes);
}
inline bool get_length_prefixed(std::string_view& in, std::string_view& bytes) {
  std::uint64_t size = 0;
  if (!get_varint64(in, size) || size > in.size()) return false;
  bytes = in.substr(0, size);
  in.remove_prefix(size);
  return true;
}

}  // namespace mylonite
