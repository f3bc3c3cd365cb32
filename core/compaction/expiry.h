// Jobs for tombstones that have outlived tombstone_retention_seconds.
//
// A table at the last place that holds its keys is rewritten there, which drops them; one with older data behind it is
// merged downward, but not at a retention of 0, which sets no time by which tombstones must be gone. Only tombstones at
// or below the floor count, so every job makes progress and an unchanging tree comes to rest.
// Thread-safety: pure. Complexity: O(tables · log tables).
#pragma once

#include <optional>

#include <mylonite/compaction_policy.h>

namespace mylonite {

// The table with the oldest such tombstone whose job is legal. `one_step`: to the next level only, else down to the
// deepest older data.
std::optional<CompactionJob> expired_job(const PolicyView& view, bool one_step);
std::optional<Timestamp> expiry_wake(const PolicyView& view);  // when the next one will be due

}  // namespace mylonite
