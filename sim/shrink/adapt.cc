#include "sim/shrink/adapt.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

namespace mylonite::sim {
namespace {

// For each operation of `before`, whether `after` still has it.
std::vector<bool> kept_operations(const std::vector<Operation>& before, const std::vector<Operation>& after) {
  std::vector<bool> kept;
  std::size_t next = 0;
  for (const Operation& operation : before) {
    kept.push_back(next < after.size() && after[next] == operation);
    next += kept.back() ? 1 : 0;
  }
  return kept;
}

// The step of a switch after the drop; empty: its operation is gone.
std::optional<std::uint64_t> shifted(std::uint64_t step, const ClientNotes& notes, const std::vector<bool>& kept) {
  std::uint64_t by = 0;
  for (std::size_t i = 0; i < notes.begins.size() && notes.begins[i] < step; ++i) {
    const bool is_last = i + 1 == notes.begins.size() || notes.begins[i + 1] >= step;
    if (i >= kept.size() || kept[i]) continue;
    if (is_last) return std::nullopt;
    by += notes.begins[i + 1] - notes.begins[i];
  }
  return step - by;
}

void shift_client(const ClientNotes& notes, const std::vector<bool>& kept, std::vector<Deviation>& schedule) {
  if (std::ranges::find(kept, false) == kept.end()) return;
  std::erase_if(schedule, [&](Deviation& each) {
    if (each.fiber != notes.fiber) return false;
    const auto step = shifted(each.step, notes, kept);
    each.step = step.value_or(0);
    return !step;
  });
}

// The phase of a call at which an incarnation ended; empty: none did.
std::optional<Phase> phase_of(const faultfs::Anchor& call, const RunNotes& known) {
  for (const IncarnationNotes& each : known) {
    if (!each.calls.empty() && each.calls.back().at == call) return each.calls.back().phase;
  }
  return std::nullopt;
}

}  // namespace

void shift_switches(const Scenario& before, const RunNotes& notes, Scenario& after) {
  if (before.incarnations.size() != after.incarnations.size()) return;
  for (std::size_t i = 0; i < before.incarnations.size() && i < notes.size(); ++i) {
    const IncarnationPlan& was = before.incarnations[i];
    IncarnationPlan& is = after.incarnations[i];
    if (was.clients.size() != is.clients.size() || !is.recorded) continue;
    for (std::size_t c = 0; c < was.clients.size() && c < notes[i].clients.size(); ++c) {
      const ClientNotes& client = notes[i].clients[c];
      if (client.fiber == 0) continue;
      shift_client(client, kept_operations(was.clients[c], is.clients[c]), is.recorded->schedule);
    }
  }
}

bool adapt_images(Scenario& scenario, faultfs::AdaptingChooser::Likeness likeness) {
  bool any = false;
  for (IncarnationPlan& plan : scenario.incarnations) {
    if (plan.recorded->image.empty()) continue;
    plan.recorded->adapt_image = likeness;
    any = true;
  }
  return any;
}

std::vector<Scenario> with_crash_moved(const UnmetCrashes& run) {
  constexpr std::size_t kMost = 5;
  std::vector<Scenario> moved;
  for (std::size_t i = 0; i < run.met.incarnations.size() && i < run.notes.size(); ++i) {
    const auto& wanted = run.asked.incarnations[i].recorded->crash;
    if (!wanted || run.met.incarnations[i].recorded->crash) continue;
    const std::optional<Phase> phase = phase_of(wanted->at, run.known);
    const auto& calls = run.notes[i].calls;
    for (auto call = calls.rbegin(); call != calls.rend() && moved.size() < kMost; ++call) {
      if (call->at.call != wanted->at.call || call->at.role != wanted->at.role) continue;
      if (phase && call->phase != *phase) continue;
      Scenario& candidate = moved.emplace_back(run.asked);
      candidate.incarnations[i].recorded->crash->at = call->at;
    }
    return moved;
  }
  return moved;
}

}  // namespace mylonite::sim
