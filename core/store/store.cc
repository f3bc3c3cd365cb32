#include "core/store/store.h"

#include <utility>

#include "core/store/checkpoint.h"
#include "core/store/recovery.h"
#include "core/store/stats_source.h"
#include "core/vfs/posix.h"
#include "core/vfs/util.h"

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
  return open_on_disk(options, listener, false);
}

Result<std::unique_ptr<Store>> Store::open(vfs::FileSystem& fs, const Options& options, EventListener* listener) {
  return open_in({.fs = vfs::borrowed(fs), .listener = listener, .read_only = false}, options);
}

Result<std::unique_ptr<Store>> Store::open_read_only(const Options& options, EventListener* listener) {
  return open_on_disk(options, listener, true);
}

Result<std::unique_ptr<Store>> Store::open_read_only(vfs::FileSystem& fs, const Options& options,
                                                     EventListener* listener) {
  return open_in({.fs = vfs::borrowed(fs), .listener = listener, .read_only = true}, options);
}

Result<std::unique_ptr<Store>> Store::open_on_disk(const Options& options, EventListener* listener, bool read_only) {
  if (Status valid = validate(options); !valid.ok()) return valid.error();
  auto path = split_path(options.data_dir);
  if (!path.ok()) return path.error();
  auto fs = vfs::open_posix(path->parent);
  if (!fs.ok()) return fs.error().prefixed("the parent of data_dir");
  Options inner = options;
  inner.data_dir = path->name;
  return open_in({.fs = std::move(*fs), .listener = listener, .read_only = read_only}, inner);
}

Result<std::unique_ptr<Store>> Store::open_in(Opening opening, const Options& options) {
  static SilentListener silent;
  EventListener& events = opening.listener != nullptr ? *opening.listener : silent;
  if (Status valid = validate(options); !valid.ok()) return valid.error();
  auto policy = configure_policy(standard_policies(), options.compaction_policy);
  if (!policy.ok()) return policy.error();
  auto recovered = opening.read_only ? recover_read_only(opening.fs, options.data_dir, options)
                                     : recover(opening.fs, options.data_dir, options);
  if (!recovered.ok()) return recovered.error();
  auto state = std::make_shared<SharedState>(opening.fs, options, events, *recovered);
  std::unique_ptr<Store> store(new Store(state));
  store->recovery_ = recovered->report;
  events.on_recovery(store->recovery_);
  if (opening.read_only) return store;
  store->writes_ = std::make_unique<WritePath>(*state, std::move(recovered->wal));
  store->background_ = std::make_unique<Background>(*state);
  store->compactor_ = std::make_unique<Compactor>(*state, std::move(*policy));
  const rt::Lock lock(state->mutex);
  state->ask_pressure = [compactor = store->compactor_.get()] { return compactor->pressure(); };
  return store;
}

Snapshot& Snapshot::operator=(Snapshot&& other) noexcept {
  std::swap(state_, other.state_);
  std::swap(at_, other.at_);
  return *this;
}

void Snapshot::release() {
  if (state_ == nullptr) return;
  const rt::Lock lock(state_->mutex);
  state_->snapshots.release(at_);
  state_->ask_compaction();
}

Store::Store(std::shared_ptr<SharedState> state) : state_(std::move(state)) {}

Store::~Store() { ignore(close(), "a destructor cannot report; call close() to know"); }

Status Store::writable() const {
  if (writes_ != nullptr) return {};
  return Error(Code::kReadOnly, "the store was opened for reading only");
}

Result<Timestamp> Store::put(std::string_view key, std::string_view value) {
  WriteBatch batch;
  batch.put(key, value);
  return write(batch);
}

Result<Timestamp> Store::remove(std::string_view key) {
  WriteBatch batch;
  batch.remove(key);
  return write(batch);
}

Result<Timestamp> Store::remove_range(std::string_view low, std::string_view high) {
  WriteBatch batch;
  batch.remove_range(low, high);
  return write(batch);
}

Result<Timestamp> Store::write(const WriteBatch& batch) {
  if (Status may = writable(); !may.ok()) return may.error();
  return writes_->write(batch);
}

Result<std::optional<std::string>> Store::get(std::string_view key, const ReadOptions& options) {
  return session().get(key, options);
}

Result<Session::Pairs> Store::range(const KeyBounds& bounds, const ReadOptions& options) {
  return session().range(bounds, options);
}

Result<Snapshot> Store::snapshot() const {
  const rt::Lock lock(state_->mutex);
  if (state_->closing) return Error(Code::kClosed, "the store is closed");
  state_->snapshots.take(state_->visible);
  return Snapshot(state_, state_->visible);
}

Timestamp Store::history_floor() const {
  const rt::Lock lock(state_->mutex);
  return state_->snapshots.floor();
}

Status Store::sync() {
  if (Status may = writable(); !may.ok()) return may;
  return writes_->sync();
}

Status Store::flush() {
  if (Status may = writable(); !may.ok()) return may;
  const rt::Lock lock(state_->mutex);
  if (state_->closing) return Error(Code::kClosed, "the store is closed");
  const Caller caller(*state_);
  const auto newest = freeze();
  if (!newest.ok()) return newest.error();
  while (!state_->stopped && !state_->closing && state_->flushed_ever < *newest) state_->progress.wait(state_->mutex);
  if (state_->flushed_ever >= *newest) return {};
  if (state_->stopped) return *state_->stopped;
  return Error(Code::kClosed, "the store was closed before the flush ended");
}

Result<std::uint64_t> Store::freeze() {
  // Safe: the caller is counted in, so close() waits for it; everything is looked at again afterwards.
  const rt::Unlocked unlocked(state_->mutex);
  return writes_->freeze();
}

Status Store::copy_to(const std::string& directory) {
  // Safe: the caller is counted in, so close() waits for it; the checkpoint holds the tables that it copies.
  const rt::Unlocked unlocked(state_->mutex);
  return make_checkpoint(*state_, directory);
}

Result<Timestamp> Store::ingest(IngestSource& source) {
  if (Status may = writable(); !may.ok()) return may.error();
  return writes_->ingest(source);
}

Status Store::checkpoint(const std::string& directory) {
  if (Status done = flush(); !done.ok()) return done;
  const rt::Lock lock(state_->mutex);
  if (state_->closing) return Error(Code::kClosed, "the store is closed");
  const Caller caller(*state_);
  return copy_to(directory);
}

StoreStats Store::stats() const {
  StoreStats stats = collect_stats(*state_);
  stats.recovery_ns = recovery_.duration_ns;
  if (compactor_ != nullptr) compactor_->add_to(stats);
  return stats;
}

Status Store::compact_level(std::uint32_t level) {
  if (Status may = writable(); !may.ok()) return may;
  return compactor_->compact_level(level);
}

Status Store::compact_range(const KeyBounds& bounds) {
  if (Status done = flush(); !done.ok()) return done;
  return compactor_->compact_range(bounds);
}

Status Store::close() {
  const rt::Lock closing(close_mutex_);
  if (!close_result_) close_result_ = close_once();
  return *close_result_;
}

Status Store::close_once() {
  {
    const rt::Lock lock(state_->mutex);
    state_->closing = true;
    state_->compaction_gives_up.store(true, std::memory_order_relaxed);
    state_->work.notify_all();
    state_->compaction_work.notify_all();
    state_->progress.notify_all();
  }
  if (writes_ == nullptr) {
    state_->closed.store(true, std::memory_order_release);
    return {};
  }
  const auto end = writes_->finish();
  background_->join();
  compactor_->join();
  const Status done = end.ok() ? state_->catalog->commit(*end) : Status(end.error());
  state_->closed.store(true, std::memory_order_release);
  const rt::Lock lock(state_->mutex);
  state_->remove_unused_tables(true);
  state_->lock_file.reset();
  return done;
}

}  // namespace mylonite
