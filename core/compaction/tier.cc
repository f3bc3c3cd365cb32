#include "core/compaction/tier.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/compaction/expiry.h"
#include "core/compaction/legality.h"
#include "core/compaction/leveled.h"

namespace mylonite {
namespace {

class Tier final : public CompactionPolicy {
 public:
  std::string_view name() const override { return "tier"; }

  Decision pick(const PolicyView& view, std::string_view) const override {
    const std::set<FileNumber> busy = busy_tables(view.running);
    const std::uint32_t last = last_level(view);
    for (std::uint32_t level = 0; level < view.version.levels.size(); ++level) {
      CompactionJob job;
      job.inputs = level_inputs(view.version, level, busy);
      if (job.inputs.size() < view.options.runs_per_level_max) continue;
      job.to_level = std::min(level + 1, last);
      if (job.to_level == level) job.into = job.inputs.back().run;
      if (!check_legal(view.version, view.running, job).ok()) continue;
      job.why = {.trigger = fmt::format("level {}: {} runs, {} start a merge", level, job.inputs.size(),
                                        view.options.runs_per_level_max),
                 .chosen = describe(job.inputs)};
      for (std::uint32_t other = 0; other < view.version.levels.size(); ++other) {
        const std::size_t runs = runs_of(view.version, other).size();
        if (other == level || runs == 0) continue;
        add_rejected(job.why,
                     {.what = fmt::format("runs of level {}", other), .score = static_cast<std::int64_t>(runs)});
      }
      return {.job = std::move(job)};
    }
    return {.job = expired_job(view, false)};
  }

  std::optional<Timestamp> wake_at(const PolicyView& view) const override { return expiry_wake(view); }
  Pressure pressure(const PolicyView& view) const override {
    return level0_pressure(view, view.options.runs_per_level_max);
  }
};

}  // namespace

const CompactionPolicy& tier_policy() {
  static const Tier kPolicy;
  return kPolicy;
}

}  // namespace mylonite
