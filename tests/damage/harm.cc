#include "tests/damage/harm.h"

namespace mylonite::damage {
namespace {

using faultfs::DamageKind;

// The number by which faultfs finds the place at byte `at`, and the first byte that changes there.
struct Place {
  std::uint64_t where = 0;
  std::uint64_t from = 0;
};
Place place_of(DamageKind kind, std::uint64_t at, std::uint64_t bytes, Random& random) {
  const std::uint64_t sector = at / faultfs::kSectorBytes;
  const std::uint64_t begin = sector * faultfs::kSectorBytes;
  const std::uint64_t sectors = (bytes + faultfs::kSectorBytes - 1) / faultfs::kSectorBytes;
  switch (kind) {
    case DamageKind::kFlippedBit: return {.where = 8 * at + random.below(8), .from = at};
    case DamageKind::kTruncated: {
      const std::uint64_t end = random.chance(1, 2) ? begin : at;
      return {.where = end, .from = end};
    }
    case DamageKind::kVanished: return {};
    default: return {.where = sector + sectors * random.below(1 << 20), .from = begin};
  }
}

}  // namespace

Harm draw_harm(const std::vector<Image>& images, std::uint64_t seed) {
  Random random(seed);
  Harm harm;
  const std::vector<Part>* parts = nullptr;
  do {
    harm.image = random.below(images.size());
    harm.role = static_cast<Role>(random.below(kRoles));
    parts = &images[harm.image].parts[static_cast<std::size_t>(harm.role)];
  } while (parts->empty());
  const Image& image = images[harm.image];
  const Part& part = (*parts)[random.below(parts->size())];
  // A file that is gone, the last kind, has no sector: rarer.
  harm.kind = static_cast<DamageKind>(random.below(faultfs::kDamageKinds - (random.chance(1, 5) ? 0 : 1)));
  harm.file = part.file;
  const std::uint64_t at = random.between(part.from, part.to - 1);
  const Place place = place_of(harm.kind, at, image.files.at(part.file).size(), random);
  harm.from = place.from;
  harm.damaged = faultfs::damaged(image.disk, {.kind = harm.kind, .path = "store/" + harm.file, .where = place.where});
  return harm;
}

}  // namespace mylonite::damage
