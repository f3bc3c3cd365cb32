// The merges that a user requests. Empty: there is nothing to merge. Thread-safety: pure.
#pragma once

#include <optional>
#include <string_view>

#include <mylonite/compaction_policy.h>

namespace mylonite {

// Merges all runs of a level, with the overlapping tables of the next level, into that level: into its oldest run that
// overlaps, or a new one. The last level is merged in place.
std::optional<CompactionJob> compact_level_job(const PolicyView& view, std::uint32_t level);

// Merges all tables that overlap [low, high) into the deepest level that has any of them. Empty `high`: no end.
std::optional<CompactionJob> compact_range_job(const PolicyView& view, std::string_view low,
                                               std::optional<std::string_view> high);

}  // namespace mylonite
