#include "sim/shrink/search.h"

#include <algorithm>
#include <utility>

#include "core/compaction/policies.h"
#include "core/rt/rt.h"
#include "sim/shrink/adapt.h"
#include "sim/shrink/open_decisions.h"

namespace mylonite::sim {
namespace {

constexpr std::uint64_t kStepsOfALivelock = 300'000;

// At least one of schedule, crash and image.
void open_some(IncarnationPlan& plan, Random& random, std::uint64_t calls_most) {
  const std::uint64_t what = 1 + random.below(7);
  if ((what & 1) != 0) {
    if (random.chance(1, 2)) plan.recorded->schedule.clear();
    open_schedule(plan, random);
  }
  if (plan.ending == Ending::kClose) return;
  if ((what & 2) != 0) open_crash(plan, random, calls_most);
  if (plan.ending != Ending::kPowerLoss || (what & 4) == 0) return;
  plan.recorded->image.clear();
  open_image(plan, random);
}

}  // namespace

bool Search::opens_with(const Options& options) const {
  return validate(options).ok() && configure_policy(settings_.policies, options.compaction_policy).ok();
}

Search::Search(const RunSettings& settings, StackPool& stacks, const SearchLimits& limits)
    : settings_(settings), stacks_(stacks), limits_(limits), started_(rt::monotonic_ns()) {
  settings_.story_lines = 0;
  settings_.trace = nullptr;
  settings_.notes = &notes_;
  settings_.interrupt = limits.interrupt;
}

bool Search::begin(const Scenario& failing) {
  best_ = run_once(failing);
  if (!best_.failure) return false;
  first_ = best_.recorded;
  signature_ = signatures_.signature_of(*best_.failure);
  best_notes_ = notes_;
  size_ = size_of(best_.recorded);
  // A livelock ends at the limit of its steps only. Candidates need far fewer steps than that.
  if (signature_.rule == "livelock") settings_.steps_most = kStepsOfALivelock;
  return true;
}

void Search::settle() {
  if (settings_.steps_most == 0) return;
  settings_.steps_most = 0;
  settings_.interrupt = nullptr;
  Outcome settled = run_once(best_.recorded);
  best_ = fails_alike(settled) ? std::move(settled) : run_once(first_);
  size_ = size_of(best_.recorded);
}

bool Search::interrupted() const { return limits_.interrupt != nullptr && limits_.interrupt->load(); }
bool Search::out_of_time() const { return rt::monotonic_ns() - started_ >= limits_.time_ns; }

Outcome Search::run_once(Scenario scenario) {
  ++runs_;
  return run(std::move(scenario), stacks_, settings_);
}

bool Search::fails_alike(const Outcome& outcome) {
  if (!outcome.failure || outcome.interrupted) return false;
  if (outcome.failure->rule != signature_.rule || outcome.failure->operation != signature_.operation) return false;
  return signatures_.signature_of(*outcome.failure).same_kind(signature_);
}

bool Search::keep(Outcome outcome) {
  if (!fails_alike(outcome)) return false;
  const ScenarioSize size = size_of(outcome.recorded);
  if (size >= size_) return false;
  best_ = std::move(outcome);
  best_notes_ = notes_;
  size_ = size;
  if (limits_.on_smaller) limits_.on_smaller(size_, runs_);
  return true;
}

bool Search::keep_if_smaller(Scenario candidate) {
  if (stopped()) return false;
  return keep(run_once(std::move(candidate)));
}

Scenario Search::with_open_decisions(Scenario candidate, Random& random) const {
  const std::uint64_t calls_most = best_.stats.file_calls / std::max<std::size_t>(candidate.incarnations.size(), 1) + 1;
  for (IncarnationPlan& plan : candidate.incarnations) {
    if (plan.recorded && random.chance(3, 4)) open_some(plan, random, calls_most);
  }
  return candidate;
}

// Each crash that is not met is moved in turn, the last one of them to several calls.
bool Search::keep_with_moved_crashes(const Scenario& candidate, std::size_t depth) {
  if (stopped()) return false;
  Outcome outcome = run_once(candidate);
  const Scenario met = outcome.recorded;
  const RunNotes notes = notes_;
  if (keep(std::move(outcome))) return true;
  if (depth == 0) return false;
  for (const Scenario& moved :
       with_crash_moved({.asked = candidate, .met = met, .notes = notes, .known = best_notes_})) {
    if (keep_with_moved_crashes(moved, depth - 1)) return true;
    depth = 1;  // only the first choice of a call is followed further
  }
  return false;
}

bool Search::search(Scenario candidate, std::uint64_t tries) {
  shift_switches(scenario(), best_notes_, candidate);
  if (keep_with_moved_crashes(candidate, candidate.incarnations.size())) return true;
  for (const auto likeness : kLikenesses) {
    if (adapt_images(candidate, likeness) && keep_with_moved_crashes(candidate, candidate.incarnations.size())) {
      return true;
    }
  }
  for (std::uint64_t i = 0; i < tries && !stopped(); ++i) {
    Random random = Random(i).split("open");
    if (keep_if_smaller(with_open_decisions(candidate, random))) return true;
  }
  return false;
}

}  // namespace mylonite::sim
