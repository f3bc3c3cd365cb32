// One damage to one file of an image: drawn from a seed, stratified by the role of the bytes.
#pragma once

#include <cstdint>
#include <string>

#include <mylonite/random.h>

#include "tests/damage/image.h"

namespace mylonite::damage {

enum class Kind : std::uint8_t {
  kFlip,      // one bit
  kZero,      // the sector
  kGarbage,   // the sector
  kStale,     // the sector has bytes of another place or file
  kTruncate,  // the file ends in the sector
  kRemove,    // the file is gone
};
inline constexpr std::size_t kKinds = 6;
const char* kind_name(Kind kind);

struct Harm {
  std::size_t image = 0;
  Role role = Role::kData;
  Kind kind = Kind::kFlip;
  std::string file;
  std::uint64_t from = 0;  // the first byte that may have changed
  std::string bytes;       // of the file after it; of kRemove: none
  bool changed = false;    // some byte did
};

Harm draw_harm(const std::vector<Image>& images, std::uint64_t seed);
void apply(const Harm& harm, faultfs::Disk& disk);

}  // namespace mylonite::damage
