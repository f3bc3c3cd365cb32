// Many damages, judged and counted by role. The table of results is text; the same seeds give the same table.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/damage/judge.h"

namespace mylonite::damage {

struct Tally {
  std::array<std::uint64_t, kClasses> classes{};
  std::uint64_t opened = 0;
  std::uint64_t keys = 0;
  std::uint64_t served = 0;
  std::uint64_t all = 0;
  std::uint64_t right = 0;
  std::uint64_t deletes_returned = 0;
};

struct Campaign {
  std::array<Tally, kRoles> roles{};
  std::vector<std::string> wrong;  // the first few, with their seeds
  std::uint64_t wrong_count = 0;
};

// Seeds [from, to).
Campaign run_campaign(const std::vector<Image>& images, std::uint64_t from, std::uint64_t to);
std::string table_of(const Campaign& campaign);

}  // namespace mylonite::damage
