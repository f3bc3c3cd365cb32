#include <mylonite/faultfs/damage.h>

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <mylonite/random.h>

namespace mylonite::faultfs {
namespace {

std::string bytes_of(const FileImage& file) {
  std::string bytes(file.size(), '\0');
  file.read_at(0, bytes);
  return bytes;
}

FileImage image_of(const std::string& bytes) {
  std::vector<PagePointer> pages;
  for (std::size_t from = 0; from < bytes.size(); from += kPageBytes) {
    const auto page = std::make_shared<Page>();
    const std::size_t count = std::min<std::size_t>(kPageBytes, bytes.size() - from);
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(from), count, page->bytes.begin());
    pages.push_back(page);
  }
  return {std::move(pages), bytes.size()};
}

// A sector of another file, if there is one.
std::string foreign_sector(const Disk& disk, NodeId file, std::uint64_t where) {
  std::vector<NodeId> others;
  for (NodeId id = 0; id < disk.node_count(); ++id) {
    if (id != file && disk.exists(id) && !disk.node(id).is_directory && disk.node(id).file.size() > 0) {
      others.push_back(id);
    }
  }
  if (others.empty()) return {};
  const std::string bytes = bytes_of(disk.node(others[where % others.size()]).file);
  const std::uint64_t sectors = (bytes.size() + kSectorBytes - 1) / kSectorBytes;
  return bytes.substr(where / others.size() % sectors * kSectorBytes, kSectorBytes);
}

std::string random_bytes(std::uint64_t seed, std::size_t count) {
  Random random(seed);
  std::string bytes;
  while (bytes.size() < count) bytes += static_cast<char>(random.next());
  return bytes;
}

// Changes the bytes, and tells how.
std::string strike(std::string& bytes, const Disk& disk, NodeId file, const Damage& damage) {
  if (damage.kind == DamageKind::kFlippedBit) {
    const std::uint64_t bit = damage.where % (8 * bytes.size());
    bytes[bit / 8] = static_cast<char>(static_cast<unsigned char>(bytes[bit / 8]) ^ (1U << (bit % 8)));
    return fmt::format("bit {} of byte {} is flipped", bit % 8, bit / 8);
  }
  if (damage.kind == DamageKind::kTruncated) {
    const std::uint64_t size = bytes.size();
    bytes.resize(damage.where % size);
    return fmt::format("cut to {} of {} bytes", bytes.size(), size);
  }
  const std::uint64_t sector = damage.where % ((bytes.size() + kSectorBytes - 1) / kSectorBytes);
  const std::uint64_t from = sector * kSectorBytes;
  const std::size_t length = std::min<std::size_t>(kSectorBytes, bytes.size() - from);
  std::string put(length, '\0');
  if (damage.kind == DamageKind::kGarbageSector) put = random_bytes(damage.where, length);
  if (damage.kind == DamageKind::kForeignSector) put = foreign_sector(disk, file, damage.where);
  if (damage.kind == DamageKind::kShiftedSector && sector > 0) put = bytes.substr(from - kSectorBytes, length);
  if (damage.kind == DamageKind::kStaleSector) put = bytes.substr(from, damage.where / kSectorBytes % length);
  put.resize(length, '\0');
  bytes.replace(from, length, put);
  return fmt::format("sector {} (bytes {} to {}): {}", sector, from, from + length - 1, row_of(damage.kind).meaning);
}

}  // namespace

std::optional<DamageKind> damage_from_name(std::string_view name) {
  const auto* const row = std::ranges::find(kDamageTable, name, &DamageRow::name);
  return row == kDamageTable.end() ? std::nullopt : std::optional(row->kind);
}

std::optional<Damaged> damaged(const Disk& disk, const Damage& damage) {
  const auto id = disk.find(damage.path);
  if (!id || disk.node(*id).is_directory || disk.node(*id).file.size() == 0) return std::nullopt;
  Damaged result{.disk = disk, .what = damage.path + ": "};
  if (damage.kind == DamageKind::kVanished) {
    result.what += row_of(damage.kind).meaning;
    const std::size_t slash = damage.path.rfind('/');
    const std::string directory = slash == std::string::npos ? "" : damage.path.substr(0, slash);
    if (!result.disk.remove(damage.path).ok() || !result.disk.sync_directory(directory).ok()) return std::nullopt;
    return result;
  }
  const std::string before = bytes_of(disk.node(*id).file);
  std::string bytes = before;
  result.what += strike(bytes, disk, *id, damage);
  if (bytes == before) return std::nullopt;
  Node node = disk.node(*id);
  node.file = image_of(bytes);
  result.disk.replace(*id, std::move(node));
  result.disk.restart();
  return result;
}

}  // namespace mylonite::faultfs
