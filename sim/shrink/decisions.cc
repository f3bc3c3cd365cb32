#include "sim/shrink/decisions.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include <mylonite/random.h>

#include "core/rt/rt.h"
#include "sim/report/signature.h"
#include "sim/scenario/operations.h"
#include "sim/shrink/open_decisions.h"

namespace mylonite::sim {
namespace {

enum class DecisionKind : std::uint8_t { kSwitch, kFault, kCrash, kLoss };

struct Decision {
  std::size_t incarnation;
  DecisionKind kind;
  std::size_t index;  // in its list; of a crash 0
};

// An incarnation that fails before its crash comes has none, whatever its plan says.
bool has_crash(const IncarnationPlan& plan) {
  return plan.ending != Ending::kClose && (plan.recorded->crash || plan.recorded->crash_at_end);
}

std::vector<Decision> decisions_of(const Scenario& scenario) {
  std::vector<Decision> all;
  for (std::size_t i = 0; i < scenario.incarnations.size(); ++i) {
    const IncarnationPlan& plan = scenario.incarnations[i];
    const Recorded& recorded = *plan.recorded;
    const auto add = [&](DecisionKind kind, std::size_t count) {
      for (std::size_t index = 0; index < count; ++index) all.push_back({i, kind, index});
    };
    add(DecisionKind::kSwitch, recorded.schedule.size());
    add(DecisionKind::kFault, recorded.faults.size());
    add(DecisionKind::kCrash, has_crash(plan) ? 1 : 0);
    add(DecisionKind::kLoss, recorded.image.size());
  }
  return all;
}

template <class List>
void erase_at(List& list, std::size_t index) {
  list.erase(list.begin() + static_cast<typename List::difference_type>(index));
}

Scenario without(Scenario scenario, const Decision& decision) {
  IncarnationPlan& plan = scenario.incarnations[decision.incarnation];
  switch (decision.kind) {
    case DecisionKind::kSwitch: erase_at(plan.recorded->schedule, decision.index); break;
    case DecisionKind::kFault: erase_at(plan.recorded->faults, decision.index); break;
    case DecisionKind::kCrash: plan.ending = Ending::kClose; break;
    case DecisionKind::kLoss: erase_at(plan.recorded->image, decision.index); break;
  }
  return scenario;
}

// Decisions after the first `kept` of an incarnation are taken at random.
void open_after(IncarnationPlan& plan, std::size_t kept, Random& random, std::uint64_t calls_most) {
  Recorded& recorded = *plan.recorded;
  const auto keep_first = [&](auto& list) {
    const std::size_t first = std::min(kept, list.size());
    kept -= first;
    list.resize(first);
  };
  keep_first(recorded.schedule);
  keep_first(recorded.faults);
  open_schedule(plan, random);
  if (!has_crash(plan)) return;
  const bool crash_kept = kept > 0;
  kept -= crash_kept ? 1 : 0;
  if (!crash_kept) open_crash(plan, random, calls_most);
  if (plan.ending != Ending::kPowerLoss) return;
  const bool all_losses_kept = kept > 0 && kept >= recorded.image.size();
  keep_first(recorded.image);
  if (!all_losses_kept) open_image(plan, random);
}

Scenario future(const Scenario& failing, std::span<const Decision> kept, Random& random, std::uint64_t calls_most) {
  Scenario scenario = failing;
  const std::size_t last = kept.empty() ? 0 : kept.back().incarnation;
  for (std::size_t i = last; i < scenario.incarnations.size(); ++i) {
    const auto own = std::ranges::count(kept, i, &Decision::incarnation);
    open_after(scenario.incarnations[i], static_cast<std::size_t>(own), random, calls_most);
  }
  return scenario;
}

std::string operation_at(const IncarnationPlan& plan, const IncarnationNotes& notes, const Deviation& change) {
  for (std::size_t c = 0; c < notes.clients.size() && c < plan.clients.size(); ++c) {
    const ClientNotes& client = notes.clients[c];
    if (client.fiber != change.fiber) continue;
    const auto after = std::ranges::lower_bound(client.begins, change.step);
    const auto index = static_cast<std::size_t>(after - client.begins.begin());
    if (index > 0 && index <= plan.clients[c].size()) return ", in " + describe(plan.clients[c][index - 1]);
  }
  return "";
}

std::string words_for(const Scenario& scenario, const Decision& decision, const RunNotes& notes) {
  const IncarnationPlan& plan = scenario.incarnations[decision.incarnation];
  const Recorded& recorded = *plan.recorded;
  const IncarnationNotes& own = notes.at(decision.incarnation);
  const auto name = [&](int fiber) {
    const auto index = static_cast<std::size_t>(fiber) - 1;
    return index < own.fibers.size() ? own.fibers[index] : fmt::format("fiber {}", fiber);
  };
  switch (decision.kind) {
    case DecisionKind::kSwitch: {
      const Deviation& change = recorded.schedule[decision.index];
      return fmt::format("from {} to {} after its step {}{}", name(change.fiber), name(change.next), change.step,
                         operation_at(plan, own, change));
    }
    case DecisionKind::kFault: return to_string(recorded.faults[decision.index]);
    case DecisionKind::kCrash: {
      const char* const how = plan.ending == Ending::kPowerLoss ? "power loss" : "kill";
      if (!recorded.crash) {
        return fmt::format("{} at the end of {}", how, kPhaseNames[static_cast<std::size_t>(*recorded.crash_at_end)]);
      }
      return fmt::format("{} {} {}", how, recorded.crash->after ? "after" : "in", to_string(recorded.crash->at));
    }
    case DecisionKind::kLoss: {
      const faultfs::Choice& choice = recorded.image[decision.index];
      return choice.unit + " " + to_string(choice.fate);
    }
  }
  return "";
}

}  // namespace

DecisionEffects effects_of_decisions(const Scenario& failing, StackPool& stacks, const RunSettings& given,
                                     const DecisionLimits& limits) {
  RunSettings settings = given;
  RunNotes notes;
  settings.notes = &notes;
  const Outcome outcome = run(failing, stacks, settings);
  if (!outcome.failure) return {};
  SignatureMaker signatures;
  const Signature signature = signatures.signature_of(*outcome.failure);
  const Scenario scenario = outcome.recorded;
  const std::vector<Decision> decisions = decisions_of(scenario);
  if (decisions.empty() || decisions.size() > limits.most) return {};
  const auto fails_alike = [&](Scenario changed) {
    const Outcome other = run(std::move(changed), stacks, given);
    return other.failure && signatures.signature_of(*other.failure).same_kind(signature);
  };
  const std::uint64_t started = rt::monotonic_ns();
  const auto out_of_time = [&] { return rt::monotonic_ns() - started > limits.time_ns; };
  const auto failures_after = [&](std::size_t kept) {
    std::uint64_t failures = 0;
    for (std::uint64_t i = 0; i < limits.futures && !out_of_time(); ++i) {
      Random random = Random(i).split("future");
      failures +=
          fails_alike(future(scenario, std::span(decisions).first(kept), random, outcome.stats.file_calls)) ? 1 : 0;
    }
    return failures;
  };
  DecisionEffects effects{.futures = limits.futures, .at_first = failures_after(0)};
  for (std::size_t i = 0; i < decisions.size() && !out_of_time(); ++i) {
    effects.decisions.push_back({.decision = words_for(scenario, decisions[i], notes),
                                 .needed = !fails_alike(without(scenario, decisions[i])),
                                 .failures = failures_after(i + 1)});
  }
  if (out_of_time()) return {};
  return effects;
}

std::string to_string(const DecisionEffects& effects) {
  if (effects.decisions.empty()) return "";
  const auto chance = [&](std::uint64_t failures) { return 100 * failures / effects.futures; };
  std::string text = fmt::format("what decides ({} futures from each point on fail so often):\n{:>5} %  at first\n",
                                 effects.futures, chance(effects.at_first));
  for (const DecisionEffect& each : effects.decisions) {
    text += fmt::format("{:>5} %  {}{}\n", chance(each.failures), each.decision,
                        each.needed ? "  (without it: no failure)" : "");
  }
  return text;
}

}  // namespace mylonite::sim
