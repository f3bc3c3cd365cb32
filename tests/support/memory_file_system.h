// A vfs::FileSystem of one flat folder in memory, whose files the test holds too: to look at, count, cut and damage.
// What tables do not use is refused. Thread-safety: open and remove from any thread; the rest is the test's to order.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/rt/rt.h"
#include "tests/support/memory_file.h"

namespace mylonite::testing {

class MemoryFileSystem final : public vfs::FileSystem {
 public:
  // The bytes of a file; the file is made when it is not there.
  std::shared_ptr<MemoryBytes> content(const std::string& path) {
    rt::Lock lock(mutex_);
    auto& content = files_[path];
    if (content == nullptr) content = std::make_shared<MemoryBytes>();
    return content;
  }
  void put(const std::string& path, std::shared_ptr<MemoryBytes> content) {
    rt::Lock lock(mutex_);
    files_[path] = std::move(content);
  }
  std::size_t opens() const { return opens_; }
  std::size_t directory_syncs() const { return directory_syncs_; }

  Result<std::unique_ptr<vfs::File>> open(const std::string& path, vfs::OpenMode mode) override {
    rt::Lock lock(mutex_);
    ++opens_;
    const bool there = files_.contains(path);
    const bool create = mode == vfs::OpenMode::kCreateExclusive;
    if (there == create) return Error(there ? Code::kAlreadyExists : Code::kNotFound, "the test's folder").in(path);
    auto& content = files_[path];
    if (create) content = std::make_shared<MemoryBytes>();
    return std::unique_ptr<vfs::File>(std::make_unique<MemoryFile>(content));
  }
  Status remove(const std::string& path) override {
    rt::Lock lock(mutex_);
    return files_.erase(path) == 1 ? Status{} : Error(Code::kNotFound, "the test's folder").in(path);
  }
  Status sync_directory(const std::string&) override {
    ++directory_syncs_;
    return {};
  }

  Status rename(const std::string& from, const std::string&) override { return refused(from); }
  Status link(const std::string& from, const std::string&) override { return refused(from); }
  Status make_directory(const std::string& path) override { return refused(path); }
  Status remove_directory(const std::string& path) override { return refused(path); }
  Result<std::vector<std::string>> list(const std::string& path) override { return refused(path); }
  Result<std::unique_ptr<vfs::FileLock>> lock(const std::string& path) override { return refused(path); }
  Result<std::optional<vfs::FileInfo>> stat(const std::string& path) override { return refused(path); }
  Result<vfs::SpaceInfo> space() override { return refused(""); }

 private:
  static Error refused(const std::string& path) { return Error(Code::kIo, "not a call of tables").in(path); }

  rt::Mutex mutex_;
  std::map<std::string, std::shared_ptr<MemoryBytes>> files_ GUARDED_BY(mutex_);
  std::atomic<std::size_t> opens_{0};
  std::atomic<std::size_t> directory_syncs_{0};
};

}  // namespace mylonite::testing
