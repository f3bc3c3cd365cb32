// The policies there are, each in a file of its own. Thread-safety: pure.
#pragma once

#include "core/compaction/policy.h"

namespace mylonite {

const CompactionPolicy& none_policy();
const CompactionPolicy& one_lvl_policy();
const CompactionPolicy& full_policy();
const CompactionPolicy& tier_policy();
const CompactionPolicy& random_legal_policy();

}  // namespace mylonite
