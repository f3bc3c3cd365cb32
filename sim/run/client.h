// A client of the store: applies operations one after the other, and checks the answers.
//
// The simulated program owns it: its snapshots and cursors are not the simulator's memory.
// Thread-safety: one fiber.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include <mylonite/store.h>

#include "core/format/batch_reader.h"
#include "sim/run/answer_checker.h"
#include "sim/run/cursor_checker.h"
#include "sim/run/observer.h"
#include "sim/run/run_state.h"

namespace mylonite::sim {

class Client {
 public:
  struct Parts {
    RunState& state;
    AnswerChecker& answers;
    Observer& observer;
    vfs::FileSystem& fs;  // the store's
  };
  Client(Store& store, const Parts& parts)
      : store_(store),
        state_(parts.state),
        answers_(parts.answers),
        observer_(parts.observer),
        fs_(parts.fs),
        session_(store.session()) {}
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void perform(const Operation& operation);

 private:
  struct Held {
    Snapshot snapshot;
    std::uint64_t name;  // the oracle's
    Observer::Age taken;
  };
  struct Reading {  // the invocation of a read
    Oracle::Ticket ticket;
    ReadOptions options;
    std::size_t struck_before;  // faults
  };

  // One overload for each operation.
  void apply(const op::Put& put);
  void apply(const op::Remove& remove);
  void apply(const op::Batch& batch);
  void apply(const op::RemoveRange& range);
  void apply(const op::Ingest& ingest);
  void apply(const op::Get& get) { read(get.key, now()); }
  void apply(const op::GetAsOf& get) { read(get.key, in_the_past(get.as_of)); }
  void apply(const op::Scan& scan);
  void apply(const op::ScanBack& scan);
  void apply(const op::ScanAsOf& scan);
  void apply(const op::WalkCursor& walk);
  void apply(const op::OpenCursor& open);
  void apply(const op::UseCursor& use);
  void apply(const op::CloseCursor& close) { cursors_[close.slot % kSlots].reset(); }
  void apply(const op::TakeSnapshot& take);
  void apply(const op::ReleaseSnapshot& release);
  void apply(const op::Sync& sync);
  void apply(const op::Flush& flush);
  void apply(const op::CompactLevel& compact);
  void apply(const op::CompactRange& compact);
  void apply(const op::Checkpoint& checkpoint);
  void apply(const op::Sleep& sleep);
  void apply(const op::ClockJump& jump);
  void apply(const op::ClockFreeze& freeze);
  void apply(const op::ClockRun& run);
  void apply(const op::BatchSync& batch);
  void apply(const op::MultiGet& get);
  void apply(const op::GetInto& get);
  void apply(const op::ApproximateSize& size);
  void apply(const op::RemoveFrom& remove);
  void apply(const op::SetPolicy& set);
  void apply(const op::Abandon& abandon);

  void write(const WriteBatch& batch, const WriteOptions& how = {});
  void read(const std::string& key, const Reading& reading);
  struct Direction {
    bool backward;
    std::uint64_t limit;
  };
  void read(const Bounds& bounds, Direction direction, const Reading& reading);
  void take_snapshot(std::size_t slot);
  void release_snapshot(std::size_t slot);
  bool compare_checkpoint(const Oracle::Ticket& ticket, const std::string& directory, bool keep);
  void check_floor();
  std::optional<std::uint64_t> size_of(const KeyBounds& bounds);  // empty: no answer
  void became_durable(std::string_view call, const Reading& reading, const Status& done);
  void compacted(const Status& done);

  Reading now();
  Reading in_the_past(const AsOf& as_of);
  bool answered(std::string_view call, const Error* error, const Reading& reading);
  void read_at(const Reading& reading, Timestamp at);
  void returned(Timestamp at);
  Oracle& oracle() { return state_.oracle; }

  Store& store_;
  RunState& state_;
  AnswerChecker& answers_;
  Observer& observer_;
  vfs::FileSystem& fs_;
  Session session_;
  std::string buffer_;       // of get-into
  std::size_t current_ = 0;  // the operation, by its place in the list
  std::array<std::optional<Held>, kSlots> snapshots_{};
  std::array<std::optional<CursorChecker>, kSlots> cursors_{};
};

// A batch of puts with ascending keys as a stream.
class BatchSource final : public IngestSource {
 public:
  explicit BatchSource(const WriteBatch& batch) : batch_(batch), reader_(batch.encoded()) {}
  bool next(std::string_view& key, std::string_view& value) override {
    BatchEntry entry;
    if (!reader_.next(entry)) return false;
    key = entry.key;
    value = entry.value;
    return true;
  }
  const WriteBatch& batch() const { return batch_; }

 private:
  const WriteBatch& batch_;
  BatchReader reader_;
};

}  // namespace mylonite::sim
