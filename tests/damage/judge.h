// Judges one damage: what a store with it answers, whether `verify` sees it, and what a repair makes of it.
//
//   detected      an open refuses, a read reports it, or verify finds it; every answer that was given was right
//   harmless      nothing was changed that counts, and every answer is right
//   undetectable  the last log of a store that was not closed ends at the damage, as after a power loss: no record that
//                 is left, and no manifest, says that it was durable further. The store is what it was before the first
//                 batch in the damage or later
//   wrong         anything else; also a repair that fails, that answers wrongly outside of what it named, or
//                 after which the store is not sound
#pragma once

#include <cstdint>
#include <string>

#include "tests/damage/harm.h"

namespace mylonite::damage {

enum class Class : std::uint8_t { kDetected, kHarmless, kUndetectable, kWrong };
inline constexpr std::size_t kClasses = 4;
const char* class_name(Class outcome);

struct Judged {
  Class outcome = Class::kWrong;
  std::string why;           // of kWrong
  std::uint64_t keys = 0;    // that the damage did not hit: outside of what the repair names
  std::uint64_t served = 0;  // of them, those that were answered before the repair
  std::uint64_t right = 0;   // of all keys, those that are as before after the repair
  std::uint64_t all = 0;
  bool opened = false;            // before the repair
  bool deletes_returned = false;  // under a report that says so
};
Judged judge(const Image& image, const Harm& harm);

}  // namespace mylonite::damage
