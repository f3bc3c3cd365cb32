// The way of a write: queue → group → stamps → log → memtable → visible.
//
// Writers queue up; the one at the front leads. It takes a group of waiting writers, gives each batch its stamp, logs
// all with one append (and one sync, where asked for), inserts them into the memtable, makes them visible, and wakes
// the group. With sync on nothing is visible before it is durable. Only the leader touches the log and replaces the
// active memtable, so neither needs a lock of its own. A failed append or sync stops all writes: nothing is known
// about the log's end. Source: group commit as in LevelDB's writer queue.
// Thread-safety: any thread. Complexity: a write costs O(log n) in the memtable plus its share of the group's I/O.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include <mylonite/ingest.h>
#include <mylonite/write_batch.h>

#include "core/store/engine_state.h"
#include "core/wal/writer.h"

namespace mylonite {

class WritePath {
 public:
  WritePath(EngineState& state, std::unique_ptr<WalWriter> wal) : state_(state), wal_(std::move(wal)) {}

  // The stamp of the batch; an empty batch gets the newest visible one and is not logged.
  Result<Timestamp> write(const WriteBatch& batch);
  // Makes everything acknowledged so far durable.
  Status sync();
  // Freezes the active memtable, if it holds anything. Returns the order of the newest frozen one ever.
  Result<std::uint64_t> freeze();
  // The stamp of all that was ingested; of an empty stream the newest visible one.
  Result<Timestamp> ingest(IngestSource& source);
  // Waits until no caller is left (state.closing must be set), then ends the log with the clean-close marker. Returns
  // the edit for a store that was closed well: where the log ends, and that no stamp above the last is out.
  Result<VersionEdit> finish();

 private:
  enum class Want : std::uint8_t { kWrite, kSync, kFreeze, kIngest };
  struct Request {
    Want want = Want::kWrite;
    const WriteBatch* batch = nullptr;
    IngestSource* source = nullptr;
    bool alone() const { return want == Want::kFreeze || want == Want::kIngest; }  // never in a group with others
    bool needs_stamp() const { return want == Want::kIngest || (batch != nullptr && batch->count() > 0); }
    Timestamp at{};
    std::optional<Error> error{};
    bool done = false;
    rt::CondVar wake{};
  };

  Status submit(Request& request);
  // The leader's steps. Those that do I/O or sleep let go of the lock meanwhile; nobody else leads until the leader has
  // taken its group off the queue, so log, clock report and pace are its own.
  void lead() REQUIRES(state_.mutex);
  std::vector<Request*> take_group() const REQUIRES(state_.mutex);
  Status make_room(bool freeze_anyway) REQUIRES(state_.mutex);
  Status wait_for_room() REQUIRES(state_.mutex);
  void slow_down() REQUIRES(state_.mutex);
  // Waits until the cause is gone, the store stops or closes; reported to the listener and counted.
  Status stall(const StallReport& report) REQUIRES(state_.mutex);
  bool must_wait(StallCause cause) const REQUIRES(state_.mutex);
  Status roll_log() REQUIRES(state_.mutex);
  Status commit(const std::vector<Request*>& group) REQUIRES(state_.mutex);
  Status stamp(const std::vector<Request*>& group) REQUIRES(state_.mutex);
  void report_stamps(const std::vector<Request*>& group);
  Status raise_ceiling(Timestamp ceiling) REQUIRES(state_.mutex);
  Status log(const std::vector<Request*>& group);
  Status write_ingest(Request& request) REQUIRES(state_.mutex);
  void count(const std::vector<Request*>& group);

  EngineState& state_;
  std::unique_ptr<WalWriter> wal_;
  std::deque<Request*> queue_ GUARDED_BY(state_.mutex);
  bool clock_reported_ = false;
  std::uint64_t unpaced_bytes_ = 0;  // logged under pressure since writers last slept for it; the leader's
};

}  // namespace mylonite
