#include "core/compaction/full.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/compaction/expiry.h"
#include "core/compaction/legality.h"
#include "core/compaction/leveled.h"

namespace mylonite {
namespace {

class Full final : public CompactionPolicy {
 public:
  std::string_view name() const override { return "full"; }

  Decision pick(const PolicyView& view, std::string_view) const override {
    const std::set<FileNumber> busy = busy_tables(view.running);
    const std::vector<DueLevel> levels = level_scores(view, busy);
    for (const DueLevel& due : levels) {
      if (due.score < kScoreUnit) break;
      CompactionJob job = whole_levels(view, busy, due);
      if (!check_legal(view.version, view.running, job).ok()) continue;
      job.why = {.trigger = fmt::format("{} (score {}/{})", due.trigger, due.score, kScoreUnit),
                 .chosen = describe(job.inputs)};
      for (const DueLevel& other : levels) {
        if (other.level != due.level && other.score > 0)
          add_rejected(job.why, {.what = other.trigger, .score = other.score});
      }
      return {.job = std::move(job)};
    }
    return {.job = expired_job(view, true)};
  }

  std::optional<Timestamp> wake_at(const PolicyView& view) const override { return expiry_wake(view); }
  Pressure pressure(const PolicyView& view) const override { return level0_pressure(view, level0_trigger(view)); }

 private:
  // Both levels, every table of them.
  static CompactionJob whole_levels(const PolicyView& view, const std::set<FileNumber>& busy, const DueLevel& due) {
    CompactionJob job = whole_level_job(view, busy, due);
    if (job.to_level == due.level || job.move) return job;
    std::vector<CompactionInput> inputs = level_inputs(view.version, due.level, busy);
    for (CompactionInput& below : level_inputs(view.version, job.to_level, {})) inputs.push_back(std::move(below));
    job.inputs = std::move(inputs);
    job.overlap_bytes_max = 0;
    return job;
  }
};

}  // namespace

const CompactionPolicy& full_policy() {
  static const Full kPolicy;
  return kPolicy;
}

}  // namespace mylonite
