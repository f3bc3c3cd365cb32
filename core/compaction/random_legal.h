// Any legal job: the engine's own adversary, for tests of everything behind the policy.
//
// Proposes at random: some tables of a run or of neighbouring runs, or whole levels, with or without what overlaps
// below, up or down, into any run or a new one, merged or moved; takes the first proposal that is legal. A coin that
// depends on the shape of the tree alone says whether to try at all, so an unchanging tree comes to rest, on average
// after two jobs. The state counts draws, so that an equal shape met again is treated otherwise.
// Thread-safety: pure.
#pragma once

#include "core/compaction/policy.h"

namespace mylonite {

const CompactionPolicy& random_legal_policy();

}  // namespace mylonite
