#include <mylonite/faultfs/anchor.h>

#include <fmt/format.h>

namespace mylonite::faultfs {

std::string ordinal(std::uint64_t number) {
  const std::uint64_t tens = number / 10 % 10;
  const std::uint64_t ones = number % 10;
  const char* ending = "th";
  if (tens != 1 && ones == 1) ending = "st";
  if (tens != 1 && ones == 2) ending = "nd";
  if (tens != 1 && ones == 3) ending = "rd";
  return fmt::format("{}{}", number, ending);
}

std::string to_string(const Anchor& anchor) {
  return fmt::format("the {} {} of the {} {}", ordinal(anchor.nth), call_kind_name(anchor.call),
                     ordinal(anchor.generation), anchor.role);
}

std::string to_string(const PlacedFault& placed) {
  return fmt::format("{} on {}", row_of(placed.strike.fault).phrase, to_string(placed.at));
}

}  // namespace mylonite::faultfs
