#include "core/compaction/policy.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "core/compaction/full.h"
#include "core/compaction/none.h"
#include "core/compaction/one_lvl.h"
#include "core/compaction/random_legal.h"
#include "core/compaction/tier.h"

namespace mylonite {
namespace {

std::array<const CompactionPolicy*, 5> all_policies() {
  return {&none_policy(), &one_lvl_policy(), &full_policy(), &tier_policy(), &random_legal_policy()};
}

}  // namespace

const CompactionPolicy* find_policy(std::string_view name) {
  const auto policies = all_policies();
  const auto found = std::ranges::find(policies, name, [](const CompactionPolicy* each) { return each->name(); });
  return found == policies.end() ? nullptr : *found;
}

std::string policy_names() {
  std::string names;
  for (const CompactionPolicy* each : all_policies()) {
    names += fmt::format("{}{}", names.empty() ? "" : ", ", each->name());
  }
  return names;
}

}  // namespace mylonite
