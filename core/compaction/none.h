// Merges nothing by itself.
// Thread-safety: pure.
#pragma once

#include "core/compaction/policy.h"

namespace mylonite {

const CompactionPolicy& none_policy();

}  // namespace mylonite
