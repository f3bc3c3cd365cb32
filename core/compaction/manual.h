// The merges that a user asks for by name. Empty: nothing there to merge. Thread-safety: pure.
#pragma once

#include <optional>
#include <string_view>

#include <mylonite/compaction_policy.h>

namespace mylonite {

// All runs of a level, with everything below that overlaps, into the next level: into its oldest run that overlaps, or
// a new one. The last level is merged in place.
std::optional<CompactionJob> compact_level_job(const PolicyView& view, std::uint32_t level);

// Everything that overlaps [low, high), in all levels, into the deepest level that has any of it. Empty `high`: no end.
std::optional<CompactionJob> compact_range_job(const PolicyView& view, std::string_view low,
                                               std::optional<std::string_view> high);

}  // namespace mylonite
