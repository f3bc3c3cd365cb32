// The entries and range deletes that a merge or a flush may drop without any reader seeing a difference.
//
// Readers read at the snapshots below the floor, or anywhere from the floor on. The first reader of a stamp is the
// earliest moment of these at or behind it.
//   what has expired              all of it is dropped: it hides only what has expired, too
//   versions above the floor      all are kept: a reader may come between any two of them
//   versions at or below it       of those of a key with one first reader only the newest is kept; nobody sees the
//                                 others
//     that version                is dropped if a newer range delete with the same first reader covers it;
//                                 or if it is a delete whose retention has passed, nobody reads before it, and no older
//                                 data may hold the key
//   range deletes                 of a fragment's stamps with one first reader only the newest is kept
//     that stamp                  is dropped if its retention has passed, nobody reads before it, and no older data
//                                 overlaps the fragment
// Where nobody reads before a delete, all that it hides is dropped with it: only older data outside may need it.
// Invariant: what a reader sees never changes, whatever the retention. Retention only decides how long tombstones are
// kept that hide nothing.
// DropFilter is for one thread; a DropRule is a value. Complexity: O(log snapshots) a version at or below the floor,
// and O(log fragments + log ranges) for each that is the newest of its first reader.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mylonite/compaction_job.h>
#include <mylonite/key_range.h>

#include "core/format/range_tombstones.h"
#include "core/version/version.h"

namespace mylonite {

struct DropRule {
  Timestamp floor;                     // every moment from it on may be read; kTimestampMin: nothing is dropped
  std::vector<Timestamp> snapshots{};  // the moments below the floor that may be read, ascending
  Timestamp tombstones_until;          // tombstones at or below it have outlived their retention
  KeyRanges older;                     // keys that data older than the output may hold
  Timestamp expired_through{};         // at most the floor

  Timestamp first_reader(Timestamp at) const;  // requires at ≤ floor
  bool read_before(Timestamp at) const;        // likewise: whether there is a reader before the stamp
};

// The ranges of all tables older than a job's output, without its inputs.
KeyRanges older_than_output(const Version& version, const CompactionJob& job);
// The ranges of all tables: all of them are older than a flush.
KeyRanges all_keys(const Version& version);

// What a flush or a merge dropped.
struct Dropped {
  std::uint64_t entries = 0;  // and stamps of range deletes
  // Of these, deletes with nothing left to hide, and for how long they had outlived their retention.
  std::uint64_t completed_deletes = 0;
  std::uint64_t overdue_ticks_sum = 0;
  std::uint64_t overdue_ticks_max = 0;
};

// The range deletes that must be kept. Adds the others to `dropped`.
RangeTombstones surviving(const DropRule& rule, const RangeTombstones& all, Dropped& dropped);

class DropFilter {
 public:
  // `all`: every range delete of the inputs, including dropped ones. Adds what it drops to `dropped`.
  DropFilter(const DropRule& rule, const RangeTombstones& all, Dropped& dropped)
      : rule_(rule), all_(all), dropped_(dropped) {}

  // Whether the entry is kept. Requires a call for every entry of the inputs, in order.
  bool keeps(std::string_view internal_key);

 private:
  bool needed(std::string_view internal_key);

  const DropRule& rule_;
  const RangeTombstones& all_;
  Dropped& dropped_;
  std::string user_key_;
  bool started_ = false;
  std::optional<Timestamp> reader_{};  // the first one of this key's version before; empty: none at or below the floor
};

}  // namespace mylonite
