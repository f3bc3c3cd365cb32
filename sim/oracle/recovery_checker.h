// Checks what a store holds after a recovery, version by version, against the model.
//
// It is the part of the oracle that finds violations of the rules `invented`, `batch-torn`, `lost`, `retention`,
// `resurrected` and partly `expired` (sim/oracle/oracle.h). The oracle sets the bounds: which writes are required to
// survive.
//
// A version may be missing because its write was lost or because the store dropped it:
//   lost     the whole batch is missing, and was not required to survive
//   dropped  a newer version of its key is at or below the *history floor* F;
//            or it is itself at or below F, a tombstone older than the retention, and hides nothing
// Each missing version must be explained:
//   1. Walk the versions of a key from the newest. At or below F, the first that survived, or is a rightly dropped
//      tombstone, is the *anchor*: all older versions are excused.
//   2. A missing version above the anchor was not dropped. Its write is lost, or the store broke a rule.
//   3. A lost write explains nothing. So the walk repeats until no further write is lost. Losing more writes never
//      explains a version, so this set of lost writes is the least. A required write in it is a violation.
//
// What has expired is not asked for, and is not shown: below that stamp no version is needed, and none may be found.
//
// A missing tombstone that may be lost or dropped counts as dropped: in both cases its key is absent at F and later.
// After a disk that lied rolls back behind this recovery, F may be lower. The old explanation then still holds for a
// required tombstone (`doubted`), since which of the two happened is unknown.
//
// Another missing write that may be lost or dropped counts as lost, and is kept as *doubtful*. If it was dropped, a
// disk that lied may roll back behind the drop and show it again. If it is found there, it rejoins the model as a
// whole. It then replaces a later write of the same stamp, since the disk rolled back behind that one too.
//
// A write is required if any entry of it survived. One that the store did not report as failed is also required at or
// below the `shown` bound. An acknowledged one is also
// required if it is at or below the `acknowledged` bound or the newest survivor.
// Thread-safety: one thread. Complexity: versions · log; where writes are lost, a few times that.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/format/range_tombstones.h"
#include "sim/oracle/model.h"

namespace mylonite::sim {

struct Violation {
  std::string rule;
  std::string what;  // expected and found
};

// One entry of the store after recovery, as the store reports it. Entries are in key order, newest first.
struct StoredEntry {
  std::string key;
  Timestamp at;
  std::optional<std::string> value;
  bool operator==(const StoredEntry&) const = default;
};

struct StoredVersions {
  std::vector<StoredEntry> entries;
  std::vector<RangeTombstone> ranges{};  // in any order, cut at any keys
};

// A batch that was stamped.
struct StampedWrite {
  WriteBatch batch;
  bool acknowledged = false;          // or found by a checked recovery
  bool failed = false;                // the store said so: it is not shown, and the next recovery settles it
  std::uint64_t retention_ticks = 0;  // the least tombstone retention in force since it was written

  // Of the current recovery.
  std::size_t survived = 0;  // entries, and fragments of range deletes, that the store holds
  bool lost = false;
  bool excuses_missing = false;  // a tombstone of it explains why an older required version is missing
  bool dropped_before = false;   // an earlier recovery counted a part of it as dropped
};
using StampedWrites = std::map<Timestamp, StampedWrite>;

std::string describe(Timestamp at, const StampedWrite& stamped);

class RecoveryChecker {
 public:
  struct Bounds {
    Timestamp floor;             // F
    Timestamp acknowledged;      // every acknowledged write up to here is required
    Timestamp shown;             // every write up to here is required
    std::uint64_t wall_highest;  // the highest reading of the wall clock so far, in ticks
    Timestamp expired_through;   // as the store says; the oracle has checked that it may
    bool rolled_back;            // the disk may be older than earlier recoveries: it may hold what they did not find
  };
  struct Counts {
    std::uint64_t acknowledged_lost = 0;   // writes
    std::uint64_t dropped = 0;             // versions, since the last recovery
    std::uint64_t tombstones_dropped = 0;  // of these, for their age
    Timestamp dropped_to{};                // the lowest floor that allows these drops
  };

  RecoveryChecker(Model& model, StampedWrites& stamped_writes, StampedWrites& doubtful, const Bounds& bounds)
      : model_(model), stamped_writes_(stamped_writes), doubtful_(doubtful), bounds_(bounds) {}

  std::optional<Violation> check(const StoredVersions& found);
  // After a check without violation. Lost writes leave the model and the stamped writes. Other missing versions are
  // noted as dropped. Writes that survived count as acknowledged.
  Counts settle();
  Timestamp cut() const { return cut_; }  // the newest survivor's stamp

 private:
  bool restore(Timestamp at);  // false: no doubtful write had that stamp
  void match_entries(const std::vector<StoredEntry>& entries);
  void match_ranges(const std::vector<RangeTombstone>& ranges);
  void explain();
  void explain_key(std::string_view key, const Model::Versions& versions);
  // For a missing version that no newer one excuses. True: it is a dropped tombstone.
  bool explain_version(std::string_view key, const Model::Versions& versions, std::size_t index);
  bool required(Timestamp at, const StampedWrite& stamped) const;
  bool retained(Timestamp at, const StampedWrite& stamped) const;
  void report_missing(std::string_view key, const Model::Versions& versions, std::size_t index);
  void forget_doubtful();
  void violate(std::string rule, std::string what);

  Model& model_;
  StampedWrites& stamped_writes_;
  StampedWrites& doubtful_;
  const Bounds bounds_;
  Timestamp cut_;
  bool grew_ = false;     // this walk found a lost write
  bool excused_ = false;  // in this walk a tombstone excused others, and its write may still be found lost
  std::optional<Violation> violation_;
};

}  // namespace mylonite::sim
