#include "core/store/store.h"

#include <utility>

#include <fmt/format.h>

#include "core/store/recovery.h"
#include "core/vfs/posix.h"

namespace mylonite {
namespace {

// Said to a listener that does nothing, when the caller brings none.
class SilentListener final : public EventListener {};

struct SplitPath {
  std::string parent;
  std::string name;
};

// "a/b/" → "a" and "b"; "b" → "." and "b".
Result<SplitPath> split_path(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  const std::size_t slash = path.rfind('/');
  SplitPath parts{.parent = ".", .name = path};
  if (slash != std::string::npos) {
    parts.parent = slash == 0 ? "/" : path.substr(0, slash);
    parts.name = path.substr(slash + 1);
  }
  if (parts.name.empty() || parts.name == "." || parts.name == "..") {
    return Error(Code::kInvalidArgument, "option data_dir: expected a path that ends in the directory's own name")
        .in(path);
  }
  return parts;
}

}  // namespace

Result<std::unique_ptr<Store>> Store::open(const Options& options, EventListener* listener) {
  if (Status valid = validate(options); !valid.ok()) return valid.error();
  auto path = split_path(options.data_dir);
  if (!path.ok()) return path.error();
  auto fs = vfs::open_posix(path->parent);
  if (!fs.ok()) return fs.error().prefixed("the parent of data_dir");
  Options inner = options;
  inner.data_dir = path->name;
  vfs::FileSystem& borrowed = **fs;
  return open_in(std::move(*fs), borrowed, inner, listener);
}

Result<std::unique_ptr<Store>> Store::open(vfs::FileSystem& fs, const Options& options, EventListener* listener) {
  if (Status valid = validate(options); !valid.ok()) return valid.error();
  return open_in(nullptr, fs, options, listener);
}

Result<std::unique_ptr<Store>> Store::open_in(std::unique_ptr<vfs::FileSystem> owned_fs, vfs::FileSystem& fs,
                                              const Options& options, EventListener* listener) {
  static SilentListener silent;
  EventListener& events = listener != nullptr ? *listener : silent;
  const CompactionPolicy* policy = find_policy(options.compaction_policy);
  if (policy == nullptr) {
    return Error(Code::kInvalidArgument, fmt::format("option compaction_policy = '{}': expected one of {}",
                                                     options.compaction_policy, policy_names()));
  }
  auto recovered = recover(fs, options.data_dir, options);
  if (!recovered.ok()) return recovered.error();
  auto state = std::make_shared<SharedState>(fs, options.data_dir, options, events);
  state->lock_file = std::move(recovered->lock);
  state->catalog = std::move(recovered->catalog);
  state->stamps = recovered->stamps;
  state->visible = recovered->stamps.last();
  state->logs.push_back(recovered->wal->number());
  state->active = std::make_shared<Memtable>(recovered->wal->number().value);
  state->publish();

  std::unique_ptr<Store> store(new Store(std::move(owned_fs), state));
  store->recovery_ = recovered->report;
  events.on_recovery(store->recovery_);
  store->writes_ = std::make_unique<WritePath>(*state, std::move(recovered->wal));
  store->background_ = std::make_unique<Background>(*state);
  store->compactor_ = std::make_unique<Compactor>(*state, *policy);
  return store;
}

Store::Store(std::unique_ptr<vfs::FileSystem> owned_fs, std::shared_ptr<SharedState> state)
    : owned_fs_(std::move(owned_fs)), state_(std::move(state)) {}

Store::~Store() { ignore(close(), "a destructor cannot report; call close() to know"); }

Result<Timestamp> Store::put(std::string_view key, std::string_view value) {
  WriteBatch batch;
  batch.put(key, value);
  return writes_->write(batch);
}

Result<Timestamp> Store::remove(std::string_view key) {
  WriteBatch batch;
  batch.remove(key);
  return writes_->write(batch);
}

Result<Timestamp> Store::write(const WriteBatch& batch) { return writes_->write(batch); }

Result<std::optional<std::string>> Store::get(std::string_view key, const ReadOptions& options) {
  return session().get(key, options);
}

Result<Session::Pairs> Store::range(const KeyBounds& bounds, const ReadOptions& options) {
  return session().range(bounds, options);
}

Result<Snapshot> Store::snapshot() const {
  rt::Lock lock(state_->mutex);
  if (state_->closing) return Error(Code::kClosed, "the store is closed");
  return Snapshot(state_->visible);
}

Status Store::sync() { return writes_->sync(); }

Status Store::flush() {
  rt::Lock lock(state_->mutex);
  if (state_->closing) return Error(Code::kClosed, "the store is closed");
  const Caller caller(*state_);
  lock.unlock();
  const auto newest = writes_->freeze();
  lock.lock();
  if (!newest.ok()) return newest.error();
  state_->progress.wait(lock, [&] { return state_->stopped || state_->closing || state_->flushed_ever >= *newest; });
  if (state_->flushed_ever >= *newest) return {};
  if (state_->stopped) return *state_->stopped;
  return Error(Code::kClosed, "the store was closed before the flush ended");
}

Status Store::close() {
  rt::Lock closing(close_mutex_);
  if (!close_result_) close_result_ = close_once();
  return *close_result_;
}

Status Store::close_once() {
  {
    rt::Lock lock(state_->mutex);
    state_->closing = true;
    state_->compaction_gives_up.store(true, std::memory_order_relaxed);
    state_->work.notify_all();
    state_->compaction_work.notify_all();
    state_->progress.notify_all();
  }
  Status done = writes_->finish();
  background_->join();
  compactor_->join();
  if (done.ok()) {
    // No stamp above the last is out: the next open may start right behind it.
    const Timestamp last = state_->stamps.last();
    done = state_->catalog->commit({.ceiling = Timestamp{last.ticks + 1}, .closed_log = writes_->log_end()});
  }
  state_->closed.store(true, std::memory_order_release);
  rt::Lock lock(state_->mutex);
  state_->lock_file.reset();
  return done;
}

}  // namespace mylonite
