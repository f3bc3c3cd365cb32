#include "tests/damage/harm.h"

#include <algorithm>
#include <iterator>

#include <mylonite/faultfs/sim_file_system.h>

#include "core/base/invariant.h"
#include "core/vfs/util.h"

namespace mylonite::damage {
namespace {

constexpr std::size_t kSector = 512;

// A sector of some file.
std::string foreign_sector(const Image& image, Random& random, std::size_t size) {
  auto file = image.files.begin();
  std::advance(file, static_cast<std::ptrdiff_t>(random.below(image.files.size())));
  const std::size_t sectors = file->second.size() / kSector + 1;
  std::string bytes = file->second.substr(random.below(sectors) * kSector, size);
  bytes.resize(size, '\0');
  return bytes;
}

void alter(Harm& harm, const Image& image, std::uint64_t at, Random& random) {
  const std::uint64_t begin = at / kSector * kSector;
  const std::uint64_t size = std::min<std::uint64_t>(kSector, harm.bytes.size() - begin);
  harm.from = begin;
  switch (harm.kind) {
    case Kind::kFlip:
      harm.from = at;
      harm.bytes[at] = static_cast<char>(harm.bytes[at] ^ (1 << random.below(8)));
      return;
    case Kind::kZero: harm.bytes.replace(begin, size, size, '\0'); return;
    case Kind::kGarbage:
      for (std::uint64_t i = begin; i < begin + size; ++i) harm.bytes[i] = static_cast<char>(random.below(256));
      return;
    case Kind::kStale: harm.bytes.replace(begin, size, foreign_sector(image, random, size)); return;
    case Kind::kTruncate:
      harm.from = random.chance(1, 2) ? begin : at;
      harm.bytes.resize(harm.from);
      return;
    case Kind::kRemove:
      harm.from = 0;
      harm.bytes.clear();
      return;
  }
}

}  // namespace

const char* kind_name(Kind kind) {
  constexpr const char* kNames[kKinds] = {"flip", "zero", "garbage", "stale", "truncate", "remove"};
  return kNames[static_cast<std::size_t>(kind)];
}

Harm draw_harm(const std::vector<Image>& images, std::uint64_t seed) {
  Random random(seed);
  Harm harm;
  const std::vector<Part>* parts = nullptr;
  do {
    harm.image = random.below(images.size());
    harm.role = static_cast<Role>(random.below(kRoles));
    parts = &images[harm.image].parts[static_cast<std::size_t>(harm.role)];
  } while (parts->empty());
  const Part& part = (*parts)[random.below(parts->size())];
  // A file that is gone has no sector: rarer.
  harm.kind = static_cast<Kind>(random.below(random.chance(1, 5) ? kKinds : kKinds - 1));
  harm.file = part.file;
  const std::string& before = images[harm.image].files.at(part.file);
  harm.bytes = before;
  const std::uint64_t at = random.between(part.from, part.to - 1);
  alter(harm, images[harm.image], at, random);
  harm.changed = harm.kind == Kind::kRemove || harm.bytes != before;
  return harm;
}

void apply(const Harm& harm, faultfs::Disk& disk) {
  faultfs::SimFileSystem fs(disk);
  const std::string path = "store/" + harm.file;
  invariant(fs.remove(path).ok(), "the file is there");
  if (harm.kind != Kind::kRemove) invariant(vfs::write_new_file(fs, path, harm.bytes).ok(), "there is room");
  invariant(fs.sync_directory("store").ok(), "a sync of a sound disk");
}

}  // namespace mylonite::damage
