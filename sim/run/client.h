// A client of the store: performs operations one after the other, and brings what it asked and what came back to court.
//
// Owned by the simulated program: what it holds (snapshots, cursors) is not the simulator's memory.
// Thread-safety: one fiber.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "core/store/store.h"
#include "sim/run/court.h"
#include "sim/run/cursor_checker.h"

namespace mylonite::sim {

class Client {
 public:
  // `fs` is the one that the store is on.
  Client(Store& store, Court& court, vfs::FileSystem& fs)
      : store_(store), court_(court), fs_(fs), session_(store.session()) {}
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void perform(const Operation& operation);

 private:
  struct Held {
    Snapshot snapshot;
    std::uint64_t name;  // the oracle's
    Court::Age taken;
  };
  struct Reading {  // what a read was told
    Oracle::Ticket ticket;
    ReadOptions options;
    std::size_t failed_before;  // file calls
  };
  static constexpr std::size_t kSlots = 2;  // of snapshots and of cursors

  void write(const Operation& operation);
  void ingest(const Operation& operation);
  void compact(const Operation& operation);
  void get(const Operation& operation);
  void scan(const Operation& operation);
  void take_snapshot(const Operation& operation);
  void release_snapshot(std::size_t slot);
  void walk(const Operation& operation);
  void open_cursor(const Operation& operation);
  void use_cursor(const Operation& operation);
  void sync(OpKind kind);
  void checkpoint(bool keep);
  bool compare_checkpoint(const Oracle::Ticket& ticket, const std::string& directory, bool keep);
  void check_floor();
  void clock(const Operation& operation);

  Reading now();
  Reading in_the_past(std::uint64_t number);  // at a snapshot it holds, or at any stamp seen earlier
  bool answered(std::string_view call, const Error* error, const Reading& reading);
  void read_at(OpKind kind, const Reading& reading, Timestamp at);

  Store& store_;
  Court& court_;
  vfs::FileSystem& fs_;
  Session session_;
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

// The operation in words, for the story.
std::string tell(const Operation& operation);

}  // namespace mylonite::sim
