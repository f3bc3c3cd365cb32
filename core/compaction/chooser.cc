#include "core/compaction/chooser.h"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include <mylonite/compaction_shape.h>
#include <mylonite/options.h>

#include "core/compaction/expiry.h"
#include "core/compaction/legality.h"

namespace mylonite {
namespace {

constexpr std::size_t kTablesNamed = 3;
constexpr std::size_t kRejectedNamed = 6;

// A job may also be illegal for what the levels do not show: readers.
Status check_legal(const PolicyView& view, const CompactionJob& job) {
  for (const CompactionInput& input : job.inputs) {
    if (!job.expire) break;
    for (const TableInfo* table : tables_of(view.levels, input)) {
      if (table->newest > view.expire_max) {
        return Error(Code::kInvalidArgument,
                     "illegal compaction: nothing so new expires while a snapshot is held, or a write of it "
                     "is not visible yet");
      }
    }
  }
  return check_legal(view.levels, view.running, job);
}

struct Plan {
  CompactionJob job;
  std::string next_state;
};

Plan plan_of(const CompactionPolicy& policy, const PolicyView& view, const CompactionCandidate& candidate) {
  PlannedJob planned = policy.plan ? policy.plan(view, candidate) : PlannedJob{};
  return {.job = planned.job ? std::move(*planned.job) : push_down(view, candidate),
          .next_state = std::move(planned.next_state)};
}

// Levels that an illegal candidate holds back.
std::set<std::uint32_t> levels_held_back(const CompactionPolicy& policy, const PolicyView& view,
                                         const Ranking& ranking) {
  std::set<std::uint32_t> held;
  for (const CompactionCandidate& each : ranking.candidates) {
    if (!each.holds_back || held.contains(*each.holds_back)) continue;
    if (!check_legal(view.levels, view.running, plan_of(policy, view, each).job).ok()) held.insert(*each.holds_back);
  }
  return held;
}

// `passed`: the number of illegal candidates before the chosen one.
Reason reason_of(const Ranking& ranking, const CompactionCandidate& chosen, const CompactionJob& job,
                 std::size_t passed) {
  using Kind = CompactionCandidate::Kind;
  const CompactionTrigger& trigger = ranking.triggers[chosen.trigger];
  Reason why{.trigger = trigger.what, .chosen = describe(job.inputs)};
  if (trigger.score > 0) why.trigger += fmt::format(" (score {}/{})", trigger.score, kScoreUnit);
  if (!trigger.measure.empty() && chosen.table != nullptr) {
    why.chosen += fmt::format(", {} {}", trigger.measure, chosen.score);
  }
  if (chosen.kind == Kind::kOther && passed > 0) {
    why.rejected.push_back({.what = "proposals that were not legal", .score = static_cast<std::int64_t>(passed)});
  }
  for (const CompactionCandidate& other : ranking.candidates) {
    if (why.rejected.size() == kTablesNamed) break;
    if (&other == &chosen || other.table == nullptr || other.trigger != chosen.trigger) continue;
    why.rejected.push_back({.what = fmt::format("table {}", other.table->number.value), .score = other.score});
  }
  for (const CompactionTrigger& other : ranking.triggers) {
    if (why.rejected.size() == kRejectedNamed) break;
    if (&other == &trigger || other.score <= 0) continue;
    why.rejected.push_back({.what = other.what, .score = other.score});
  }
  return why;
}

void choose_job(const CompactionPolicy& policy, const PolicyView& view, const Ranking& ranking, Choice& choice) {
  const std::set<std::uint32_t> held = levels_held_back(policy, view, ranking);
  std::size_t passed = 0;
  for (const CompactionCandidate& each : ranking.candidates) {
    if (held.contains(each.position.level)) continue;
    if (each.trigger >= ranking.triggers.size()) {
      choice.refused = fmt::format("a candidate names trigger {} of {}", each.trigger, ranking.triggers.size());
      ++passed;
      continue;
    }
    Plan planned = plan_of(policy, view, each);
    if (const Status legal = check_legal(view, planned.job); !legal.ok()) {
      if (++passed == 1 && view.running.empty()) choice.refused = legal.error().message();
      continue;
    }
    choice.refused.clear();
    planned.job.why = reason_of(ranking, each, planned.job, passed);
    choice.job = std::move(planned.job);
    choice.next_state = std::move(planned.next_state);
    return;
  }
  if (ranking.expired == ExpiredTombstones::kIgnored) return;
  choice.job = expired_job(view, ranking.expired == ExpiredTombstones::kToNextLevel);
  choice.next_state = view.state;
}

Level0Rules rules_of(Ranking& ranking, const Options& options) {
  const PressureLimits usual{.slowdown_runs = options.level0_slowdown_runs, .stop_runs = options.level0_stop_runs};
  return {.pressure = ranking.pressure.value_or(usual), .flush_cuts = std::move(ranking.flush_cuts)};
}

}  // namespace

Level0Rules level0_rules(const ConfiguredPolicy& policy, const PolicyView& view) {
  Ranking ranking = policy.policy.rank(view);
  return rules_of(ranking, view.options);
}

Choice choose(const ConfiguredPolicy& policy, const PolicyView& view) {
  Ranking ranking = policy.policy.rank(view);
  Choice choice;
  choose_job(policy.policy, view, ranking, choice);
  choice.wake_at = ranking.wake_at;
  if (ranking.expired != ExpiredTombstones::kIgnored) {
    const auto expiry = expiry_wake(view);
    if (expiry && (!choice.wake_at || *expiry < *choice.wake_at)) choice.wake_at = expiry;
  }
  choice.level0 = rules_of(ranking, view.options);
  return choice;
}

Pressure pressure_of(const PressureLimits& limits, Levels levels) {
  const std::uint64_t runs = limits.by_depth ? depth_of(levels, 0, {}).tables : runs_of(levels, 0).size();
  if (runs < std::min(limits.slowdown_runs, limits.stop_runs)) return {};
  const std::string has = fmt::format("level 0 has {} runs{}", runs, limits.by_depth ? " over one key" : "");
  if (runs >= limits.stop_runs) {
    return {.level = Pressure::Level::kStop, .cause = fmt::format("{}, {} stop writers", has, limits.stop_runs)};
  }
  return {.level = Pressure::Level::kSlowdown,
          .cause = fmt::format("{}, {} slow writers down", has, limits.slowdown_runs)};
}

}  // namespace mylonite
