// The counters of an open store. stats() reads them; they steer nothing.
// Thread-safety: every member is atomic; several read together need not be of one moment. Bytes, nanoseconds.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include <mylonite/stats.h>

namespace mylonite {

class Counter {
 public:
  void add(std::uint64_t by) { value_.fetch_add(by, std::memory_order_relaxed); }
  void raise(std::uint64_t to) {  // for the greatest of all
    std::uint64_t now = get();
    while (now < to && !value_.compare_exchange_weak(now, to, std::memory_order_relaxed)) continue;
  }
  std::uint64_t get() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

struct Counters {
  Counter writes;      // batches acknowledged
  Counter operations;  // in these batches
  Counter user_bytes;  // keys and values in these batches
  Counter gets;
  Counter gets_found;
  Counter memtable_hits;          // gets that a memtable answered
  Counter tables_probed;          // by gets, filters included
  Counter tables_probed_in_vain;  // of these, by gets that found no value
  Counter iterators;              // opened, range() included
  Counter groups;                 // group commits
  Counter wal_bytes;
  Counter wal_syncs;
  Counter flushes;
  Counter flush_bytes;
  Counter flush_entries;  // written
  Counter flushes_failed;
  Counter logs_given_up;
  Counter merges;
  Counter moves;     // of whole tables, without reading them
  Counter expiries;  // likewise, out of the tree
  Counter merge_bytes_in;
  Counter merge_bytes_out;
  Counter merge_bytes_edge;
  Counter merge_entries_out;
  Counter entries_dropped;
  Counter completed_deletes;  // dropped, as nothing was left that they hide
  Counter delete_age_ms;      // of all of these
  Counter delete_age_ms_max;
  Counter ingested_bytes;
  struct Stall {
    Counter count;
    Counter ns;
  };
  std::array<Stall, kStallNames.size()> stalls;
};

}  // namespace mylonite
