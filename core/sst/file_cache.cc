#include "core/sst/file_cache.h"

#include <utility>

#include "core/format/file_names.h"

namespace mylonite {

Result<std::shared_ptr<vfs::File>> FileCache::open(FileNumber table) {
  {
    rt::Lock lock(mutex_);
    if (const auto found = held_.find(table); found != held_.end()) {
      found->second.used = true;
      return found->second.file;
    }
  }
  auto opened = fs_.open(directory_ + "/" + table_name(table), vfs::OpenMode::kRead);
  if (!opened.ok()) return opened.error();
  std::shared_ptr<vfs::File> file = std::move(*opened);
  std::shared_ptr<vfs::File> evicted;  // closes after the lock's release
  rt::Lock lock(mutex_);
  const auto [place, is_new] = held_.try_emplace(table, Held{.file = file, .used = true});
  if (!is_new) {
    std::swap(file, evicted);
    file = place->second.file;
  } else if (held_.size() > files_max_) {
    evicted = evict_one(table);
  }
  return file;
}

std::shared_ptr<vfs::File> FileCache::evict_one(FileNumber except) {
  for (auto next = held_.upper_bound(hand_);; ++next) {
    if (next == held_.end()) next = held_.begin();
    hand_ = next->first;
    if (next->first == except || std::exchange(next->second.used, false)) continue;
    std::shared_ptr<vfs::File> file = std::move(next->second.file);
    held_.erase(next);
    return file;
  }
}

void FileCache::forget(FileNumber table) {
  std::shared_ptr<vfs::File> file;  // closes after the lock's release
  rt::Lock lock(mutex_);
  if (const auto found = held_.find(table); found != held_.end()) {
    file = std::move(found->second.file);
    held_.erase(found);
  }
}

std::uint64_t FileCache::files() const {
  rt::Lock lock(mutex_);
  return held_.size();
}

}  // namespace mylonite
