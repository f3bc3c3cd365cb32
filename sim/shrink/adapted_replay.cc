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
    if (auto failing = with_moved_decisions()) return reproduced(std::move(*failing));
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
  std::optional<Outcome> with_moved_decisions() {
    std::vector<Scenario> rest = {file_.scenario};
    for (const auto likeness : kLikenesses) {
      Scenario adapting = file_.scenario;
      if (adapt_images(adapting, likeness)) rest.push_back(std::move(adapting));
    }
    constexpr std::size_t kRuns = 60;
    for (std::size_t runs = 0; !rest.empty() && runs < kRuns; ++runs) {
      const Scenario candidate = std::move(rest.back());
      rest.pop_back();
      Outcome outcome = run_once(candidate);
      if (fails_alike(outcome)) return outcome;
      met_all_ |= outcome.faithful;
      const RunNotes notes = notes_;
      for (Scenario& moved :
           with_crash_moved({.asked = candidate, .met = outcome.recorded, .notes = notes, .known = {}})) {
        rest.push_back(std::move(moved));
      }
    }
    return std::nullopt;
  }

  std::optional<Outcome> with_new_decisions(const Outcome& first) {
    constexpr std::uint64_t kFutures = 300;
    for (std::uint64_t i = 0; i < kFutures; ++i) {
      Random random = Random(i).split("adapt");
      Scenario candidate = file_.scenario;
      for (IncarnationPlan& plan : candidate.incarnations) {
        open_schedule(plan, random);
        if (plan.ending != Ending::kClose && random.chance(1, 2)) open_crash(plan, random, first.stats.file_calls);
        if (plan.ending != Ending::kPowerLoss || random.chance(1, 2)) continue;
        plan.recorded->image.clear();
        open_image(plan, random);
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
