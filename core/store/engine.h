// The engine behind a Store: recovery opens it, WritePath writes, Flusher flushes, Compactor merges, and close() ends
// all of them in order. Reads use EngineState alone, which sessions share.
//
// An engine without write path, flusher and compactor is open for reading only.
// Thread-safety: every method from any thread. Contracts: mylonite/store.h.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <mylonite/components.h>
#include <mylonite/events.h>
#include <mylonite/ingest.h>
#include <mylonite/options.h>
#include <mylonite/snapshot.h>
#include <mylonite/stats.h>
#include <mylonite/write_batch.h>

#include "core/compaction/policies.h"
#include "core/rt/rt.h"
#include "core/store/compactor.h"
#include "core/store/engine_state.h"
#include "core/store/flusher.h"
#include "core/store/recovery.h"
#include "core/store/write_path.h"

namespace mylonite {

enum class Access : std::uint8_t { kWrite, kReadOnly };

class Engine {
 public:
  // `components` must name a listener.
  static Result<std::unique_ptr<Engine>> open(std::shared_ptr<vfs::FileSystem> fs, const Options& options,
                                              StoreComponents components, Access access);
  ~Engine();  // closes; in a forked child it leaves everything as it is
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  const std::shared_ptr<EngineState>& state() const { return state_; }
  const RecoveryReport& recovery() const { return recovery_; }

  Result<Timestamp> write(const WriteBatch& batch, const WriteOptions& options);
  Status sync();
  Status flush();
  Result<Timestamp> ingest(IngestSource& source);
  Status checkpoint(const std::string& directory);
  Status compact_level(std::uint32_t level);
  Status compact_range(const KeyBounds& bounds);
  Status set_compaction_policy(std::string_view text);
  const Options& options() const;
  Result<Snapshot> snapshot() const;
  StoreStats stats() const;
  Status close();
  void abandon();

 private:
  // The parts that write; made and ended together.
  struct Writers {
    Writers(EngineState& state, std::unique_ptr<WalWriter> wal, ConfiguredPolicy policy, CompactionPolicies registry)
        : path(state, std::move(wal)),
          flusher(state),
          compactor(state, std::move(policy)),
          policies(std::move(registry)) {}

    WritePath path;
    Flusher flusher;
    Compactor compactor;
    const CompactionPolicies policies;  // to choose from
  };

  Engine(std::shared_ptr<EngineState> state, const RecoveryReport& report, std::unique_ptr<Writers> writers);
  Status writable() const;
  // Both release the lock meanwhile.
  Result<std::uint64_t> freeze() REQUIRES(state_->mutex);
  Status copy_to(const std::string& directory) REQUIRES(state_->mutex);
  Status close_once() REQUIRES(close_mutex_);
  void wake_all() REQUIRES(state_->mutex);  // the gate shut

  const std::shared_ptr<EngineState> state_;
  const RecoveryReport recovery_;
  std::unique_ptr<Writers> writers_;  // unguarded: changes in the destructor alone; null: read-only
  rt::Mutex close_mutex_;             // held during the whole close()
  std::optional<Status> close_result_ GUARDED_BY(close_mutex_);
};

}  // namespace mylonite
