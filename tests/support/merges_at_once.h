// Makes two merges run at once, and a flush end beside them, while a store is written to; counts them.
//
// How: the store is given this listener, and its file system through HeldMerges. A merge of a level below 0 that is
// about to make its first table is held until another merge has begun and a flush has ended beside both. Where no other
// merge may begin, level 0 grows until it stops the writers: then the merge goes on, and a later one is held. So the
// speed of no thread decides; the goal is missed only where the writers end first. (Merges of level 0 are not held:
// they usually meet all keys, and no other merge is legal beside them.) Once the goal is reached, nothing is held any
// more. Moves do not count.
// Whoever uses this calls let_go() before it waits for the store without writing. Thread-safety: any thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <mylonite/events.h>
#include <mylonite/file_system.h>

#include "core/rt/rt.h"

namespace mylonite::testing {

class MergesAtOnce final : public EventListener {
 public:
  struct Seen {
    std::uint64_t merges = 0;   // begun
    std::uint64_t flushes = 0;  // installed
    std::uint64_t running = 0;  // merges begun that have not ended
    std::uint64_t most = 0;     // of `running`
    std::uint64_t flushes_beside_two = 0;
  };

  Seen seen() {
    rt::Lock lock(mutex_);
    return seen_;
  }
  // The goal is not reached, or fewer merges began than asked for: the writers go on. Not once all is let go.
  bool waits(std::uint64_t merges) {
    rt::Lock lock(mutex_);
    return !let_go_ && (seen_.flushes_beside_two == 0 || seen_.merges < merges);
  }
  // Nothing is held any more.
  void let_go() {
    rt::Lock lock(mutex_);
    let_go_ = true;
    change_.notify_all();
  }
  // Called by the thread that makes a table.
  void hold_merge() {
    if (!std::exchange(held_next_, false)) return;
    rt::Lock lock(mutex_);
    while (holds()) change_.wait(mutex_);
  }

  void on_compaction_begin(const JobRecord& job) override {
    held_next_ = !job.move && job.from_levels.front() > 0;
    if (job.move) return;
    rt::Lock lock(mutex_);
    ++seen_.merges;
    seen_.most = std::max(seen_.most, ++seen_.running);
  }
  void on_compaction(const JobRecord& job) override { ended(job); }
  void on_compaction_failed(const JobRecord& job, const Error&) override { ended(job); }
  void on_stamped(Timestamp, const WriteBatch&) override {
    rt::Lock lock(mutex_);
    writers_stopped_ = false;
  }
  void on_write_stall(const StallReport& report) override {
    if (report.cause != StallCause::kLevel0) return;
    rt::Lock lock(mutex_);
    writers_stopped_ = true;
    change_.notify_all();
  }
  void on_flush(const FlushReport&) override {
    rt::Lock lock(mutex_);
    ++seen_.flushes;
    if (seen_.running < 2) return;
    ++seen_.flushes_beside_two;
    change_.notify_all();
  }

 private:
  bool holds() const REQUIRES(mutex_) { return seen_.flushes_beside_two == 0 && !writers_stopped_ && !let_go_; }
  void ended(const JobRecord& job) {
    held_next_ = false;
    if (job.move) return;
    rt::Lock lock(mutex_);
    --seen_.running;
  }

  inline static thread_local bool held_next_ = false;  // this thread is about to begin the output of a merge
  rt::Mutex mutex_;
  rt::CondVar change_;
  Seen seen_ GUARDED_BY(mutex_);
  bool writers_stopped_ GUARDED_BY(mutex_) = false;  // by level 0, and nothing was written since
  bool let_go_ GUARDED_BY(mutex_) = false;
};

// Another file system, whose new tables wait for MergesAtOnce.
class HeldMerges final : public vfs::FileSystem {
 public:
  HeldMerges(std::unique_ptr<vfs::FileSystem> inner, MergesAtOnce& goal) : inner_(std::move(inner)), goal_(goal) {}

  Result<std::unique_ptr<vfs::File>> open(const std::string& path, vfs::OpenMode mode) override {
    if (mode == vfs::OpenMode::kCreateExclusive) goal_.hold_merge();
    return inner_->open(path, mode);
  }
  Status rename(const std::string& from, const std::string& to) override { return inner_->rename(from, to); }
  Status link(const std::string& from, const std::string& to) override { return inner_->link(from, to); }
  Status remove(const std::string& path) override { return inner_->remove(path); }
  Status make_directory(const std::string& path) override { return inner_->make_directory(path); }
  Status remove_directory(const std::string& path) override { return inner_->remove_directory(path); }
  Result<std::vector<std::string>> list(const std::string& path) override { return inner_->list(path); }
  Status sync_directory(const std::string& path) override { return inner_->sync_directory(path); }
  Result<std::unique_ptr<vfs::FileLock>> lock(const std::string& path) override { return inner_->lock(path); }
  Result<std::optional<vfs::FileInfo>> stat(const std::string& path) override { return inner_->stat(path); }
  Result<vfs::SpaceInfo> space() override { return inner_->space(); }

 private:
  const std::unique_ptr<vfs::FileSystem> inner_;
  MergesAtOnce& goal_;
};

}  // namespace mylonite::testing
