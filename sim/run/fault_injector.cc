#include "sim/run/fault_injector.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "sim/machine/call_trace.h"
#include "sim/machine/sanitizer.h"
#include "sim/run/recorder.h"
#include "sim/scenario/file_roles.h"

namespace mylonite::sim {
namespace {

using faultfs::Call;
using faultfs::CallKind;
using faultfs::Fault;
using faultfs::Injector;
using faultfs::PathStatistics;
using faultfs::PlacedFault;
using faultfs::Strike;
using faultfs::Verdict;

bool lies(const PlacedFault& placed) { return is_lie(placed.strike.fault); }

// Most files are looked for before they are made: that is nothing unusual.
constexpr std::string_view kNotThere = "not there";
std::string remark_of(const Error& error) {
  return error.code() == Code::kNotFound ? std::string(kNotThere) : error.to_string();
}

Verdict dead_answer(const Call& call) {
  return {.leaves = faultfs::Leaves::kNothing,
          .error = Error(Code::kIo, "the machine is dead").in(std::string(call.path))};
}

Injector lying_syncs(const Scenario& scenario, const Random& random) {
  if (scenario.lie_one_in == 0) return faultfs::nothing();
  return inject(Fault::kLie, one_in(scenario.lie_one_in, faultfs::stream_of(random.split("lies")),
                                    faultfs::calls(faultfs::kSyncingCalls)));
}

// Reads fail more often than other calls, since there are fewer of them.
Injector failing_calls(const Scenario& scenario, const Random& random) {
  if (scenario.fail_one_in == 0) return faultfs::nothing();
  constexpr std::uint64_t kReadsToWrites = 2;
  const std::vector<faultfs::WeightedFault> faults = {{.fault = Fault::kIoError},
                                                      {.fault = Fault::kIoErrorDone},
                                                      {.fault = Fault::kNoSpace, .weight = 2},
                                                      {.fault = Fault::kIoErrorForgetting}};
  const faultfs::Stream stream = faultfs::stream_of(random.split("failures"));
  const auto at_rate = [&](std::uint64_t n, faultfs::CallSet calls) {
    return inject_one_of(faults, stream, one_in(n, stream, faultfs::calls(calls)));
  };
  return faultfs::first_of({at_rate(scenario.fail_one_in, faultfs::kReadingCalls),
                            at_rate(scenario.fail_one_in * kReadsToWrites, faultfs::kChangingCalls)});
}

Injector drawn_fault(const FaultDraw& row, std::uint64_t one_in, const Random& random) {
  const faultfs::Stream stream = faultfs::stream_of(random.split(row.stream()));
  faultfs::Calls calls = faultfs::calls(row_of(row.fault).fits);
  if (!row.role.empty()) calls = faultfs::of_role(std::string(row.role), std::move(calls));
  faultfs::When when = faultfs::one_in(one_in, stream, calls);
  if (row.calls_most > 1) when = faultfs::for_a_while(std::move(when), row.calls_most, stream, std::move(calls));
  return inject(row.fault, std::move(when), stream);
}

}  // namespace

FaultInjector::FaultInjector(const Setup& setup, FiberScheduler& scheduler, Trace& trace)
    : setup_(setup), scheduler_(scheduler), trace_(trace), paths_(role_of), injector_(chosen()) {}

Injector FaultInjector::chosen() const {
  if (const auto& recorded = setup_.plan.recorded) {
    std::vector<PlacedFault> lying;
    std::vector<PlacedFault> others;
    std::ranges::partition_copy(recorded->faults, std::back_inserter(lying), std::back_inserter(others), lies);
    return faultfs::first_of({faultfs::replay(std::move(lying)), in_phases(faultfs::replay(std::move(others)))});
  }
  const Random random(setup_.plan.image_seed);
  std::vector<Injector> all = {lying_syncs(setup_.scenario, random), in_phases(failing_calls(setup_.scenario, random))};
  for (std::size_t i = 0; i < kFaultDraws.size(); ++i) {
    if (setup_.scenario.drawn[i] == 0) continue;
    Injector drawn = drawn_fault(kFaultDraws[i], setup_.scenario.drawn[i], random);
    all.push_back(is_lie(kFaultDraws[i].fault) ? std::move(drawn) : in_phases(std::move(drawn)));
  }
  return faultfs::first_of(std::move(all));
}

Injector FaultInjector::in_phases(Injector injector) const {
  return {.decide = [this, decide = std::move(injector.decide)](
                        const faultfs::SeenCall& seen) { return phase_ ? decide(seen) : std::nullopt; },
          .text = std::move(injector.text)};
}

bool FaultInjector::lied() const { return std::ranges::any_of(faults_, lies); }

bool FaultInjector::missed_decisions() const {
  const auto& recorded = setup_.plan.recorded;
  if (!recorded) return false;
  const bool expects_crash = recorded->open_crash || recorded->crash || recorded->crash_at_end;
  return recorded->faults.size() > faults_.size() || (expects_crash && !crash_ && !crash_at_end_);
}

// Null: the crash is as planned.
const Recorded* FaultInjector::recorded_crash() const {
  const auto& recorded = setup_.plan.recorded;
  return recorded && !recorded->open_crash ? &*recorded : nullptr;
}

// True when the machine dies in this call; the caller checks `after`.
bool FaultInjector::crash_is_due(const PathStatistics& path, const Call& call) {
  if (setup_.plan.ending == Ending::kClose || !phase_) return false;
  if (const Recorded* recorded = recorded_crash()) {
    return recorded->crash && path.is_at(recorded->crash->at, call.kind);
  }
  const CrashPlan& plan = setup_.plan.crash;
  if (plan.phase != *phase_) return false;
  if (plan.only ? *plan.only != call.kind : !faultfs::kChangingCalls.contains(call.kind)) return false;
  return ++counted_ == plan.call;
}

Verdict FaultInjector::before(const Call& call) {
  if (dead_) return dead_answer(call);
  scheduler_.point("file call");
  const FaultDecision decision = decide(call);
  // Outside of the simulator's scope: the answer's memory is the machine's.
  if (decision.dead) return dead_answer(call);
  return decision.strike ? verdict_of(*decision.strike, call) : Verdict{};
}

FaultInjector::FaultDecision FaultInjector::decide(const Call& call) {
  const SimulatorCode scope;
  if (dead_) return {.dead = true};  // the machine died while other fibers ran
  const PathStatistics& path = paths_.count(call);
  ++setup_.stats.file_calls;
  trace_call(trace_, call, path.path_hash);
  if (setup_.notes != nullptr && phase_ && faultfs::kChangingCalls.contains(call.kind)) {
    setup_.notes->back().calls.push_back({.at = path.anchor(call.kind), .phase = *phase_});
  }
  if (setup_.recorder != nullptr) setup_.recorder->call_begins(call);
  if (setup_.interrupt != nullptr && setup_.interrupt->load(std::memory_order_relaxed)) {
    interrupted_ = true;
    crash_in(call, {.at = path.anchor(call.kind)});
    return {.dead = true};
  }
  if (crash_is_due(path, call)) {
    const Recorded* recorded = recorded_crash();
    const bool after = recorded != nullptr ? recorded->crash->after : setup_.plan.crash.after;
    const CrashAnchor anchor{.at = path.anchor(call.kind), .after = after};
    if (!after) {
      crash_in(call, anchor);
      return {.dead = true};
    }
    crash_after_ = {.call = &call, .anchor = anchor};
  }
  const std::optional<Strike> strike = injector_.decide({.call = call, .path = path});
  if (strike) {
    faults_.push_back({.at = path.anchor(call.kind), .strike = *strike});
    struck_.push_back({.fault = strike->fault, .path = std::string(call.path)});
    failures_ += is_lie(strike->fault) ? 0 : 1;
    ++(is_lie(strike->fault) ? setup_.stats.lies : setup_.stats.failed_calls);
    setup_.stats.coverage.mark(mark_of(row_of(strike->fault)));
    trace_strike(trace_, call, strike->fault);
    if (setup_.transcript != nullptr) transcribe(call, to_string(faults_.back()));
    if (setup_.recorder != nullptr) setup_.recorder->call_struck(to_string(faults_.back()));
  }
  return {.strike = strike};
}

void FaultInjector::after(const Call& call, const faultfs::CallResult& result) {
  if (dead_) return;
  const SimulatorCode scope;
  trace_result(trace_, result);
  const bool dull = call.kind == CallKind::kRead || call.kind == CallKind::kSize || call.kind == CallKind::kStat;
  if (result.error != nullptr || !dull) transcribe(call, result.error != nullptr ? remark_of(*result.error) : "");
  // A sync covers the bytes written before it began, not those written while it runs.
  if (faultfs::kSyncingCalls.contains(call.kind) && setup_.scenario.sync_ns > 0) {
    scheduler_.sleep_until(scheduler_.monotonic_ns() + setup_.scenario.sync_ns);
    if (dead_) return;
  }
  if (setup_.recorder != nullptr) setup_.recorder->call_ends(call, result.error);
  if (crash_after_.call == &call) crash_in(call, crash_after_.anchor);
}

void FaultInjector::crash_in(const Call& call, const CrashAnchor& anchor) {
  crash_ = anchor;
  crash_phase_ = phase_;
  ++setup_.stats.crashes_at[static_cast<std::size_t>(call.kind)];
  if (setup_.transcript != nullptr && !anchor.after) transcribe(call, "");
  if (setup_.transcript != nullptr) {
    setup_.transcript->heading(
        fmt::format("the machine dies {} that {}", anchor.after ? "after" : "in", faultfs::call_kind_name(call.kind)));
  }
  crash("");
}

// Does not return if the crash abandons the machine (see FiberScheduler::drop).
void FaultInjector::crash(const std::string& why) {
  const bool at_once = !dead_;
  die(why);
  if (at_once && setup_.recorder != nullptr) setup_.recorder->died(why, setup_.plan.ending == Ending::kPowerLoss);
  if (setup_.plan.crash_mode == CrashMode::kAbandon && !interrupted_) scheduler_.drop();
}

void FaultInjector::enter(Phase phase) {
  phase_ = phase;
  counted_ = 0;
}

void FaultInjector::leave() {
  const SimulatorCode scope;
  const Phase phase = *phase_;
  phase_.reset();
  if (dead_ || setup_.plan.ending == Ending::kClose) return;
  const Recorded* recorded = recorded_crash();
  const bool due = recorded != nullptr ? recorded->crash_at_end == phase : setup_.plan.crash.phase == phase;
  if (!due) return;
  crash_at_end_ = phase;
  crash_phase_ = phase;
  crash(fmt::format("crash at the end of {}", kPhaseNames[static_cast<std::size_t>(phase)]));
}

void FaultInjector::die(const std::string& why) {
  if (dead_) return;
  dead_ = true;
  last_moment_ = {.fiber = scheduler_.current_fiber(), .step = scheduler_.step(), .phase = phase_};
  trace_.event(EventKind::kCrash, scheduler_.step(), setup_.stats.file_calls);
  if (setup_.transcript != nullptr && !why.empty()) setup_.transcript->heading(why);
}

void FaultInjector::transcribe(const Call& call, const std::string& remark) {
  if (setup_.transcript == nullptr) return;
  const int fiber = scheduler_.current_fiber();
  const std::string prefix = setup_.plan.options.data_dir + "/";
  const auto in_directory = [&](std::string_view path) {
    return std::string(path.starts_with(prefix) ? path.substr(prefix.size()) : path);
  };
  std::string what(call_kind_name(call.kind));
  if (call.kind == CallKind::kAppend || call.kind == CallKind::kRead) what += fmt::format(" {} B", call.size);
  if (call.kind == CallKind::kRead) what += fmt::format(" at {}", call.offset);
  if (!call.other_path.empty()) what += " to " + in_directory(call.other_path);
  const bool absent = remark == kNotThere;
  if (absent) what += fmt::format(" ({})", kNotThere);
  const std::string file = in_directory(call.path);
  setup_.transcript->call({.fiber = fiber,
                           .who = scheduler_.name_of(fiber),
                           .file = file.empty() ? "." : file,
                           .what = std::move(what),
                           .remark = absent ? "" : remark});
}

}  // namespace mylonite::sim
