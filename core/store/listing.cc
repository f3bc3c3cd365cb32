#include "core/store/listing.h"

namespace mylonite {

Result<Listing> look(vfs::FileSystem& fs, const std::string& directory) {
  auto there = fs.stat(directory);
  if (!there.ok()) return there.error();
  if (!*there) return Listing{};
  if (!(*there)->is_directory) return Error(Code::kNotAStore, "a file, not a directory").in(directory);
  auto names = fs.list(directory);
  if (!names.ok()) return names.error();
  Listing listing;
  bool has_data = false;
  bool has_current = false;
  bool has_manifest = false;
  for (const std::string& name : *names) {
    const auto ours = parse_file_name(name);
    if (!ours) continue;
    listing.ours.push_back(*ours);
    has_current |= ours->kind == FileKind::kCurrent;
    has_manifest |= ours->kind == FileKind::kManifest;
    has_data |= ours->kind == FileKind::kWal || ours->kind == FileKind::kTable;
  }
  if (has_current) {
    listing.state = DirectoryState::kStore;
  } else if (has_data) {
    listing.state = DirectoryState::kDamaged;
  } else if (has_manifest || names->size() == listing.ours.size()) {
    listing.state = DirectoryState::kEmpty;
  } else {
    listing.state = DirectoryState::kForeign;
  }
  return listing;
}

}  // namespace mylonite
