// Tiering: a level that has gathered runs_per_level_max runs is merged whole into one new run of the next level; the
// last level into its own oldest place. Every entry is rewritten once a level. Source: Dayan & Idreos, "Dostoevsky",
// SIGMOD 2018, section 2.
// Thread-safety: pure.
#pragma once

#include "core/compaction/policy.h"

namespace mylonite {

const CompactionPolicy& tier_policy();

}  // namespace mylonite
