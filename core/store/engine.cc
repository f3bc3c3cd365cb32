#include "core/store/engine.h"

#include <utility>

#include "core/store/checkpoint.h"

namespace mylonite {
namespace {

Error closed_error() { return Error(Code::kClosed, "the store is closed"); }

}  // namespace

Result<std::unique_ptr<Engine>> Engine::open(std::shared_ptr<vfs::FileSystem> fs, const Options& options,
                                             StoreComponents components, Access access) {
  if (Status valid = validate(options); !valid.ok()) return valid.error();
  ConfiguredPolicy policy;
  if (access == Access::kWrite) {
    auto named = configure_policy(components.compaction_policies, options.compaction_policy);
    if (!named.ok()) return named.error();
    policy = std::move(*named);
  }
  auto recovered = access == Access::kReadOnly ? recover_read_only(fs, options.data_dir, options)
                                               : recover(fs, options.data_dir, options);
  if (!recovered.ok()) return recovered.error();
  auto state = std::make_shared<EngineState>(std::move(fs), options, *components.listener, *recovered);
  components.listener->on_recovery(recovered->report);
  std::unique_ptr<Writers> writers;
  if (recovered->wal != nullptr) {
    writers = std::make_unique<Writers>(*state, std::move(recovered->wal), std::move(policy),
                                        std::move(components.compaction_policies));
  }
  return std::unique_ptr<Engine>(new Engine(std::move(state), recovered->report, std::move(writers)));
}

Engine::Engine(std::shared_ptr<EngineState> state, const RecoveryReport& report, std::unique_ptr<Writers> writers)
    : state_(std::move(state)), recovery_(report), writers_(std::move(writers)) {
  if (writers_ == nullptr) return;
  const rt::Lock lock(state_->mutex);
  state_->gate.start_pressing();
}

Engine::~Engine() {
  if (state_->inherited()) {
    static_cast<void>(writers_.release());
    static_cast<void>(new std::shared_ptr<EngineState>(state_));  // lives on
    return;
  }
  ignore(close(), "a destructor cannot report; call close() to know");
}

Status Engine::writable() const {
  if (Status may = state_->usable(); !may.ok()) return may;
  if (writers_ != nullptr) return {};
  return Error(Code::kReadOnly, "the store was opened for reading only");
}

Result<Timestamp> Engine::write(const WriteBatch& batch, const WriteOptions& options) {
  if (Status may = writable(); !may.ok()) return may.error();
  return writers_->path.write(batch, options);
}

Status Engine::sync() {
  if (Status may = writable(); !may.ok()) return may;
  return writers_->path.sync();
}

Status Engine::flush() {
  if (Status may = writable(); !may.ok()) return may;
  const rt::Lock lock(state_->mutex);
  if (state_->gate.closing()) return closed_error();
  const Caller caller(*state_);
  const auto newest = freeze();
  if (!newest.ok()) return newest.error();
  while (!state_->gate.shut() && state_->views.flushed_ever() < *newest) state_->progress.wait(state_->mutex);
  if (state_->views.flushed_ever() >= *newest) return {};
  return state_->gate.refusal();
}

Result<std::uint64_t> Engine::freeze() {
  // Safe: the caller is counted, so close() waits for it; all state is read again afterwards.
  const rt::Unlocked unlocked(state_->mutex);
  return writers_->path.freeze();
}

Result<Timestamp> Engine::ingest(IngestSource& source) {
  if (Status may = writable(); !may.ok()) return may.error();
  return writers_->path.ingest(source);
}

Status Engine::checkpoint(const std::string& directory) {
  if (Status done = flush(); !done.ok()) return done;
  const rt::Lock lock(state_->mutex);
  if (state_->gate.closing()) return closed_error();
  const Caller caller(*state_);
  return copy_to(directory);
}

Status Engine::copy_to(const std::string& directory) {
  // Safe: the caller is counted, so close() waits for it; the checkpoint holds the tables that it copies.
  const rt::Unlocked unlocked(state_->mutex);
  return make_checkpoint(*state_, directory);
}

Status Engine::compact_level(std::uint32_t level) {
  if (level >= kLevelsMax) {
    const std::string most = std::to_string(kLevelsMax - 1);
    return Error(Code::kInvalidArgument, "level " + std::to_string(level) + ": levels are 0 to " + most);
  }
  if (Status may = writable(); !may.ok()) return may;
  return writers_->compactor.compact_level(level);
}

Status Engine::compact_range(const KeyBounds& bounds) {
  if (Status done = flush(); !done.ok()) return done;
  return writers_->compactor.compact_range(bounds);
}

Status Engine::set_compaction_policy(std::string_view text) {
  if (Status may = writable(); !may.ok()) return may;
  auto policy = configure_policy(writers_->policies, text);
  if (!policy.ok()) return policy.error();
  return writers_->compactor.set_policy(std::move(*policy), text);
}

const Options& Engine::options() const { return writers_ == nullptr ? state_->options : writers_->compactor.options(); }

Result<Snapshot> Engine::snapshot() const {
  if (Status may = state_->usable(); !may.ok()) return may.error();
  const rt::Lock lock(state_->mutex);
  if (state_->gate.closing()) return closed_error();
  const Caller caller(*state_);
  while (state_->history.expiring() && !state_->gate.closing()) state_->progress.wait(state_->mutex);
  if (state_->gate.closing()) return closed_error();
  const Timestamp now = state_->history.visible();
  state_->history.hold(now);
  return Snapshot(state_, now);
}

StoreStats Engine::stats() const {
  if (state_->inherited()) return {};
  StoreStats stats = state_->stats();
  stats.recovery_ns = recovery_.duration_ns;
  if (writers_ != nullptr) writers_->compactor.add_to(stats);
  return stats;
}

Status Engine::close() {
  if (Status may = state_->usable(); !may.ok()) return may;
  const rt::Lock closing(close_mutex_);
  if (!close_result_) close_result_ = close_once();
  return *close_result_;
}

void Engine::wake_all() {
  state_->gives_up_tables.store(true, std::memory_order_relaxed);
  state_->flush_work.notify_all();
  state_->merge_work.notify_all();
  state_->progress.notify_all();
}

void Engine::abandon() {
  if (state_->inherited()) return;
  const rt::Lock closing(close_mutex_);
  if (close_result_) return;
  {
    const rt::Lock lock(state_->mutex);
    state_->gate.abandon();
    wake_all();
  }
  if (writers_ != nullptr) {
    writers_->path.wait_for_callers();
    writers_->flusher.join();
    writers_->compactor.join();
  }
  state_->closed.store(true, std::memory_order_release);
  close_result_ = Error(Code::kClosed, "the store was abandoned");
  const rt::Lock lock(state_->mutex);
  state_->lock_file.reset();
}

Status Engine::close_once() {
  // If the log was given up, what it held goes to tables first.
  if (writers_ != nullptr && writers_->path.lacks_log()) ignore(writers_->path.sync(), "finish() tells");
  {
    const rt::Lock lock(state_->mutex);
    state_->gate.close();
    wake_all();
  }
  if (writers_ == nullptr) {
    state_->closed.store(true, std::memory_order_release);
    return {};
  }
  const auto end = writers_->path.finish();
  writers_->flusher.join();
  writers_->compactor.join();
  const Status done = end.ok() ? state_->catalog->commit(*end) : Status(end.error());
  state_->closed.store(true, std::memory_order_release);
  const rt::Lock lock(state_->mutex);
  state_->remove_unused_tables(true);
  state_->lock_file.reset();
  return done;
}

}  // namespace mylonite
