// Judges what a store holds after a recovery, version by version, against the model. A part of the oracle, which says
// what must have survived; see its rules `invented`, `batch-torn`, `lost`, `retention` and `resurrected`.
//
// The store may have lost writes that were not required to survive (whole batches), and may have dropped versions by
// its own rules up to the *history floor* F: a version with a newer version of its key at or below F, and a tombstone
// at or below F that is older than the retention and hides nothing. So every missing version must be explained:
//
//   Walk the versions of a key at or below F from the newest. One that survived, or a tombstone that was rightly
//   dropped, is the *anchor*: whatever is older is excused. A missing version above the anchor, or above F, was never
//   dropped: its write was lost as a whole, or the store broke a rule.
//
// A write that must have been lost no longer explains anything, so writes are added to the lost ones until nothing
// changes. A version stays unexplained when more writes are lost, so the least set of lost writes is the right one, and
// a required write in it is a violation. Where a missing tombstone may have been lost or dropped, it counts as dropped:
// either way its key is absent at F and later. Nobody will ever know, so where a disk that lied goes back behind that
// recovery, to a lower floor, a tombstone that must be there otherwise needs no second reason to be missing.
//
// A write that is missing, and may have been lost or dropped, counts as lost, and is set aside as *doubtful*. If it was
// dropped in truth, a disk that lied may go back behind the drop and show it again. A doubtful write that is found
// there is part of the model once more, whole. (Where its stamp has been given out again since, the disk went back
// behind the later write, too.)
//
// Required: acknowledged and not above the bound or the newest survivor; or shown; or any entry of it survived.
// Thread-safety: one thread. Complexity: versions · log, a few times over where writes were lost.
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

// One entry of the store after recovery, as it says itself. They come by key, newest first.
struct Survivor {
  std::string key;
  Timestamp at;
  std::optional<std::string> value;
  bool operator==(const Survivor&) const = default;
};

struct Holdings {  // of a store
  std::vector<Survivor> entries;
  std::vector<RangeTombstone> ranges{};  // in any order, cut at any keys
};

// A batch that was stamped.
struct Emission {
  WriteBatch batch;
  bool acknowledged = false;          // or found by a recovery that was judged
  std::uint64_t retention_ticks = 0;  // the least tombstone retention in force since it was written

  // Of the recovery being judged.
  std::size_t survived = 0;  // entries, and fragments of range deletes, that the store holds
  bool lost = false;
  bool excuses_missing = false;  // a tombstone of it explains why something older, which is owed, is missing
  bool dropped_before = false;   // an earlier recovery took part of it for dropped
};
using Emissions = std::map<Timestamp, Emission>;

std::string describe(Timestamp at, const Emission& emission);

class RecoveryChecker {
 public:
  struct Bounds {
    Timestamp floor;             // F
    Timestamp acknowledged;      // every acknowledged write up to here is required
    Timestamp shown;             // every write up to here is
    std::uint64_t wall_highest;  // the greatest reading ever of the wall clock, in ticks
    bool rolled_back;            // the disk may have gone back behind earlier recoveries: what they missed may be there
  };
  struct Counts {
    std::uint64_t acknowledged_lost = 0;   // writes
    std::uint64_t dropped = 0;             // versions, since the last recovery
    std::uint64_t tombstones_dropped = 0;  // of these, for their age
    Timestamp dropped_to{};                // the lowest floor that allows what was dropped since the last recovery
  };

  RecoveryChecker(Model& model, Emissions& emissions, Emissions& doubtful, const Bounds& bounds)
      : model_(model), emissions_(emissions), doubtful_(doubtful), bounds_(bounds) {}

  std::optional<Violation> check(const Holdings& found);
  // After a judgement without violation: lost writes leave the model and the emissions; what is missing is noted as
  // dropped; what is here counts as acknowledged.
  Counts settle();
  Timestamp cut() const { return cut_; }  // the newest survivor's stamp

 private:
  bool restore(Timestamp at);  // false: no doubtful write had that stamp
  void match_entries(const std::vector<Survivor>& entries);
  void match_ranges(const std::vector<RangeTombstone>& ranges);
  void explain();
  void explain_key(std::string_view key, const Model::Versions& versions);
  // Of a missing version that nothing newer excuses. True: it is a tombstone that was dropped.
  bool explain_version(std::string_view key, const Model::Versions& versions, std::size_t index);
  bool required(Timestamp at, const Emission& emission) const;
  bool retained(Timestamp at, const Emission& emission) const;
  void report_missing(std::string_view key, const Model::Versions& versions, std::size_t index);
  void forget_doubtful();
  void violate(std::string rule, std::string what);

  Model& model_;
  Emissions& emissions_;
  Emissions& doubtful_;
  const Bounds bounds_;
  Timestamp cut_;
  bool grew_ = false;     // a write was found lost in this round
  bool excused_ = false;  // a tombstone of a write that may yet be found lost excused others in this round
  std::optional<Violation> violation_;
};

}  // namespace mylonite::sim
