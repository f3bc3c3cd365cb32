#include "sim/campaign/failure_groups.h"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

namespace mylonite::sim {

FailureGroup& FailureGroups::group_of(const Outcome& outcome) {
  Signature signature = signatures_.signature_of(*outcome.failure);
  FailureGroup& group = groups_[signature];
  group.signature = std::move(signature);
  return group;
}

void FailureGroups::add(FailureGroup& group, const Outcome& outcome, const std::string& artifact) {
  const bool smaller = group.seeds.empty() || operations_of(outcome.recorded) < operations_of(group.smallest.recorded);
  group.seeds.push_back(outcome.recorded.seed);
  if (!smaller) return;
  group.smallest = outcome;
  group.artifact = artifact;
}

std::vector<const FailureGroup*> FailureGroups::smallest_first() const {
  std::vector<const FailureGroup*> all;
  for (const auto& [signature, group] : groups_) all.push_back(&group);
  std::ranges::stable_sort(all, {}, [](const FailureGroup* group) {
    return std::tuple(operations_of(group->smallest.recorded), -static_cast<std::int64_t>(group->seeds.size()));
  });
  return all;
}

std::string seeds_text(std::vector<std::uint64_t> seeds, std::size_t most) {
  std::ranges::sort(seeds);
  std::string text;
  for (std::size_t i = 0; i < std::min(seeds.size(), most); ++i)
    text += fmt::format("{}{}", i > 0 ? ", " : "", seeds[i]);
  return seeds.size() > most ? text + fmt::format(" and {} more", seeds.size() - most) : text;
}

}  // namespace mylonite::sim
