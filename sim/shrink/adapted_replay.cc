#include "sim/shrink/adapted_replay.h"

#include <utility>

#include <mylonite/random.h>

#include "sim/shrink/adapt.h"
#include "sim/shrink/open_decisions.h"

namespace mylonite::sim {
namespace {

class Replayer {
 public:
  Replayer(const Repro& file, StackPool& stacks, const RunSettings& settings)
      : file_(file), stacks_(stacks), settings_(settings) {
    settings_.notes = &notes_;
  }

  AdaptedReplay replay() {
    Outcome outcome = run_once(file_.scenario);
    if (fails_alike(outcome)) return {.verdict = AdaptedVerdict::kReproduced, .outcome = std::move(outcome)};
    if (outcome.faithful) return {.verdict = AdaptedVerdict::kFixed, .outcome = std::move(outcome)};
    if (auto failing = with_moved_decisions(outcome)) return reproduced(std::move(*failing));
    if (auto failing = with_new_decisions(outcome)) return reproduced(std::move(*failing));
    return {.verdict = met_all_ ? AdaptedVerdict::kFixed : AdaptedVerdict::kStale,
            .adapted = true,
            .outcome = std::move(outcome)};
  }

 private:
  static AdaptedReplay reproduced(Outcome outcome) {
    return {.verdict = AdaptedVerdict::kReproduced, .adapted = true, .outcome = std::move(outcome)};
  }

  Outcome run_once(Scenario scenario) { return run(std::move(scenario), stacks_, settings_); }

  bool fails_alike(const Outcome& outcome) const { return outcome.failure && outcome.failure->rule == file_.rule; }

  // Crashes move one after the other; fates go to like units.
  std::optional<Outcome> with_moved_decisions(const Outcome& first) {
    std::vector<Scenario> rest = moved(file_.scenario, first);
    for (std::size_t tries = 0; !rest.empty() && tries < 60; ++tries) {
      const Scenario candidate = std::move(rest.back());
      rest.pop_back();
      Outcome outcome = run_once(candidate);
      if (fails_alike(outcome)) return outcome;
      met_all_ |= outcome.faithful;
      for (Scenario& next : moved(candidate, outcome)) rest.push_back(std::move(next));
    }
    return std::nullopt;
  }

  std::vector<Scenario> moved(const Scenario& asked, const Outcome& outcome) const {
    Scenario adapting = asked;
    for (IncarnationPlan& plan : adapting.incarnations) plan.recorded->adapt_image = !plan.recorded->image.empty();
    std::vector<Scenario> all =
        with_crash_moved({.asked = adapting, .met = outcome.recorded, .notes = notes_, .known = {}});
    if (all.empty() && !asked.incarnations.empty() && !is_adapting(asked) && is_adapting(adapting)) {
      all.push_back(std::move(adapting));
    }
    return all;
  }

  static bool is_adapting(const Scenario& scenario) {
    for (const IncarnationPlan& plan : scenario.incarnations) {
      if (plan.recorded->adapt_image) return true;
    }
    return false;
  }

  std::optional<Outcome> with_new_decisions(const Outcome& first) {
    constexpr std::uint64_t kFutures = 300;
    for (std::uint64_t i = 0; i < kFutures; ++i) {
      Random random = Random(i).split("adapt");
      Scenario candidate = file_.scenario;
      for (IncarnationPlan& plan : candidate.incarnations) {
        open_schedule(plan, random);
        if (plan.ending != Ending::kClose && random.chance(1, 2)) open_crash(plan, random, first.stats.file_calls);
        if (plan.ending == Ending::kPowerLoss && random.chance(1, 2)) open_image(plan, random);
      }
      Outcome outcome = run_once(std::move(candidate));
      if (fails_alike(outcome)) return outcome;
    }
    return std::nullopt;
  }

  const Repro& file_;
  StackPool& stacks_;
  RunSettings settings_;
  RunNotes notes_{};
  bool met_all_ = false;
};

}  // namespace

std::string_view to_string(AdaptedVerdict verdict) {
  switch (verdict) {
    case AdaptedVerdict::kReproduced: return "reproduced";
    case AdaptedVerdict::kFixed: return "fixed";
    case AdaptedVerdict::kStale: return "stale";
  }
  return "";
}

AdaptedReplay replay_adapted(const Repro& file, StackPool& stacks, const RunSettings& settings) {
  return Replayer(file, stacks, settings).replay();
}

}  // namespace mylonite::sim
