#include "sim/run/recorder.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "sim/machine/sanitizer.h"
#include "sim/run/run.h"

namespace mylonite::sim {

Recording::Position Recorder::now() const {
  const std::uint64_t own = scheduler_ != nullptr ? scheduler_->step() : 0;
  return {.step = steps_before_ + own, .ns = parts_.world.clock.monotonic_ns()};
}

// ---- incarnations

void Recorder::begin_incarnation(const FiberScheduler& scheduler, const IncarnationPlan& plan) {
  const SimulatorCode scope;
  scheduler_ = &scheduler;
  events_before_ = parts_.world.trace.all().size();
  recording_.incarnations.push_back({.options = plan.options, .begin = now(), .end = now()});
  take_moment(fmt::format("the start of incarnation {}", recording_.incarnations.size()), true);
}

void Recorder::end_incarnation() {
  const SimulatorCode scope;
  Recording::Incarnation& ended = recording_.incarnations.back();
  ended.end = now();
  ended.fibers = scheduler_->fiber_names();
  ended.turns = turns_since(events_before_);
  steps_before_ = ended.end.step;
  scheduler_ = nullptr;
  operations_.clear();
  calls_.clear();
}

// The trace has an event for each step of a fiber. Without all its events there are no turns.
std::vector<Recording::Turn> Recorder::turns_since(std::size_t event) const {
  std::vector<Recording::Turn> turns;
  std::uint64_t step = steps_before_;
  const std::vector<Event>& all = parts_.world.trace.all();
  for (std::size_t i = std::min(event, all.size()); i < all.size(); ++i) {
    if (all[i].kind > EventKind::kPoint) continue;
    ++step;
    const int fiber = static_cast<int>(all[i].a);
    if (turns.empty() || turns.back().fiber != fiber) turns.push_back({.step = step, .fiber = fiber});
  }
  return turns;
}

void Recorder::end_run(const Failure* failure) {
  const SimulatorCode scope;
  if (recording_.incarnations.empty()) return;
  if (failure != nullptr && recording_.violations.empty()) {
    violated({.rule = failure->rule, .what = failure->what});
  } else {
    take_moment("the end of the run", true);
  }
  std::vector<Recording::Moment>& all = recording_.moments;
  for (Recording::Moment& each : last_) {
    const bool there = std::ranges::any_of(
        all, [&](const Recording::Moment& kept) { return kept.at == each.at && kept.after == each.after; });
    if (!there) all.push_back(std::move(each));
  }
  last_.clear();
  std::ranges::stable_sort(all, {}, [](const Recording::Moment& each) { return each.at.step; });
}

// ---- operations of clients

void Recorder::operation_begins(std::size_t client, const Operation& operation) {
  const SimulatorCode scope;
  const int fiber = scheduler_->current_fiber();
  operations_[fiber] = recording_.operations.size();
  recording_.operations.push_back({.incarnation = incarnation(),
                                   .client = client,
                                   .fiber = fiber,
                                   .text = describe(operation),
                                   .begin = now(),
                                   .end = std::nullopt});
}

void Recorder::answered(std::string_view what) {
  const SimulatorCode scope;
  const auto own = operations_.find(scheduler_->current_fiber());
  if (own == operations_.end()) return;
  std::string& answer = recording_.operations[own->second].answer;
  answer += (answer.empty() ? "" : ", ") + std::string(what);
}

void Recorder::returned(std::size_t operation, Timestamp at) {
  const SimulatorCode scope;
  const int fiber = scheduler_->current_fiber();
  if (operations_.contains(fiber)) return at.ticks > 0 ? answered(fmt::format("stamp {}", at.ticks)) : void();
  recording_.operations.push_back({.incarnation = incarnation(),
                                   .fiber = fiber,
                                   .text = fmt::format("{} by the simulator", kOperationNames.at(operation)),
                                   .begin = now(),
                                   .end = now(),
                                   .answer = fmt::format("stamp {}", at.ticks)});
}

void Recorder::operation_ends() {
  const SimulatorCode scope;
  const auto own = operations_.find(scheduler_->current_fiber());
  if (own == operations_.end()) return;
  Recording::Operation& ended = recording_.operations[own->second];
  ended.end = now();
  operations_.erase(own);
  take_moment(fmt::format("client {}: {}", ended.client, ended.text));
}

// ---- file calls

void Recorder::call_begins(const faultfs::Call& call) {
  const SimulatorCode scope;
  const int fiber = scheduler_->current_fiber();
  calls_[fiber] = recording_.calls.size();
  recording_.calls.push_back({.incarnation = incarnation(),
                              .fiber = fiber,
                              .kind = call.kind,
                              .path = std::string(call.path),
                              .text = to_string(call),
                              .bytes = call.size,
                              .begin = now(),
                              .end = std::nullopt});
}

void Recorder::call_struck(const std::string& fault) {
  const SimulatorCode scope;
  recording_.calls.back().fault = fault;
}

void Recorder::call_ends(const faultfs::Call& call, const Error* error) {
  const SimulatorCode scope;
  const auto own = calls_.find(scheduler_->current_fiber());
  if (own == calls_.end()) return;
  Recording::FileCall& ended = recording_.calls[own->second];
  ended.end = now();
  if (error != nullptr) ended.answer = error->to_string();
  calls_.erase(own);
  if (faultfs::kChangingCalls.contains(call.kind)) take_moment(ended.text);
}

// ---- what ends a machine

void Recorder::died(const std::string& why, bool power_loss) {
  const SimulatorCode scope;
  recording_.crashes.push_back({.incarnation = incarnation(), .at = now(), .why = why, .power_loss = power_loss});
  take_moment(why + ": the machine dies", true);
}

void Recorder::power_was_lost(const std::vector<faultfs::Choice>& lost) {
  const SimulatorCode scope;
  if (recording_.crashes.empty()) return;
  for (const faultfs::Choice& each : lost) {
    recording_.crashes.back().lost.push_back(fmt::format("{}: {}", each.unit, to_string(each.fate)));
  }
  take_moment("the power loss: this is what survived", true);
}

void Recorder::violated(const Violation& violation) {
  const SimulatorCode scope;
  if (!recording_.violations.empty()) return;
  recording_.violations.push_back(
      {.incarnation = incarnation(), .at = now(), .rule = violation.rule, .what = violation.what});
  take_moment("the failure: rule " + violation.rule, true);
}

// ---- moments

void Recorder::take_moment(std::string after, bool marked) {
  Recording::Moment moment{.incarnation = incarnation(),
                           .at = now(),
                           .after = std::move(after),
                           .marked = marked,
                           .disk = parts_.disk,
                           .pairs = parts_.oracle.newest_pairs()};
  const bool stays = marked || recording_.moments_seen++ % stride_ == 0;
  if (stays) keep(moment);
  last_.push_back(std::move(moment));
  if (last_.size() > Recording::kLastMoments) last_.pop_front();
}

void Recorder::keep(Recording::Moment moment) {
  std::vector<Recording::Moment>& all = recording_.moments;
  even_ += moment.marked ? 0 : 1;
  all.push_back(std::move(moment));
  if (all.size() - even_ > Recording::kMarkedMoments) {
    for (Recording::Moment& each : all) each.marked = false;
    even_ = all.size();
  }
  if (even_ > Recording::kEvenMoments) thin_out();
}

// Every second moment goes, but for those that are marked.
void Recorder::thin_out() {
  std::size_t nth = 0;
  std::erase_if(recording_.moments, [&](const Recording::Moment& each) { return !each.marked && nth++ % 2 == 1; });
  even_ = static_cast<std::size_t>(std::ranges::count(recording_.moments, false, &Recording::Moment::marked));
  stride_ *= 2;
}

}  // namespace mylonite::sim
