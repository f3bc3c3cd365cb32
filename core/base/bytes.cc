#include "core/base/bytes.h"

#include <algorithm>
#include <cstddef>

#include <fmt/format.h>

namespace mylonite {

std::string to_hex(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string out(bytes.size() * 2, '0');
  char* next = out.data();
  for (char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    *next++ = kDigits[byte >> 4];
    *next++ = kDigits[byte & 15];
  }
  return out;
}

std::optional<std::string> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  auto digit = [](char c) -> int {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  };
  std::string out(text.size() / 2, '\0');
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = digit(text[i]);
    const int low = digit(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out[i / 2] = static_cast<char>(high * 16 + low);
  }
  return out;
}

constexpr std::size_t kNotWorthCutting = 13;  // bytes, about what "… (1234 bytes)" takes

std::string printable(std::string_view bytes, std::size_t longest) {
  std::string out;
  if (bytes.size() <= longest + kNotWorthCutting) longest = bytes.size();
  for (char c : bytes.substr(0, longest)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7f && c != '\\') {
      out += c;
    } else {
      out += fmt::format("\\x{:02x}", byte);
    }
  }
  if (bytes.size() > longest) out += fmt::format("… ({} bytes)", bytes.size());
  return out;
}

std::string where_they_differ(std::string_view left, std::string_view right) {
  constexpr std::size_t kPrintedWhole = 24;
  constexpr std::size_t kShown = 8;
  if (left == right || std::max(left.size(), right.size()) <= kPrintedWhole) return "";
  const auto at = static_cast<std::size_t>(std::ranges::mismatch(left, right).in1 - left.begin());
  const auto shown = [&](std::string_view bytes) {
    return at >= bytes.size() ? std::string("the end") : "'" + printable(bytes.substr(at, kShown)) + "'";
  };
  return fmt::format("; they differ from byte {} on, {} and {}", at, shown(left), shown(right));
}

}  // namespace mylonite
