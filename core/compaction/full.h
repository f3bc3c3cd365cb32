// Leveling by whole levels: a level beyond its target is merged with the whole of the next one. Source: O'Neil et al.,
// "The Log-Structured Merge-Tree", 1996, in the form that Sarkar et al. (VLDB 2021) call full compaction.
// Thread-safety: pure.
#pragma once

#include "core/compaction/policy.h"

namespace mylonite {

const CompactionPolicy& full_policy();

}  // namespace mylonite
