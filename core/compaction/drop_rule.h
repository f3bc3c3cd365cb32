// What a merge or a flush may leave out without anybody seeing it.
//
//   versions above the floor      all are kept: a snapshot may lie between any two of them
//   versions at or below it       of each key only the newest: every reader is at the floor or above
//     that one, if a range delete at or below the floor covers it: left out
//     that one, if it is a delete whose retention has passed, and no older data may hold the key: left out
//   range deletes                 of each fragment, of the stamps at or below the floor only the newest; and not that
//                                 one if its retention has passed and no older data overlaps the fragment
// Visibility at every stamp from the floor on is the same before and after, whatever the retention: retention only
// decides how long tombstones that hide nothing are kept.
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
  Timestamp floor;             // nobody reads below it; kTimestampMin: nothing is dropped
  Timestamp tombstones_until;  // tombstones at or below it have outlived their retention
  KeyRanges older;             // keys that data behind the output may hold
};

// Data behind the output of a job, its inputs aside.
KeyRanges older_than_output(const Version& version, const CompactionJob& job);
// Data behind a flush: everything.
KeyRanges all_keys(const Version& version);

// The range deletes that must be kept. `dropped` is raised by the number of those that need not.
RangeTombstones surviving(const DropRule& rule, const RangeTombstones& all, std::uint64_t& dropped);

class DropFilter {
 public:
  // `all`: every range delete of the inputs, also those that are themselves dropped.
  DropFilter(const DropRule& rule, const RangeTombstones& all) : rule_(rule), all_(all) {}

  // Must be asked for every entry of the inputs in order: whether it is kept.
  bool keeps(std::string_view internal_key);
  std::uint64_t dropped() const { return dropped_; }

 private:
  bool needed(std::string_view internal_key);

  const DropRule& rule_;
  const RangeTombstones& all_;
  std::string user_key_;
  bool started_ = false;
  bool floor_passed_ = false;  // a version of this key at or below the floor has been met
  std::uint64_t dropped_ = 0;
};

}  // namespace mylonite
