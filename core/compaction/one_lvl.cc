#include "core/compaction/one_lvl.h"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

#include "core/compaction/expiry.h"
#include "core/compaction/legality.h"
#include "core/compaction/leveled.h"

namespace mylonite {
namespace {

struct TableChoice {
  std::int64_t ratio;  // 1024 · overlapped bytes below / own
  std::string_view low;
  FileNumber number;
  Place place;
  const TableInfo* table;
};

std::vector<TableChoice> table_choices(const PolicyView& view, const std::set<FileNumber>& busy, std::uint32_t level) {
  std::vector<TableChoice> choices;
  for (const Run& run : runs_of(view.version, level)) {
    for (const TableInfo& table : run.tables) {
      if (busy.contains(table.number)) continue;
      const KeyRange range = key_range(table);
      const std::uint64_t below = overlapping_bytes(view.version, level + 1, range);
      choices.push_back({.ratio = score_of(below, compensated_bytes(table)),
                         .low = range.low,
                         .number = table.number,
                         .place = {.level = level, .run = run.id},
                         .table = &table});
    }
  }
  std::ranges::sort(choices, [](const TableChoice& a, const TableChoice& b) {
    return std::tuple(a.ratio, a.low, a.number) < std::tuple(b.ratio, b.low, b.number);
  });
  return choices;
}

class OneLvl final : public CompactionPolicy {
 public:
  std::string_view name() const override { return "one_lvl"; }

  Decision pick(const PolicyView& view, std::string_view) const override {
    const std::set<FileNumber> busy = busy_tables(view.running);
    const std::vector<DueLevel> levels = level_scores(view, busy);
    const bool level0_waits = waits_at_level0(view, busy, levels);
    for (const DueLevel& due : levels) {
      if (due.score < kScoreUnit) break;
      if (due.level == 1 && level0_waits) continue;
      auto job = due.level == 0 || due.too_many_runs ? whole(view, busy, due) : one_table(view, busy, due);
      if (job) {
        for (const DueLevel& other : levels) {
          if (other.level != due.level && other.score > 0)
            add_rejected(job->why, {.what = other.trigger, .score = other.score});
        }
        return {.job = std::move(job)};
      }
    }
    return {.job = expired_job(view, true)};
  }

  std::optional<Timestamp> wake_at(const PolicyView& view) const override { return expiry_wake(view); }
  Pressure pressure(const PolicyView& view) const override { return level0_pressure(view, level0_trigger(view)); }

 private:
  // Level 0 is due, and none of it is being merged: jobs below are in its way.
  static bool waits_at_level0(const PolicyView& view, const std::set<FileNumber>& busy,
                              const std::vector<DueLevel>& levels) {
    const auto level0 = std::ranges::find(levels, 0U, &DueLevel::level);
    if (level0 == levels.end() || level0->score < kScoreUnit) return false;
    for (const Run& run : runs_of(view.version, 0)) {
      for (const TableInfo& table : run.tables) {
        if (busy.contains(table.number)) return false;
      }
    }
    return !whole(view, busy, *level0);
  }

  static std::optional<CompactionJob> whole(const PolicyView& view, const std::set<FileNumber>& busy,
                                            const DueLevel& due) {
    CompactionJob job = whole_level_job(view, busy, due);
    if (!check_legal(view.version, view.running, job).ok()) return std::nullopt;
    job.why = {.trigger = fmt::format("{} (score {}/{})", due.trigger, due.score, kScoreUnit),
               .chosen = describe(job.inputs)};
    return job;
  }

  static std::optional<CompactionJob> one_table(const PolicyView& view, const std::set<FileNumber>& busy,
                                                const DueLevel& due) {
    std::optional<CompactionJob> chosen;
    Reason why;
    for (const TableChoice& choice : table_choices(view, busy, due.level)) {
      if (!chosen) {
        CompactionJob job = push_down(view, table_input(choice.place, *choice.table), {.to_level = due.level + 1});
        if (check_legal(view.version, view.running, job).ok()) {
          why.trigger = fmt::format("{} (score {}/{})", due.trigger, due.score, kScoreUnit);
          why.chosen = fmt::format("{}, overlap ratio {}", describe(job.inputs), choice.ratio);
          chosen = std::move(job);
          continue;
        }
      }
      if (why.rejected.size() == kTablesNamed) {
        if (chosen) break;
        continue;
      }
      add_rejected(why, {.what = fmt::format("table {}", choice.number.value), .score = choice.ratio});
    }
    if (chosen) chosen->why = std::move(why);
    return chosen;
  }

  static constexpr std::size_t kTablesNamed = 3;
};

}  // namespace

const CompactionPolicy& one_lvl_policy() {
  static const OneLvl kPolicy;
  return kPolicy;
}

}  // namespace mylonite
