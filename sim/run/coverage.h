// Coverage: counts by name the rare events that a run reached. They are the engine's marks (rt::mark) and the
// simulator's own ("sim.…"). A campaign that never reaches a mark does not test what it stands for.
//
// Coverage observes and never steers. A test holds kMarks equal to the calls of mark() in core/ and sim/.
// Thread-safety: one thread an object. Complexity: logarithmic in the marks reached.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <mylonite/faultfs/fault.h>

namespace mylonite::sim {

inline constexpr std::string_view kSimulatorMarks = "sim.";  // the prefix of their names

// The marks in the code, sorted; `run --require-marks` fails when one of all_marks() was never reached.
inline constexpr std::array<std::string_view, 36> kMarks = {
    "compaction.concurrent",
    "compaction.expired",
    "compaction.gave_way",
    "compaction.installed",
    "compaction.moved",
    "compaction.retried",
    "manifest.rotated",
    "manifest.torn_tail",
    "read.below_floor",
    "recovery.flush_in_replay",
    "sim.batch_larger_than_memtable",
    "sim.checkpoint",
    "sim.checkpoint_kept",  // an incarnation read a checkpoint that an earlier one had kept
    "sim.compact_by_hand",
    "sim.cursor_turned",            // a cursor changed its direction
    "sim.cursor_used_after_flush",  // a cursor that was open during a flush moved
    "sim.cursor_used_after_merge",
    "sim.destroy",
    "sim.destruction_resumed",  // a destruction that a crash or an error cut short was carried out again
    "sim.ingest",
    "sim.open_refused",  // an open with error_if_exists, of a store that exists
    "sim.read_in_past",
    "sim.read_only_open",
    "sim.read_refused",               // a read below the floor of history, rightly refused
    "sim.snapshot_read_after_flush",  // a read at a snapshot that was taken before a flush
    "sim.snapshot_read_after_merge",
    "sim.tombstone_dropped",  // a recovery lacked a tombstone that was old enough
    "sim.version_dropped",    // a recovery lacked a version that a newer one excuses
    "stamps.ceiling_met",
    "stamps.clock_unusable",
    "wal.torn_tail",
    "wal.unfinished",
    "write.kept_pace",
    "write.slowdown",
    "write.stall_frozen_memtables",
    "write.stall_level0",
};

std::string mark_of(const faultfs::FaultRow& row);  // "fault.no-space": the fault struck
std::vector<std::string> all_marks();               // kMarks, and one for every fault of the table

class Coverage {
 public:
  using Counts = std::map<std::string, std::uint64_t, std::less<>>;

  void mark(std::string_view name, std::uint64_t times = 1);
  void add(const Coverage& other);

  std::uint64_t count(std::string_view name) const;
  const Counts& counts() const { return counts_; }  // of marks that were reached
  std::string missing() const;                      // marks never reached, separated by spaces
  bool operator==(const Coverage&) const = default;

 private:
  Counts counts_;
};

}  // namespace mylonite::sim
