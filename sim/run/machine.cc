#include "sim/run/machine.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/base/hash.h"
#include "core/format/file_names.h"
#include "sim/machine/sanitizer.h"

namespace mylonite::sim {
namespace {

using faultfs::Call;
using faultfs::CallKind;
using faultfs::Verdict;

std::string_view role_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return "directory";
  const auto name = parse_file_name(path.substr(slash + 1));
  if (!name) return "other";
  switch (name->kind) {
    case FileKind::kWal: return "wal";
    case FileKind::kTable: return "sst";
    case FileKind::kManifest: return "manifest";
    case FileKind::kCurrent: return "current";
    case FileKind::kCurrentTemporary: return "current-new";
    case FileKind::kLock: return "lock";
  }
  return "other";
}

bool is_sync(CallKind kind) {
  return kind == CallKind::kSync || kind == CallKind::kSyncData || kind == CallKind::kSyncDirectory;
}

bool changes_disk(CallKind kind) {
  switch (kind) {
    case CallKind::kOpen:
    case CallKind::kList:
    case CallKind::kLock:
    case CallKind::kStat:
    case CallKind::kSpace:
    case CallKind::kRead:
    case CallKind::kSize:
    case CallKind::kClose: return false;
    default: return true;
  }
}

bool can_fail(CallKind kind) { return kind != CallKind::kClose && kind != CallKind::kSpace && kind != CallKind::kSize; }

// How a call may fail; each way is as likely as it is listed often.
std::vector<FailKind> ways_to_fail(CallKind kind) {
  if (!changes_disk(kind)) return {FailKind::kUndone};
  if (is_sync(kind)) return {FailKind::kUndone, FailKind::kDone, FailKind::kForgetting};
  if (kind == CallKind::kAppend || kind == CallKind::kCreate) {
    return {FailKind::kUndone, FailKind::kDone, FailKind::kNoSpace, FailKind::kNoSpace};
  }
  return {FailKind::kUndone, FailKind::kDone};
}

Verdict failing(FailKind how, const Call& call) {
  return faultfs::verdict_of({.fault = *faultfs::fault_from_name(kFailNames[static_cast<std::size_t>(how)])}, call);
}

Verdict dead_answer(const Call& call) {
  return {.leaves = faultfs::Leaves::kNothing,
          .error = Error(Code::kIo, "the machine is dead").in(std::string(call.path))};
}

}  // namespace

Machine::Machine(const Setup& setup, FiberScheduler& scheduler, Trace& trace)
    : setup_(setup),
      scheduler_(scheduler),
      trace_(trace),
      lie_random_(Random(setup.life.image_seed).split("lies")),
      fail_random_(Random(setup.life.image_seed).split("failures")) {
  if (const auto& recorded = setup.life.recorded) {
    expects_crash_ = recorded->crash || recorded->crash_at_end;
    unmet_faults_ = recorded->lies.size() + recorded->failed_calls.size();
  }
}

Machine::Known& Machine::known(std::string_view path) {
  for (const Met& met : met_last_) {
    if (met.at == path.data() && met.entry->first == path) return met.entry->second;
  }
  auto found = known_.find(path);
  if (found == known_.end()) {
    const std::string_view role = role_of(path);
    const Known fresh{.role = role, .generation = ++generations_[role], .path_hash = hash64(path), .calls = {}};
    found = known_.emplace(std::string(path), fresh).first;
  }
  met_last_[met_next_++ % met_last_.size()] = {path.data(), &*found};
  return found->second;
}

Anchor Machine::anchor(const Known& known, const Call& call, bool after) const {
  return {.role = std::string(known.role),
          .generation = known.generation,
          .call = call.kind,
          .nth = known.calls[static_cast<std::size_t>(call.kind)],
          .after = after};
}

// True when the machine dies in this call; the caller looks at `after`.
bool Machine::crash_is_due(const Known& known, const Call& call) {
  if (setup_.life.ending == Ending::kClose || !phase_) return false;
  if (const auto& recorded = setup_.life.recorded) {
    return recorded->crash && *recorded->crash == anchor(known, call, recorded->crash->after);
  }
  const CrashPlan& plan = setup_.life.crash;
  if (plan.phase != *phase_) return false;
  if (plan.only ? *plan.only != call.kind : !changes_disk(call.kind)) return false;
  return ++counted_ == plan.call;
}

bool Machine::lie_is_due(const Known& known, const Call& call) {
  if (setup_.scenario.lie_one_in == 0 || !is_sync(call.kind)) return false;
  const Anchor here = anchor(known, call, false);
  if (const auto& recorded = setup_.life.recorded) {
    if (std::ranges::find(recorded->lies, here) == recorded->lies.end()) return false;
    --unmet_faults_;
  } else if (!lie_random_.chance(1, setup_.scenario.lie_one_in)) {
    return false;
  }
  lies_told_.push_back(here);
  ++setup_.stats.lies;
  return true;
}

std::optional<FailKind> Machine::failure_is_due(const Known& known, const Call& call) {
  if (setup_.scenario.fail_one_in == 0 || !phase_ || !can_fail(call.kind)) return std::nullopt;
  const Anchor here = anchor(known, call, false);
  std::optional<FailKind> how;
  if (const auto& recorded = setup_.life.recorded) {
    const auto found = std::ranges::find(recorded->failed_calls, here, &FailedCall::call);
    if (found == recorded->failed_calls.end()) return std::nullopt;
    --unmet_faults_;
    how = found->how;
  } else {
    constexpr std::uint64_t kReadsToWrites = 5;  // most stores stop at the first write that fails
    if (!fail_random_.chance(1, setup_.scenario.fail_one_in * (changes_disk(call.kind) ? kReadsToWrites : 1))) {
      return std::nullopt;
    }
    const auto ways = ways_to_fail(call.kind);
    how = ways[fail_random_.below(ways.size())];
  }
  failed_calls_.push_back({.call = here, .how = *how});
  ++setup_.stats.failed_calls;
  return how;
}

Verdict Machine::before(const Call& call) {
  if (dead_) return dead_answer(call);
  scheduler_.point("file call");
  const Orders orders = decide(call);
  // An answer is made of the machine's own memory, outside of the simulator's scope.
  if (orders.dead) return dead_answer(call);
  if (orders.failure) return failing(*orders.failure, call);
  return orders.lie ? faultfs::verdict_of({.fault = faultfs::Fault::kLie}, call) : Verdict{};
}

Machine::Orders Machine::decide(const Call& call) {
  const SimulatorCode scope;
  if (dead_) return {.dead = true};  // died while others ran
  Known& file = known(call.path);
  ++file.calls[static_cast<std::size_t>(call.kind)];
  ++setup_.stats.file_calls;
  trace_.event(EventKind::kFileCall, static_cast<std::uint64_t>(call.kind) ^ (file.path_hash << 8), call.offset);
  if (!call.bytes.empty()) trace_.bytes(EventKind::kFileBytes, call.bytes);
  if (setup_.interrupt != nullptr && setup_.interrupt->load(std::memory_order_relaxed)) {
    interrupted_ = true;
    crash_in(file, call, false);
    return {.dead = true};
  }
  if (crash_is_due(file, call)) {
    const bool after = setup_.life.recorded ? setup_.life.recorded->crash->after : setup_.life.crash.after;
    if (!after) {
      crash_in(file, call, false);
      return {.dead = true};
    }
    crash_after_ = &call;
  }
  if (lie_is_due(file, call)) {
    trace_.event(EventKind::kFault, 1, static_cast<std::uint64_t>(call.kind));
    narrate(call, "lies: nothing became durable");
    return {.lie = true};
  }
  const std::optional<FailKind> how = failure_is_due(file, call);
  if (how) {
    trace_.event(EventKind::kFault, 2 + static_cast<std::uint64_t>(*how), static_cast<std::uint64_t>(call.kind));
    narrate(call, fmt::format("fails ({})", kFailNames[static_cast<std::size_t>(*how)]));
  }
  return {.failure = how};
}

void Machine::after(const Call& call, const faultfs::CallResult& result) {
  if (dead_) return;
  const SimulatorCode scope;
  trace_.event(EventKind::kFileCall, result.error != nullptr ? 1 + static_cast<std::uint64_t>(result.error->code()) : 0,
               result.size);
  if (!result.bytes.empty()) trace_.bytes(EventKind::kFileBytes, {result.bytes.data(), result.bytes.size()});
  const bool dull = call.kind == CallKind::kRead || call.kind == CallKind::kSize || call.kind == CallKind::kStat;
  if (result.error != nullptr || !dull) narrate(call, result.error != nullptr ? result.error->to_string() : "");
  // A sync covers what was there when it began; what others write while it runs is not covered.
  if (is_sync(call.kind) && setup_.scenario.sync_ns > 0) {
    scheduler_.sleep_until(scheduler_.monotonic_ns() + setup_.scenario.sync_ns);
    if (dead_) return;
  }
  if (crash_after_ == &call) crash_in(known(call.path), call, true);
}

void Machine::crash_in(const Known& known, const Call& call, bool after) {
  crash_ = anchor(known, call, after);
  crash_phase_ = phase_;
  ++setup_.stats.crashes_at[static_cast<std::size_t>(call.kind)];
  narrate(call, after ? "done, and here the machine dies" : "here the machine dies");
  crash("crash");
}

// By drop, does not return (see FiberScheduler::drop).
void Machine::crash(const std::string& why) {
  die(why);
  if (setup_.life.crash_mode == CrashMode::kAbandon && !interrupted_) scheduler_.drop();
}

void Machine::enter(Phase phase) {
  phase_ = phase;
  counted_ = 0;
}

void Machine::leave() {
  const SimulatorCode scope;
  const Phase phase = *phase_;
  phase_.reset();
  if (dead_ || setup_.life.ending == Ending::kClose) return;
  const auto& recorded = setup_.life.recorded;
  const bool due = recorded ? recorded->crash_at_end == phase : setup_.life.crash.phase == phase;
  if (!due) return;
  crash_at_end_ = phase;
  crash_phase_ = phase;
  crash(fmt::format("crash at the end of {}", kPhaseNames[static_cast<std::size_t>(phase)]));
}

void Machine::die(const std::string& why) {
  if (dead_) return;
  dead_ = true;
  trace_.event(EventKind::kCrash, scheduler_.step(), setup_.stats.file_calls);
  if (setup_.transcript != nullptr) setup_.transcript->heading(why);
}

void Machine::narrate(const Call& call, const std::string& remark) {
  if (setup_.transcript == nullptr) return;
  std::string line =
      fmt::format("fiber {}  {} {}", scheduler_.current_fiber(), faultfs::call_kind_name(call.kind), call.path);
  if (!call.other_path.empty()) line += fmt::format(" to {}", call.other_path);
  if (call.kind == CallKind::kAppend || call.kind == CallKind::kRead) line += fmt::format(" {} B", call.size);
  if (call.kind == CallKind::kRead) line += fmt::format(" at {}", call.offset);
  if (!remark.empty()) line += fmt::format("  -> {}", remark);
  setup_.transcript->machine(std::move(line));
}

}  // namespace mylonite::sim
