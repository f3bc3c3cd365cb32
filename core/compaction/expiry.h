// Jobs for tombstones that have outlived tombstone_retention_seconds.
//
// A table without older data behind its keys is rewritten in place, which drops the tombstones. Any other table is
// merged downward; but not with a retention of 0, which sets no time by which tombstones must be gone. Only tombstones
// at or below the floor count, so every job makes progress, and an unchanging tree comes to rest.
// Thread-safety: pure. Complexity: O(tables · log tables).
#pragma once

#include <optional>

#include <mylonite/compaction_policy.h>

namespace mylonite {

// The job for the table with the oldest such tombstone, among legal jobs. `one_step`: to the next level only; else down
// to the deepest older data.
std::optional<CompactionJob> expired_job(const PolicyView& view, bool one_step);
std::optional<Timestamp> expiry_wake(const PolicyView& view);  // when the next such job is due

}  // namespace mylonite
