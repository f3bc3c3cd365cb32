// The half of a client that does what only Mylonite can: reads of the past, snapshots, cursors, ingest, flushes, merges
// by hand, checkpoints.
//
// Owned by the simulated program: what it holds (snapshots, cursors) is not the simulator's memory.
// Thread-safety: one fiber.
#pragma once

#include <array>
#include <optional>
#include <string>

#include <mylonite/ingest.h>
#include <mylonite/store.h>

#include "core/format/batch_reader.h"
#include "sim/run/cursor_checker.h"
#include "sim/run/operation_context.h"

namespace mylonite::sim {

class MyloniteStore;

class MyloniteClient {
 public:
  MyloniteClient(MyloniteStore& store, const OperationContext& context);
  ~MyloniteClient();
  MyloniteClient(const MyloniteClient&) = delete;
  MyloniteClient& operator=(const MyloniteClient&) = delete;

  // One overload an operation.
  void apply(const op::Ingest& ingest);
  void apply(const op::GetAsOf& get);
  void apply(const op::ScanAsOf& scan);
  void apply(const op::WalkCursor& walk);
  void apply(const op::OpenCursor& open);
  void apply(const op::UseCursor& use);
  void apply(const op::CloseCursor& close) { cursors_[close.slot % kSlots].reset(); }
  void apply(const op::TakeSnapshot& take);
  void apply(const op::ReleaseSnapshot& release);
  void apply(const op::Flush& flush);
  void apply(const op::CompactLevel& compact);
  void apply(const op::CompactRange& compact);
  void apply(const op::Checkpoint& checkpoint);
  void apply(const op::BatchSync& batch);
  void apply(const op::MultiGet& get);
  void apply(const op::GetInto& get);
  void apply(const op::ApproximateSize& size);
  void apply(const op::SetPolicy& set);
  void apply(const op::Abandon& abandon);
  void apply(const op::Destroy& destroy);

 private:
  struct Held {
    Snapshot snapshot;
    std::uint64_t name;  // the oracle's
    Observer::Age taken;
  };

  void take_snapshot(std::size_t slot);
  void release_snapshot(std::size_t slot);
  // Makes a checkpoint and checks it. Empty: it failed; otherwise what it shows.
  std::optional<StoredPairs> checkpoint(const std::string& directory);
  bool refuses_destruction(const Options& options);
  Options options_in(const std::string& directory) const;
  void check_floor();
  void compacted(const Status& done);
  Reading in_the_past(const AsOf& as_of);
  std::optional<std::uint64_t> size_of(const KeyBounds& bounds);  // empty: no answer
  CursorChecker::Parts checks() const;

  Store& store_;
  const OperationContext& context_;
  Session session_;
  std::string buffer_;  // of get-into
  std::array<std::optional<Held>, kSlots> snapshots_{};
  std::array<std::optional<CursorChecker>, kSlots> cursors_{};
};

// A batch of puts with ascending keys as a stream.
class BatchSource final : public IngestSource {
 public:
  explicit BatchSource(const WriteBatch& batch) : batch_(batch), reader_(batch.encoded()) {}
  Result<bool> next(std::string_view& key, std::string_view& value) override {
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
