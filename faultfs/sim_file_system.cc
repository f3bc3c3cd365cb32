#include <mylonite/faultfs/sim_file_system.h>

#include <algorithm>
#include <limits>
#include <utility>

#include <mylonite/random.h>

#include "core/vfs/path.h"
#include "faultfs/host_scope.h"

namespace mylonite::faultfs {
namespace {

using vfs::check_path;
using vfs::OpenMode;
using vfs::SyncKind;

constexpr std::uint64_t kOffsetMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());

Call name_call(CallKind kind, std::string_view path, std::string_view other_path = {}) {
  return {.kind = kind, .path = path, .other_path = other_path, .bytes = {}};
}

Status status_of(const Result<NodeId>& result) { return result.ok() ? Status{} : Status(result.error()); }

// Runs a change of the disk. The disk's memory outlives the calling machine; the error's memory is the machine's.
template <class Change>
Status change(Change apply) {
  Status status = [&] {
    const HostScope scope;
    return apply();
  }();
  if (status.ok()) return status;
  return status.error().detached();
}

// Flips one to three neighbouring bits; the detail decides which ones.
void flip_bits(std::span<char> bytes, std::uint64_t detail) {
  Random random(detail);
  const std::uint64_t count = random.between(1, 3);
  const std::uint64_t first = random.below(bytes.size() * 8);
  for (std::uint64_t bit = first; bit < first + count; ++bit) {
    char& byte = bytes[static_cast<std::size_t>(bit / 8 % bytes.size())];
    byte = static_cast<char>(byte ^ (1 << (bit % 8)));
  }
}

}  // namespace

template <class Effect>
auto SimFileSystem::guarded(Effect effect) {
  while (busy_.test_and_set(std::memory_order_acquire)) busy_.wait(true, std::memory_order_relaxed);
  struct Leave {
    std::atomic_flag& busy;
    ~Leave() {
      busy.clear(std::memory_order_release);
      busy.notify_one();
    }
  } const leave{busy_};
  return effect();
}

template <class Effect, class Instead>
Status SimFileSystem::run(const Call& call, Effect effect, Instead instead) {
  CallResult result;
  if (interceptor_ == nullptr) return guarded([&] { return effect(result); });
  const Verdict verdict = interceptor_->before(call);
  Status status = guarded([&]() -> Status {
    if (verdict.leaves != Leaves::kAll && verdict.leaves != Leaves::kWrongBytes) {
      instead(verdict);
      return {};
    }
    Status done = effect(result);
    if (verdict.leaves == Leaves::kWrongBytes && !result.bytes.empty()) flip_bits(result.bytes, verdict.detail);
    return done;
  });
  if (verdict.error && status.ok()) status = *verdict.error;
  result.error = status.ok() ? nullptr : &status.error();
  interceptor_->after(call, result);
  return status;
}

class SimFileSystem::Handle final : public vfs::File {
 public:
  Handle(SimFileSystem& system, NodeId file, std::string path, OpenMode mode)
      : system_(system), disk_(system.disk_), file_(file), path_(std::move(path)), writable_(mode != OpenMode::kRead) {
    const HostScope scope;
    disk_.hold(file_);
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() override {
    if (open_) system_.release(file_);
  }

  Status append(std::string_view bytes) override {
    if (Status good = usable(true); !good.ok()) return good;
    const Call call{.kind = CallKind::kAppend, .path = path_, .other_path = {}, .size = bytes.size(), .bytes = bytes};
    return system_.run(
        call, [&](CallResult&) { return change([&] { return disk_.append(file_, bytes); }); },
        [&](const Verdict& verdict) {
          const HostScope scope;
          ignore(disk_.append(file_, bytes.substr(0, static_cast<std::size_t>(verdict.bytes_done))),
                 "the call fails anyway");
        });
  }

  Result<std::size_t> read_at(std::uint64_t offset, std::span<char> out) override {
    if (Status good = usable(false); !good.ok()) return good.error();
    if (!out.empty() && offset > kOffsetMax) return Error(Code::kInvalidArgument, "offset too large").in(path_, offset);
    const Call call{
        .kind = CallKind::kRead, .path = path_, .other_path = {}, .offset = offset, .size = out.size(), .bytes = {}};
    std::size_t got = 0;
    const Status status = system_.run(call, [&](CallResult& result) -> Status {
      got = disk_.node(file_).file.read_at(offset, out);
      result.size = got;
      result.bytes = out.first(got);
      return {};
    });
    if (!status.ok()) return status.error();
    return got;
  }

  Status sync(SyncKind kind) override {
    if (Status good = usable(false); !good.ok()) return good;
    return system_.run(
        handle_call(kind == SyncKind::kData ? CallKind::kSyncData : CallKind::kSync),
        [&](CallResult&) -> Status {
          const HostScope scope;
          disk_.sync(file_, kind);
          return {};
        },
        [&](const Verdict& verdict) {
          const HostScope scope;
          if (verdict.leaves == Leaves::kCleanPages) disk_.forget(file_);
        });
  }

  Status truncate(std::uint64_t size) override {
    if (Status good = usable(true); !good.ok()) return good;
    if (size > kOffsetMax) return Error(Code::kInvalidArgument, "size too large").in(path_, size);
    Call call = handle_call(CallKind::kTruncate);
    call.size = size;
    return system_.run(call, [&](CallResult&) { return change([&] { return disk_.truncate(file_, size); }); });
  }

  Result<std::uint64_t> size() override {
    if (Status good = usable(false); !good.ok()) return good.error();
    std::uint64_t bytes = 0;
    const Status status = system_.run(handle_call(CallKind::kSize), [&](CallResult& result) -> Status {
      bytes = disk_.node(file_).file.size();
      result.size = bytes;
      return {};
    });
    if (!status.ok()) return status.error();
    return bytes;
  }

  // As in POSIX, a failed close closes the handle too.
  Status close() override {
    if (Status good = usable(false); !good.ok()) return good;
    open_ = false;
    return system_.run(
        handle_call(CallKind::kClose),
        [&](CallResult&) -> Status {
          let_go();
          return {};
        },
        [&](const Verdict&) { let_go(); });
  }

 private:
  Call handle_call(CallKind kind) const { return name_call(kind, path_); }
  void let_go() {
    const HostScope scope;
    disk_.release(file_);
  }
  Status usable(bool writes) const {
    if (!open_) return Error(Code::kClosed, "the file was closed").in(path_);
    if (writes && !writable_) return Error(Code::kInvalidArgument, "opened for reading only").in(path_);
    return {};
  }

  SimFileSystem& system_;
  Disk& disk_;
  const NodeId file_;
  const std::string path_;
  const bool writable_;
  bool open_ = true;
};

class SimFileSystem::Lock final : public vfs::FileLock {
 public:
  Lock(SimFileSystem& system, NodeId file) : system_(system), file_(file) {
    const HostScope scope;
    system_.disk_.hold(file_);
    system_.locked_.push_back(file_);
  }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;
  ~Lock() override {
    system_.guarded([&] {
      std::erase(system_.locked_, file_);
      system_.disk_.unlock(file_);
    });
    system_.release(file_);
  }

 private:
  SimFileSystem& system_;
  const NodeId file_;
};

SimFileSystem::~SimFileSystem() {
  for (const NodeId file : locked_) disk_.unlock(file);
}

void SimFileSystem::release(NodeId file) {
  guarded([&] {
    const HostScope scope;
    disk_.release(file);
  });
}

Result<std::unique_ptr<vfs::File>> SimFileSystem::open(const std::string& path, OpenMode mode) {
  if (Status good = check_path(path); !good.ok()) return good.error();
  std::unique_ptr<vfs::File> opened;
  const bool creates = mode == OpenMode::kCreateExclusive;
  const Call call = name_call(creates ? CallKind::kCreate : CallKind::kOpen, path);
  const Status status = run(call, [&](CallResult&) -> Status {
    if (creates) {
      const Status created = change([&]() -> Status { return status_of(disk_.create(path)); });
      if (!created.ok()) return created;
    }
    const Result<NodeId> file = disk_.find_file(path);
    if (!file.ok()) return file.error();
    opened = std::make_unique<Handle>(*this, *file, path, mode);
    return {};
  });
  if (!status.ok()) return status.error();
  return opened;
}

Status SimFileSystem::rename(const std::string& from, const std::string& to) {
  if (Status good = vfs::check_rename(from, to); !good.ok()) return good;
  return run(name_call(CallKind::kRename, from, to),
             [&](CallResult&) { return change([&] { return disk_.rename(from, to); }); });
}

Status SimFileSystem::link(const std::string& from, const std::string& to) {
  if (Status good = check_path(from); !good.ok()) return good;
  if (Status good = check_path(to); !good.ok()) return good;
  return run(name_call(CallKind::kLink, from, to),
             [&](CallResult&) { return change([&] { return disk_.link(from, to); }); });
}

Status SimFileSystem::remove(const std::string& path) {
  if (Status good = check_path(path); !good.ok()) return good;
  return run(name_call(CallKind::kRemove, path),
             [&](CallResult&) { return change([&] { return disk_.remove(path); }); });
}

Status SimFileSystem::make_directory(const std::string& path) {
  if (Status good = check_path(path); !good.ok()) return good;
  return run(name_call(CallKind::kMakeDirectory, path),
             [&](CallResult&) { return change([&] { return disk_.make_directory(path); }); });
}

Status SimFileSystem::remove_directory(const std::string& path) {
  if (Status good = check_path(path); !good.ok()) return good;
  return run(name_call(CallKind::kRemoveDirectory, path),
             [&](CallResult&) { return change([&] { return disk_.remove_directory(path); }); });
}

Result<std::vector<std::string>> SimFileSystem::list(const std::string& path) {
  if (Status good = check_path(path); !good.ok()) return good.error();
  std::vector<std::string> names;
  const Status status = run(name_call(CallKind::kList, path), [&](CallResult& result) -> Status {
    const Result<NodeId> directory = disk_.find_directory(path);
    if (!directory.ok()) return directory.error();
    for (const Entry& entry : disk_.node(*directory).visible) names.push_back(entry.name);
    result.size = names.size();
    return {};
  });
  if (!status.ok()) return status.error();
  return names;
}

Status SimFileSystem::sync_directory(const std::string& path) {
  if (Status good = check_path(path); !good.ok()) return good;
  return run(name_call(CallKind::kSyncDirectory, path),
             [&](CallResult&) { return change([&] { return disk_.sync_directory(path); }); });
}

Result<std::unique_ptr<vfs::FileLock>> SimFileSystem::lock(const std::string& path) {
  if (Status good = check_path(path); !good.ok()) return good.error();
  std::unique_ptr<vfs::FileLock> lock;
  const Status status = run(name_call(CallKind::kLock, path), [&](CallResult&) -> Status {
    if (!disk_.find(path)) {
      const Status created = change([&]() -> Status { return status_of(disk_.create(path)); });
      if (!created.ok()) return created;
    }
    const Result<NodeId> file = disk_.find_file(path);
    if (!file.ok()) return file.error();
    if (!disk_.try_lock(*file)) return Error(Code::kLocked, "somebody holds the lock").in(path).retryable();
    lock = std::make_unique<Lock>(*this, *file);
    return {};
  });
  if (!status.ok()) return status.error();
  return lock;
}

Result<std::optional<vfs::FileInfo>> SimFileSystem::stat(const std::string& path) {
  if (Status good = check_path(path); !good.ok()) return good.error();
  std::optional<vfs::FileInfo> info;
  const Status status = run(name_call(CallKind::kStat, path), [&](CallResult& result) -> Status {
    const std::optional<NodeId> found = disk_.find(path);
    if (!found) return {};
    const Node& node = disk_.node(*found);
    info = vfs::FileInfo{.size = node.file.size(), .is_directory = node.is_directory};
    result.size = info->size;
    return {};
  });
  if (!status.ok()) return status.error();
  return info;
}

Result<vfs::SpaceInfo> SimFileSystem::space() {
  vfs::SpaceInfo info;
  const Status status = run(name_call(CallKind::kSpace, ""), [&](CallResult& result) -> Status {
    info = disk_.space();
    result.size = info.available;
    return {};
  });
  if (!status.ok()) return status.error();
  return info;
}

}  // namespace mylonite::faultfs
