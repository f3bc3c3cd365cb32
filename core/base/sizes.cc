#include "core/base/sizes.h"

#include <charconv>
#include <limits>
#include <string>

#include <fmt/format.h>

namespace mylonite {
namespace {

// The power of two that a unit stands for; negative: no unit.
int power_of(char unit) {
  switch (unit) {
    case 'k':
    case 'K': return 10;
    case 'm':
    case 'M': return 20;
    case 'g':
    case 'G': return 30;
    case 't':
    case 'T': return 40;
    default: return -1;
  }
}

}  // namespace

Result<std::uint64_t> parse_size(std::string_view text) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
  const int power = text.empty() ? -1 : power_of(text.back());
  if (power > 0) text.remove_suffix(1);
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool too_large = error == std::errc::result_out_of_range || (power > 0 && number > kMost >> power);
  if (end != text.data() + text.size() || (error != std::errc{} && !too_large)) {
    return Error(Code::kInvalidArgument, fmt::format("expected a whole number of bytes, or one with {}", kSizeUnits));
  }
  if (too_large) {
    return Error(Code::kInvalidArgument, fmt::format("expected a whole number of bytes up to {}", kMost));
  }
  return power > 0 ? number << power : number;
}

bool names_a_size(std::string_view name) {
  constexpr std::string_view kWord = "bytes";
  const std::size_t at = name.find(kWord);
  return at != std::string_view::npos && at > 0 && (name[at - 1] == '_' || name[at - 1] == '-');
}

}  // namespace mylonite
