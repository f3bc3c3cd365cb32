// The newest writes, sorted, in memory: filled by one writer at a time, read by many, flushed to a table, then dropped.
//
// Invariants: entries are never removed or changed. Adding an entry (key, stamp, kind) again changes nothing, so a log
// that holds a record twice replays to the same state.
// bytes() counts logical bytes, never the capacity of containers, so decisions by it are the same on every machine. It
// is close to the memory in use for keys in random order, and above it for ascending keys.
// Range deletes are kept apart from the entries. The first read after a change makes their fragments. An entry can be
// seen as soon as it is linked, so readers pass a stamp that is not above the newest *published* one.
// It does not log, and does not bound itself. Thread-safety: the caller serializes writers; everything else may run
// beside add(). Complexity: add and get O(log n) expected; range_deletes O(1), and amortized O(log r) for each of the r
// range deletes that was added since (core/format/range_cover.h).
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "core/format/internal_key.h"
#include "core/format/iterator.h"
#include "core/format/range_cover.h"
#include "core/memtable/entry_tree.h"
#include "core/rt/rt.h"

namespace mylonite {

class Memtable {
 public:
  struct Found {
    Kind kind = Kind::kPut;
    Timestamp at;
    std::string_view value;  // readable as long as the memtable lives
  };
  // Counted by bytes() beside key and value: about what the tree takes in random order (core/memtable/entry_tree.h).
  static constexpr std::size_t kEntryOverheadBytes = 80;

  // A range delete has its low key as user key, its exclusive end as value.
  void add(std::string_view user_key, Timestamp at, Kind kind, std::string_view value);

  // The newest entry of the key with a stamp ≤ `at`, also a delete; empty when there is none. It ignores range deletes.
  std::optional<Found> get(std::string_view user_key, Timestamp at) const;

  // The caller keeps the memtable alive. Entries added after a seek may or may not be seen until the next one.
  std::unique_ptr<InternalIterator> iterator() const;

  // Every range delete so far; null when there is none.
  std::shared_ptr<const RangeCover> range_deletes() const;

  bool empty() const { return entries() == 0 && ranges_added_.load(std::memory_order_acquire) == 0; }
  std::size_t bytes() const { return bytes_.load(std::memory_order_relaxed); }
  std::size_t entries() const {  // without range deletes
    return entries_.load(std::memory_order_relaxed);
  }

 private:
  EntryTree tree_;  // unguarded: one writer at a time, by contract; readers need no lock
  std::atomic<std::size_t> bytes_{0};
  std::atomic<std::size_t> entries_{0};
  std::atomic<std::size_t> ranges_added_{0};

  mutable rt::Mutex ranges_mutex_;
  mutable RangeStack ranges_ GUARDED_BY(ranges_mutex_);
  // The range deletes of the last stamp: a replayed log may have one of them twice.
  Timestamp batch_at_ GUARDED_BY(ranges_mutex_);
  std::vector<RangeTombstone> batch_ranges_ GUARDED_BY(ranges_mutex_);
  mutable std::shared_ptr<const RangeCover> cover_ GUARDED_BY(ranges_mutex_);  // of all ranges_; null: to be made
};

}  // namespace mylonite
