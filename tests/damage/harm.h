// One damage to one file of an image (mylonite/faultfs/damage.h): drawn from a seed, stratified by the role of the
// bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <mylonite/faultfs/damage.h>
#include <mylonite/random.h>

#include "tests/damage/image.h"

namespace mylonite::damage {

struct Harm {
  std::size_t image = 0;
  Role role = Role::kData;
  faultfs::DamageKind kind = faultfs::DamageKind::kFlippedBit;
  std::string file;
  std::uint64_t from = 0;                     // the first byte that may have changed
  std::optional<faultfs::Damaged> damaged{};  // empty: no byte did
};

Harm draw_harm(const std::vector<Image>& images, std::uint64_t seed);

}  // namespace mylonite::damage
