// The registry of compaction policies: the standard ones, and the parser of a policy with its parameters.
//
// A text is a policy's name, or its name with parameters in any order: `fluid:K=3,Z=1`. A missing parameter has its
// default.
// Thread-safety: pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <mylonite/compaction_policy.h>
#include <mylonite/status.h>

namespace mylonite {

struct ConfiguredPolicy {
  CompactionPolicy policy;
  std::vector<ParameterValue> parameters{};  // all that the policy declares
  std::string text{};                        // the name with all parameters: what the manifest records
};

Status check_registry(const CompactionPolicies& policies);  // kInvalidArgument, with the policy and its flaw

// kInvalidArgument, with the option, the text and the allowed values, or with what is wrong with the registry.
Result<ConfiguredPolicy> configure_policy(const CompactionPolicies& policies, std::string_view text);
std::string policy_names(const CompactionPolicies& policies);  // for messages: "none, tier"

// The families of standard_policies(), each in a file of its own.
CompactionPolicies leveled_policies();
CompactionPolicies sublevel_policies();
CompactionPolicies tiered_policies();
CompactionPolicies list_policies();
CompactionPolicies expiring_policies();
CompactionPolicies ucs_policies();
CompactionPolicies cell_policies();
CompactionPolicies random_policies();

}  // namespace mylonite
