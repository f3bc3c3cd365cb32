// The path of a write: queue → group → stamps → log → memtable → visible.
//
// Writers queue up, and the one at the front leads. It takes a group of waiting writers and gives each batch its stamp.
// It logs all batches with one append, and one sync if any of them asks for it. Then it inserts them into the memtable,
// makes them visible, and wakes the group. Source: group commit as in LevelDB's writer queue.
// Invariants: what is synced is visible only once it is durable. Only the leader uses the log and replaces the
// active memtable, so neither needs a lock of its own. After a failed append or sync the log's end is unknown: the log
// is given up, and the next write waits until what it holds is in tables, then begins another one.
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

  // Returns the batch's stamp. An empty batch is not logged; its stamp is the newest visible one.
  Result<Timestamp> write(const WriteBatch& batch, const WriteOptions& options);
  // Makes everything acknowledged so far durable, and the manifest attest it.
  Status sync();
  // Freezes the active memtable if it is not empty. Returns the order of the newest memtable frozen so far.
  Result<std::uint64_t> freeze();
  // Returns the stamp of all pairs of the stream. An empty stream gets one, too.
  Result<Timestamp> ingest(IngestSource& source);
  bool lacks_log() const;  // it was given up, and no write has begun another one
  // Waits until no caller is left; requires a closing store.
  void wait_for_callers();
  // Waits until no caller is left, then ends the log with the clean-close marker. Requires a closing store. Returns the
  // edit that records a clean close: the log's end, and a ceiling just above the last stamp.
  Result<VersionEdit> finish();

 private:
  enum class Want : std::uint8_t { kWrite, kSync, kFreeze, kIngest };
  struct Request {
    Want want = Want::kWrite;
    const WriteBatch* batch = nullptr;
    IngestSource* source = nullptr;
    std::optional<bool> sync{};           // of a write: what its options say
    std::optional<WriteBatch> bounded{};  // what stands for the batch, if that removes to the end of all keys
    bool alone() const { return want == Want::kFreeze || want == Want::kIngest; }  // never in a group with others
    bool needs_stamp() const { return want == Want::kIngest || (batch != nullptr && batch->count() > 0); }
    Timestamp at{};
    std::optional<Error> error{};
    bool done = false;
    rt::CondVar wake{};
  };

  Status submit(Request& request);
  // The leader's steps. Steps that do I/O or sleep release the lock meanwhile. No other request leads until the leader
  // has taken its group off the queue, so log, clock report and pace belong to it.
  void lead(Request& first) REQUIRES(state_.mutex);
  std::vector<Request*> take_group() const REQUIRES(state_.mutex);
  Status make_room(bool freeze_anyway) REQUIRES(state_.mutex);
  Status wait_for_room() REQUIRES(state_.mutex);
  void slow_down() REQUIRES(state_.mutex);
  void keep_pace() REQUIRES(state_.mutex);
  bool pressed() const REQUIRES(state_.mutex);
  bool merges_lag() const REQUIRES(state_.mutex);
  // Waits while the condition holds, for at most so long.
  using Condition = bool (WritePath::*)() const;
  void hold(const std::string& why, std::uint64_t ns, Condition needed) REQUIRES(state_.mutex);
  // Reports a stall to the listener, waits until its cause is gone or the store stops or closes, and counts it.
  Status stall(const StallReport& report) REQUIRES(state_.mutex);
  void stall_ended(StallReport report, std::uint64_t from_ns) REQUIRES(state_.mutex);
  bool must_wait(StallCause cause) const REQUIRES(state_.mutex);
  Status roll_log() REQUIRES(state_.mutex);
  void give_up_log(const Error& why) REQUIRES(state_.mutex);
  Status restart_log() REQUIRES(state_.mutex);
  Status commit(const std::vector<Request*>& group) REQUIRES(state_.mutex);
  void bound_ranges(const std::vector<Request*>& group) REQUIRES(state_.mutex);
  Status stamp(const std::vector<Request*>& group) REQUIRES(state_.mutex);
  void report_stamps(const std::vector<Request*>& group);
  Status raise_ceiling(Timestamp ceiling) REQUIRES(state_.mutex);
  void attest(const std::vector<Request*>& group) REQUIRES(state_.mutex);
  bool wants_sync(const Request& request) const;
  Status log(const std::vector<Request*>& group);
  Status write_ingest(Request& request) REQUIRES(state_.mutex);
  void count(const std::vector<Request*>& group);

  EngineState& state_;
  std::unique_ptr<WalWriter> wal_;
  std::deque<Request*> queue_ GUARDED_BY(state_.mutex);
  std::optional<FileNumber> next_log_ GUARDED_BY(state_.mutex);  // the log was given up; its successor
  bool clock_reported_ = false;
  std::uint64_t unpaced_bytes_ = 0;  // logged under pressure since the last sleep in slow_down(); the leader's
};

}  // namespace mylonite
