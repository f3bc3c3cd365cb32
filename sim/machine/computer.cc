#include <mylonite/sim/computer.h>

#include <array>
#include <new>
#include <optional>

#include <mylonite/faultfs/interceptor.h>
#include <mylonite/faultfs/sim_file_system.h>

#include "core/base/invariant.h"
#include "core/rt/rt.h"
#include "sim/machine/call_trace.h"
#include "sim/machine/machine_heap.h"
#include "sim/machine/sanitizer.h"
#include "sim/machine/scheduler.h"

namespace mylonite::sim {

using faultfs::Call;
using faultfs::Injector;
using faultfs::PathStatistics;
using faultfs::Strike;
using faultfs::Verdict;

// What outlives a process.
struct Computer::State {
  State(ComputerOptions chosen, const faultfs::Disk& with)
      : options(std::move(chosen)), disk(faultfs::process_kill(with)), clock(options.wall_start_ticks) {}

  const ComputerOptions options;
  faultfs::Disk disk;
  VirtualClock clock;
  Trace trace;
  StackPool stacks;
  std::uint64_t processes = 0;
  std::uint64_t calls_made = 0;
  std::uint64_t file_calls = 0;
  std::vector<FileCall> listed;
  std::optional<CrashOrder> order;
  std::vector<Injector> injectors;
  Injector faults = faultfs::nothing();
  std::vector<faultfs::PlacedFault> struck;
  std::vector<faultfs::Choice> fates;
  CallEnd last_end = CallEnd::kReturned;
  std::string story;
};

class Computer::Process final : private faultfs::Interceptor {
 public:
  explicit Process(State& state);
  RunOutcome call(const std::function<void()>& work);
  vfs::FileSystem& files() { return files_; }
  bool no_memory() const { return no_memory_; }

 private:
  void client();
  Verdict before(const Call& call) override;
  void after(const Call& call, const faultfs::CallResult& result) override;
  std::optional<Strike> decide(const Call& call);
  void list(const Call& call, std::string_view role, const std::string& result);

  State& state_;
  const Random random_;
  MachineHeap heap_;
  Sticky strategy_;
  FiberScheduler scheduler_;
  faultfs::PathCache paths_;
  faultfs::SimFileSystem files_;
  const std::function<void()>* work_ = nullptr;
  const Call* crash_after_ = nullptr;
  bool started_ = false;
  bool no_memory_ = false;
};

namespace {

// How rarely a schedule leaves the running fiber: each process draws one of these.
constexpr std::array<std::uint64_t, 4> kSwitchOneIn = {1, 3, 10, 50};

// Never destroyed.
template <class T>
void leave(std::unique_ptr<T>& object) {
  new std::unique_ptr<T>(std::move(object));
}

std::uint64_t one_of(const Random& random) { return kSwitchOneIn[random.split("switch").below(kSwitchOneIn.size())]; }

}  // namespace

Computer::Process::Process(State& state)
    : state_(state),
      random_(Random(state.options.seed).split("process " + std::to_string(++state.processes))),
      strategy_(random_.split("schedule"), one_of(random_)),
      scheduler_({state.stacks, state.clock, state.trace}, strategy_,
                 {.step_limit = 20'000'000, .entropy_seed = random_.split("entropy").next(), .keep_deviations = false}),
      paths_(state.options.role_of),
      files_(state.disk, this) {
  heap_.leave();
}

RunOutcome Computer::Process::call(const std::function<void()>& work) {
  work_ = &work;
  heap_.enter();
  RunOutcome outcome = started_ ? scheduler_.resume() : scheduler_.run([this] { client(); });
  heap_.leave();
  started_ = true;
  return outcome;
}

void Computer::Process::client() {
  for (;;) {
    rt::point("client");
    try {
      (*work_)();
    } catch (const std::bad_alloc&) {
      no_memory_ = true;
    }
    scheduler_.pause();
  }
}

Verdict Computer::Process::before(const Call& call) {
  scheduler_.point("file call");
  const std::optional<Strike> strike = decide(call);
  // Outside of the simulator's scope: the answer's memory is the process's.
  return strike ? verdict_of(*strike, call) : Verdict{};
}

std::optional<Strike> Computer::Process::decide(const Call& call) {
  const SimulatorCode scope;
  const PathStatistics& path = paths_.count(call);
  ++state_.file_calls;
  trace_call(state_.trace, call, path.path_hash);
  if (state_.order && state_.order->when.strikes({.call = call, .path = path})) {
    if (!state_.order->after) {
      list(call, path.role, "here the process ends");
      scheduler_.abandon();
    }
    crash_after_ = &call;
  }
  const std::optional<Strike> strike = state_.faults.decide({.call = call, .path = path});
  if (strike) {
    state_.struck.push_back({.at = path.anchor(call.kind), .strike = *strike});
    trace_strike(state_.trace, call, strike->fault);
  }
  list(call, path.role, strike ? std::string(row_of(strike->fault).phrase) : "");
  return strike;
}

void Computer::Process::after(const Call& call, const faultfs::CallResult& result) {
  const SimulatorCode scope;
  trace_result(state_.trace, result);
  if (faultfs::kSyncingCalls.contains(call.kind) && state_.options.sync_ns > 0) {
    scheduler_.sleep_until(scheduler_.monotonic_ns() + state_.options.sync_ns);
  }
  if (crash_after_ != &call) return;
  list(call, paths_.find(call.path).role, "done, and here the process ends");
  scheduler_.abandon();
}

void Computer::Process::list(const Call& call, std::string_view role, const std::string& result) {
  if (!state_.options.keeps_calls) return;
  state_.listed.push_back({.text = to_string(call),
                           .kind = std::string(call_kind_name(call.kind)),
                           .role = std::string(role),
                           .path = std::string(call.path),
                           .result = result});
}

Computer::Computer(ComputerOptions options, const faultfs::Disk& disk)
    : state_(std::make_unique<State>(std::move(options), disk)) {}

Computer::~Computer() {
  end_process();
  if constexpr (kThreadSanitizer) leave(state_);
}

Status Computer::can_start() { return MachineHeap::can_make(); }

vfs::FileSystem& Computer::files() {
  if (!process_) process_ = std::make_unique<Process>(*state_);
  return process_->files();
}

CallEnd Computer::run(const std::function<void()>& call) {
  invariant(rt::current_scheduler == nullptr, "calls of a simulated computer do not nest");
  if (!process_) process_ = std::make_unique<Process>(*state_);
  state_->trace.event(EventKind::kNote, ++state_->calls_made, state_->processes);
  RunOutcome outcome = process_->call(call);
  switch (outcome.end) {
    case RunEnd::kPaused:
      state_->last_end = process_->no_memory() ? CallEnd::kNoMemory : CallEnd::kReturned;
      if (!process_->no_memory()) return state_->last_end;
      break;
    case RunEnd::kDeadlock: state_->last_end = CallEnd::kDeadlock; break;
    case RunEnd::kLivelock: state_->last_end = CallEnd::kLivelock; break;
    case RunEnd::kFault:
    case RunEnd::kDropped:
    case RunEnd::kFinished: state_->last_end = CallEnd::kCrashed; break;
  }
  state_->story = std::move(outcome.story);
  const bool ordered = state_->last_end == CallEnd::kCrashed;
  const std::optional<CrashOrder> order = ordered ? std::exchange(state_->order, std::nullopt) : std::nullopt;
  if (order && order->power_loss) {
    lose_power(order->image_seed);
  } else {
    kill();
  }
  return state_->last_end;
}

void Computer::outside(const std::function<void()>& work) {
  const SimulatorCode scope;
  work();
}

// Under ThreadSanitizer, which cannot forget a fiber, what is left of the process stays.
void Computer::end_process() {
  if constexpr (kThreadSanitizer) {
    leave(process_);
  } else {
    process_.reset();
  }
}

void Computer::kill() {
  end_process();
  state_->disk = faultfs::process_kill(state_->disk);
  state_->trace.event(EventKind::kCrash, state_->disk.hash(), 0);
}

void Computer::lose_power(faultfs::Chooser& chooser) {
  end_process();
  faultfs::RecordingChooser recording(chooser);
  state_->disk = faultfs::power_loss(state_->disk, state_->options.names, recording);
  state_->fates = recording.choices();
  state_->trace.event(EventKind::kCrash, state_->disk.hash(), 1 + state_->fates.size());
}

void Computer::lose_power(std::uint64_t image_seed) {
  faultfs::RandomChooser random(Random(image_seed).split("image"));
  lose_power(random);
}

void Computer::lose_power(const std::vector<faultfs::Choice>& fates) {
  faultfs::ReplayChooser listed(fates);
  lose_power(listed);
}

void Computer::crash_at(CrashOrder order) { state_->order = std::move(order); }
void Computer::cancel_crash() { state_->order.reset(); }

void Computer::inject(Injector injector) {
  state_->injectors.push_back(std::move(injector));
  state_->faults = faultfs::first_of(state_->injectors);
}

void Computer::stop_faults() {
  state_->injectors.clear();
  state_->faults = faultfs::nothing();
}

CallEnd Computer::last_end() const { return state_->last_end; }
const std::string& Computer::story() const { return state_->story; }
bool Computer::lives() const { return process_ != nullptr; }
std::uint64_t Computer::processes() const { return state_->processes; }
const std::vector<faultfs::Choice>& Computer::fates() const { return state_->fates; }
const std::vector<faultfs::PlacedFault>& Computer::struck() const { return state_->struck; }
const ComputerOptions& Computer::options() const { return state_->options; }
const faultfs::Disk& Computer::disk() const { return state_->disk; }
std::uint64_t Computer::now_ns() const { return state_->clock.monotonic_ns(); }
std::uint64_t Computer::file_calls() const { return state_->file_calls; }
const std::vector<FileCall>& Computer::calls() const { return state_->listed; }
std::string Computer::trace_hash() const { return state_->trace.hash(); }

}  // namespace mylonite::sim
