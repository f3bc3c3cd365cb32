// Draws a compaction policy and its parameters. Deterministic. Thread-safety: a pure function.
#pragma once

#include <string>

#include <mylonite/compaction_policy.h>
#include <mylonite/random.h>

namespace mylonite::sim {

// The policy's text. Each policy is drawn equally often, with parameters among the values worth trying.
std::string draw_policy(const CompactionPolicies& policies, const Random& random);

}  // namespace mylonite::sim
