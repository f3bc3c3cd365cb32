// Whether a command line names each thing once. Thread-safety: pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <mylonite/compaction_policy.h>
#include <mylonite/status.h>

namespace mylonite::experiments {

// kInvalidArgument, with the name that is there twice.
Status check_once(std::string_view what, const std::vector<std::string>& names);

// The same for policies, which have several texts: lazy and lazy:T=10. A name that is no policy is left to others.
Status check_policies_once(const std::vector<std::string>& names, const CompactionPolicies& policies);

}  // namespace mylonite::experiments
