// The sources of reads: the active memtable, the frozen ones that wait for their flush, and the published ReadState
// made of them and of the tables.
//
// Invariants: current() holds the active memtable first, then the frozen ones, newest first, then the runs of the
// tables published last. It leaves out a frozen memtable whose tables are among them. Of a read-only store it always
// holds what recovery found. Orders ascend from 1, the first memtable frozen. Tables are never older than those
// published before: the owner takes them under the lock that guards this object.
// Thread-safety: the owner serializes; a ReadState that was handed out is immutable. Only the leader of the write queue
// adds to the active memtable and freezes it; only the flusher retires frozen ones.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include <mylonite/timestamp.h>

#include "core/memtable/memtable.h"
#include "core/store/catalog.h"
#include "core/store/read_state.h"

namespace mylonite {

struct FrozenMemtable {
  std::shared_ptr<const Memtable> memtable;
  std::uint64_t order = 0;
  FileNumber next_log;  // once this memtable is in tables, logs before it are obsolete
};

class ReadViews {
 public:
  // For writing, with an empty memtable.
  ReadViews(std::shared_ptr<Memtable> active, const Catalog::View& tables);
  // For reading only. Oldest memtable first.
  ReadViews(const std::vector<std::shared_ptr<const Memtable>>& memtables, const Catalog::View& tables);

  const std::shared_ptr<const ReadState>& current() const { return current_; }
  const std::shared_ptr<Memtable>& active() const { return active_; }
  const std::deque<FrozenMemtable>& frozen() const { return frozen_; }  // oldest first
  std::uint64_t frozen_ever() const { return frozen_ever_; }
  std::uint64_t flushed_ever() const { return flushed_ever_; }  // memtables of order ≤ this are in tables

  // Freezes the active memtable. `next` replaces it; later writes go to the log `next_log`.
  void freeze(std::shared_ptr<Memtable> next, FileNumber next_log);
  void retire_oldest();                       // the oldest frozen memtable is in tables
  void publish(const Catalog::View& tables);  // after a change: makes the next current()

 private:
  std::shared_ptr<Memtable> active_;  // null: read-only
  std::deque<FrozenMemtable> frozen_;
  std::uint64_t frozen_ever_ = 0;
  std::uint64_t flushed_ever_ = 0;
  std::shared_ptr<const ReadState> current_;
};

}  // namespace mylonite
