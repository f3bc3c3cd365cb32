// What a medium does to a file at rest: one enum, and one table with the name of each kind. A damage is a function from
// disk to disk, as a crash is (crash.h). faultfs/README.md shows the same table, and a test compares the two.
//
// Damage strikes one place of one file: no program asked for it, no call fails, and sync has nothing to say.
// Invariants: every other file, and every other byte of the file, stays; what is damaged is durable.
// Thread-safety: constants and pure functions. Complexity: O(bytes of the file).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <mylonite/faultfs/disk.h>

namespace mylonite::faultfs {

enum class DamageKind : std::uint8_t {
  kFlippedBit,
  kZeroedSector,
  kGarbageSector,
  kForeignSector,
  kShiftedSector,
  kStaleSector,
  kTruncated,
  kVanished,
};
inline constexpr std::size_t kDamageKinds = 8;

struct DamageRow {
  DamageKind kind;
  std::string_view name;     // in scenario files
  std::string_view meaning;  // for people
};

inline constexpr std::array<DamageRow, kDamageKinds> kDamageTable = {{
    {DamageKind::kFlippedBit, "flipped-bit", "one bit of the file is flipped"},
    {DamageKind::kZeroedSector, "zeroed-sector", "a sector reads as zeros"},
    {DamageKind::kGarbageSector, "garbage-sector", "a sector reads as random bytes"},
    {DamageKind::kForeignSector, "foreign-sector", "a sector holds what was written for another file"},
    {DamageKind::kShiftedSector, "shifted-sector", "a sector holds what was written for the one before it"},
    {DamageKind::kStaleSector, "stale-sector", "a sector lacks what was added to it last"},
    {DamageKind::kTruncated, "truncated", "the file ends earlier"},
    {DamageKind::kVanished, "vanished", "the file's name is gone"},
}};

constexpr const DamageRow& row_of(DamageKind kind) { return kDamageTable[static_cast<std::size_t>(kind)]; }
std::optional<DamageKind> damage_from_name(std::string_view name);

struct Damage {
  DamageKind kind = DamageKind::kFlippedBit;
  std::string path;
  std::uint64_t where = 0;  // any number: which bit, sector or length, modulo what the file has
  bool operator==(const Damage&) const = default;
};

struct Damaged {
  Disk disk;
  std::string what;  // "db/wal-3.log: sector 1 (bytes 512 to 1023) reads as zeros"
};
// Empty: no such file, an empty one, or its bytes would stay the same. Requires that nothing of the file is pending.
std::optional<Damaged> damaged(const Disk& disk, const Damage& damage);

}  // namespace mylonite::faultfs
