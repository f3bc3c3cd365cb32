// mylonite-damage: the campaign of silent corruption. Usage: mylonite-damage [--seeds A:B] (default 0:5000).
// Prints how damages were classed, by the role of the damaged bytes:
//   served    of the keys that the damage did not hit: those answered before the repair
//   repaired  of all keys: those that are as before after the repair
//   returned  damages after which a deleted key was back, under a report that says that it may
// Exit 0: no wrong answer; 1: some, named by their seeds; 2: usage.
#include <charconv>
#include <cstdio>
#include <string>
#include <string_view>

#include "tests/damage/campaign.h"

namespace {

bool parse(std::string_view text, std::uint64_t& from, std::uint64_t& to) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return false;
  const char* const middle = text.data() + colon;
  const char* const end = text.data() + text.size();
  const auto low = std::from_chars(text.data(), middle, from);
  const auto high = std::from_chars(middle + 1, end, to);
  return low.ec == std::errc() && low.ptr == middle && high.ec == std::errc() && high.ptr == end && from < to;
}

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t from = 0;
  std::uint64_t to = 5000;
  const bool given = argc == 3 && std::string_view(argv[1]) == "--seeds" && parse(argv[2], from, to);
  if (argc != 1 && !given) {
    std::fputs("usage: mylonite-damage [--seeds A:B]\n", stderr);
    return 2;
  }
  const auto images = mylonite::damage::make_images();
  const auto campaign = mylonite::damage::run_campaign(images, from, to);
  std::fputs(mylonite::damage::table_of(campaign).c_str(), stdout);
  std::printf("%llu seeds, %llu wrong\n", static_cast<unsigned long long>(to - from),
              static_cast<unsigned long long>(campaign.wrong_count));
  return campaign.wrong_count == 0 ? 0 : 1;
}
