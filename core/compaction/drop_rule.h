// The entries and range deletes that a merge or a flush may drop without any reader seeing a difference.
//
//   what has expired              all of it is dropped: it hides only what has expired, too
//   versions above the floor      all are kept: a snapshot may lie between any two of them
//   versions at or below it       of each key only the newest is kept: every reader reads at the floor or above
//     the newest version          is dropped if a newer range delete at or below the floor covers it;
//                                 or if it is a delete whose retention has passed, and no older data may hold the key
//   range deletes                 of a fragment's stamps at or below the floor only the newest is kept
//     the newest stamp            is dropped if its retention has passed and no older data overlaps the fragment
// Invariant: what is visible at a stamp from the floor on never changes, whatever the retention. Retention only decides
// how long tombstones that hide nothing are kept.
// DropFilter is for one thread; a DropRule is a value. Complexity: O(log fragments + log ranges) an entry, once a key.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <mylonite/compaction_job.h>
#include <mylonite/key_range.h>

#include "core/format/range_tombstones.h"
#include "core/version/version.h"

namespace mylonite {

struct DropRule {
  Timestamp floor;              // no reader reads below it; kTimestampMin: nothing is dropped
  Timestamp tombstones_until;   // tombstones at or below it have outlived their retention
  KeyRanges older;              // keys that data older than the output may hold
  Timestamp expired_through{};  // at most the floor
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
  bool floor_passed_ = false;  // a version of this key at or below the floor came before
};

}  // namespace mylonite
