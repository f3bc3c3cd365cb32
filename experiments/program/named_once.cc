#include "experiments/program/named_once.h"

#include <map>
#include <set>

#include <fmt/format.h>

#include "core/compaction/policies.h"

namespace mylonite::experiments {

Status check_once(std::string_view what, const std::vector<std::string>& names) {
  std::set<std::string> seen;
  for (const std::string& name : names) {
    if (seen.insert(name).second) continue;
    return Error(Code::kInvalidArgument, fmt::format("expected each {} once, found {} twice", what, name));
  }
  return {};
}

Status check_policies_once(const std::vector<std::string>& names, const CompactionPolicies& policies) {
  if (Status once = check_once("policy", names); !once.ok()) return once;
  std::map<std::string, std::string> seen;  // by the text as configured
  for (const std::string& name : names) {
    const auto policy = configure_policy(policies, name);
    if (!policy.ok()) continue;
    const auto [place, is_new] = seen.emplace(policy->text, name);
    if (is_new) continue;
    return Error(Code::kInvalidArgument,
                 fmt::format("expected each policy once, found {} and {}, which are the same", place->second, name));
  }
  return {};
}

}  // namespace mylonite::experiments
