#include "core/compaction/policy.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace mylonite {
namespace {

class NoCompaction final : public CompactionPolicy {
 public:
  std::string_view name() const override { return "none"; }
  std::optional<CompactionJob> pick(const Version&, const Options&) const override { return std::nullopt; }
};

// Tiering: a level that has gathered `runs_per_level_max` runs is merged whole into one run of the next level; the last
// level into itself. Every entry is rewritten once a level. Source: Dayan & Idreos, "Dostoevsky", SIGMOD 2018,
// section 2.
class Tier final : public CompactionPolicy {
 public:
  std::string_view name() const override { return "tier"; }
  std::optional<CompactionJob> pick(const Version& version, const Options& options) const override {
    const auto last = static_cast<std::uint32_t>(options.max_levels - 1);
    for (std::uint32_t level = 0; level < version.levels.size(); ++level) {
      const std::vector<Run>& runs = version.levels[level].runs;
      if (runs.size() < options.runs_per_level_max) continue;
      CompactionJob job{.from_level = level,
                        .inputs = {},
                        .to_level = std::max(level, std::min(level + 1, last)),
                        .reason = fmt::format("level {} has {} runs, {} allowed", level, runs.size(),
                                              options.runs_per_level_max - 1)};
      for (const Run& run : runs) job.inputs.push_back(run.id);
      return job;
    }
    return std::nullopt;
  }
};

const NoCompaction kNone;
const Tier kTier;
const std::array<const CompactionPolicy*, 2> kPolicies = {&kNone, &kTier};

}  // namespace

const CompactionPolicy* find_policy(std::string_view name) {
  const auto found = std::ranges::find(kPolicies, name, [](const CompactionPolicy* each) { return each->name(); });
  return found == kPolicies.end() ? nullptr : *found;
}

std::string policy_names() {
  std::string names;
  for (const CompactionPolicy* each : kPolicies) names += fmt::format("{}{}", names.empty() ? "" : ", ", each->name());
  return names;
}

}  // namespace mylonite
