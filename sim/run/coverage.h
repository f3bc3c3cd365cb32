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

#include <mylonite/faultfs/damage.h>
#include <mylonite/faultfs/fault.h>

namespace mylonite::sim {

inline constexpr std::string_view kSimulatorMarks = "sim.";  // the prefix of their names

struct Mark {
  std::string_view name;
  std::string_view meaning;  // what happened, for people
};

// The marks in the code, sorted; `run --require-marks` fails when one of all_marks() was never reached.
inline constexpr std::array<Mark, 49> kMarks = {{
    {.name = "compaction.concurrent", .meaning = "a merge began while another one ran"},
    {.name = "compaction.expired", .meaning = "old data expired unread"},
    {.name = "compaction.gave_way", .meaning = "a merge gave way to another one between two steps"},
    {.name = "compaction.installed", .meaning = "a merge was committed"},
    {.name = "compaction.moved", .meaning = "tables were moved a level down unread"},
    {.name = "compaction.retried", .meaning = "a merge that failed was tried again"},
    {.name = "flush.retried", .meaning = "a flush that failed was tried again"},
    {.name = "manifest.replaced", .meaning = "a new manifest took the place of one that had failed"},
    {.name = "manifest.rotated", .meaning = "a long manifest was replaced by a new one"},
    {.name = "manifest.torn_tail", .meaning = "an open dropped the torn end of a manifest"},
    {.name = "read.below_floor", .meaning = "the store refused a read of a past that it no longer keeps"},
    {.name = "read.snapshot_below_floor", .meaning = "a snapshot was read whose moment nobody else may read any more"},
    {.name = "recovery.flush_in_replay", .meaning = "an open flushed before it had replayed all logs"},
    {.name = "sim.available_later", .meaning = "the store flushed again some time after file calls succeeded again"},
    {.name = "sim.batch_larger_than_memtable", .meaning = "a batch was larger than a memtable may be"},
    {.name = "sim.checkpoint", .meaning = "a checkpoint was taken"},
    {.name = "sim.checkpoint_kept", .meaning = "a checkpoint that an earlier incarnation had kept was read"},
    {.name = "sim.compact_by_hand", .meaning = "a client's request to merge was carried out"},
    {.name = "sim.cursor_turned", .meaning = "a cursor changed its direction"},
    {.name = "sim.cursor_used_after_flush", .meaning = "a cursor that was open during a flush moved"},
    {.name = "sim.cursor_used_after_merge", .meaning = "a cursor that was open during a merge moved"},
    {.name = "sim.damage_harmless", .meaning = "a copy with a damaged file showed all that a sound one shows"},
    {.name = "sim.damage_hurt_keys", .meaning = "reads of some keys met a damaged table, and were refused"},
    {.name = "sim.damage_hurt_no_key", .meaning = "no read of a key met the damage of a table"},
    {.name = "sim.damage_met_by_reads", .meaning = "a scan met damage, and was refused"},
    {.name = "sim.damage_refused", .meaning = "an open met damage, and was refused"},
    {.name = "sim.damage_took_unattested", .meaning = "damage took writes that nothing but the damaged file attests"},
    {.name = "sim.destroy", .meaning = "a store was destroyed"},
    {.name = "sim.destruction_resumed", .meaning = "a destruction that was cut short was carried out again"},
    {.name = "sim.ingest", .meaning = "a sorted stream was ingested"},
    {.name = "sim.open_refused", .meaning = "an open with error_if_exists was refused"},
    {.name = "sim.read_in_past", .meaning = "a read as of an earlier stamp was answered"},
    {.name = "sim.read_only_open", .meaning = "the store was opened for reading before it was opened for writing"},
    {.name = "sim.read_refused", .meaning = "a read below the floor of history was refused, as it must be"},
    {.name = "sim.second_opener", .meaning = "an open of a store that was open was refused"},
    {.name = "sim.snapshot_read_after_flush", .meaning = "a snapshot was read after a flush"},
    {.name = "sim.snapshot_read_after_merge", .meaning = "a snapshot was read after a merge"},
    {.name = "sim.tombstone_dropped", .meaning = "a recovery lacked a tombstone that was old enough to go"},
    {.name = "sim.version_dropped", .meaning = "a recovery lacked a version that a newer one excuses"},
    {.name = "stamps.ceiling_met", .meaning = "stamps reached the durable ceiling, which a commit then raised"},
    {.name = "stamps.clock_unusable", .meaning = "the wall clock showed no usable time"},
    {.name = "wal.attested_at_rest",
     .meaning = "the manifest was told how much of a log is durable, with no writer there"},
    {.name = "wal.given_up", .meaning = "a log was given up after a failed call, and another one begun"},
    {.name = "wal.torn_tail", .meaning = "an open dropped the torn end of a log"},
    {.name = "wal.unfinished", .meaning = "an open found a log whose header never became durable"},
    {.name = "write.kept_pace", .meaning = "a writer waited for merges that were behind their pace"},
    {.name = "write.slowdown", .meaning = "a writer was slowed down because level 0 had many runs"},
    {.name = "write.stall_frozen_memtables", .meaning = "a writer waited for a flush"},
    {.name = "write.stall_level0", .meaning = "a writer waited for merges of level 0"},
}};

std::string mark_of(const faultfs::FaultRow& row);        // "fault.no-space": the fault struck
std::string mark_of(const faultfs::DamageRow& row);       // "damage.vanished"
std::vector<std::string> all_marks();                     // kMarks, and one for every row of both tables of faultfs
std::string_view meaning_of_mark(std::string_view name);  // "" if there is no such mark

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
