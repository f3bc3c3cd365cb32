#include "sim/run/incarnation.h"

#include <algorithm>

#include <fmt/format.h>

#include "sim/machine/sanitizer.h"
#include "sim/run/client.h"
#include "sim/run/recorder.h"

namespace mylonite::sim {
namespace {

std::unique_ptr<Strategy> make_strategy(const IncarnationPlan& plan) {
  if (plan.recorded && !plan.recorded->open_schedule) return nullptr;
  const SchedulePlan& schedule = plan.schedule;
  const Random random(schedule.seed);
  switch (schedule.kind) {
    case StrategyKind::kDefault: return std::make_unique<DefaultSchedule>();
    case StrategyKind::kSticky: return std::make_unique<Sticky>(random, schedule.parameter);
    case StrategyKind::kUniform: return std::make_unique<Sticky>(random, 1);
    case StrategyKind::kRoundRobin: return std::make_unique<RoundRobin>(schedule.parameter);
    case StrategyKind::kPct: {
      std::uint64_t operations = 0;
      for (const auto& client : plan.clients) operations += client.size();
      return std::make_unique<Pct>(random, static_cast<int>(schedule.parameter), 20 * operations + 200);
    }
  }
  return nullptr;
}

std::unique_ptr<Strategy> add_spurious(const IncarnationPlan& plan, Strategy* rest) {
  if (rest == nullptr || plan.schedule.spurious_one_in == 0) return nullptr;
  return std::make_unique<SpuriousWakes>(*rest, Random(plan.schedule.seed).split("spurious"),
                                         plan.schedule.spurious_one_in);
}

std::unique_ptr<Replay> make_replay(const IncarnationPlan& plan, Strategy* rest) {
  if (!plan.recorded) return nullptr;
  return std::make_unique<Replay>(plan.recorded->schedule, rest);
}

// Beyond so many steps a run does not end by itself. A walk or a merge takes steps for all that operations made.
std::uint64_t step_limit(const IncarnationPlan& plan) {
  constexpr std::uint64_t kLeast = 20'000'000;
  constexpr std::uint64_t kOfAnOperation = 20'000;
  std::uint64_t limit = kLeast;
  for (const auto& client : plan.clients) limit += kOfAnOperation * client.size();
  return limit;
}

RunOptions run_options(const RunState& state, const IncarnationPlan& plan) {
  RunOptions options{.step_limit = step_limit(plan), .entropy_seed = plan.entropy_seed};
  if (state.steps_most > 0) options.step_limit = std::min(options.step_limit, state.steps_most);
  if (state.stop && state.stop->incarnation == state.stats.incarnations) {
    options.step_limit = state.stop->step - 1;
    options.at_limit = state.stop->call;
  }
  return options;
}

}  // namespace

Incarnation::Incarnation(RunState& state, const Scenario& scenario, std::size_t index)
    : state_(state),
      plan_(scenario.incarnations[index]),
      strategy_(make_strategy(plan_)),
      spurious_(add_spurious(plan_, strategy_.get())),
      replay_(make_replay(plan_, spurious_ ? spurious_.get() : strategy_.get())),
      scheduler_(state.world, first_strategy(), run_options(state, plan_)),
      machine_({.scenario = scenario,
                .plan = plan_,
                .stats = state.stats,
                .transcript = state.transcript,
                .notes = state.notes,
                .interrupt = state.interrupt,
                .recorder = state.recorder},
               scheduler_, state.world.trace),
      fs_(state.disk, &machine_),
      answers_(state, machine_),
      observer_(state, scheduler_) {
  if (state.store_factory) return;
  mylonite_.emplace(MyloniteChecker::Parts{.state = state,
                                           .plan = plan_,
                                           .machine = machine_,
                                           .answers = answers_,
                                           .observer = observer_,
                                           .fs = fs_,
                                           .witness = *this});
}

Incarnation::~Incarnation() = default;

RunOutcome Incarnation::run() {
  if (state_.recorder != nullptr) state_.recorder->begin_incarnation(scheduler_, plan_);
  const RunOutcome outcome = scheduler_.run([this] { main(); });
  if (state_.recorder != nullptr) state_.recorder->end_incarnation();
  state_.stats.steps += scheduler_.step();
  for (const auto& [name, count] : scheduler_.marks()) state_.stats.coverage.mark(name, count);
  return outcome;
}

Strategy& Incarnation::first_strategy() const {
  if (replay_) return *replay_;
  return spurious_ ? *spurious_ : *strategy_;
}

bool Incarnation::followed_schedule() const {
  return !replay_ || (replay_->unmet().empty() && !machine_.missed_decisions());
}

std::string Incarnation::doing_at(const RunOutcome& outcome) const {
  constexpr int kMain = 1;
  int fiber = machine_.dead() ? machine_.last_moment().fiber : scheduler_.current_fiber();
  if (outcome.end == RunEnd::kDeadlock) fiber = observer_.first_busy().value_or(kMain);
  if (const auto operation = observer_.operation_of(fiber)) return std::string(kOperationNames.at(*operation));
  if (fiber != kMain) return scheduler_.name_of(fiber);
  const std::optional<Phase> phase = machine_.dead() ? machine_.last_moment().phase : machine_.phase();
  if (!phase) return "recovery";
  return std::string(kPhaseNames.at(static_cast<std::size_t>(*phase)));
}

void Incarnation::main() {
  state_.directories = 0;
  state_.saw_clock();
  start_oracle();
  const std::optional<StoreDump> looked = is_mylonite() ? mylonite_->look_before_open() : std::nullopt;
  if (machine_.dead()) return;
  machine_.enter(Phase::kOpen);
  auto store = open();
  machine_.leave();
  if (!store.ok()) {
    static_cast<void>(answers_.succeeded("open", &store.error()));
    return;
  }
  if (!machine_.dead()) check_recovery(**store, looked);
  if (mylonite_ && !machine_.dead()) mylonite_->check_second_opener();
  if (machine_.dead()) {
    close(**store);
    return;
  }
  machine_.enter(Phase::kWork);
  std::vector<rt::Thread> clients = start_clients(**store);
  if (plan_.close_after_ns > 0) {
    rt::sleep_until(rt::monotonic_ns() + plan_.close_after_ns);
  } else {
    clients.clear();  // joins them
  }
  machine_.leave();
  if (mylonite_ && plan_.close_after_ns == 0) mylonite_->check_available(**store);
  close(**store);
}

// A store of somebody else's promises no history.
void Incarnation::start_oracle() {
  const SimulatorCode scope;
  Options promised = plan_.options;
  if (!is_mylonite()) {
    promised.history_retention_seconds = 0;
    promised.tombstone_retention_seconds = 0;
  }
  state_.oracle.start_incarnation(promised);
}

Result<std::unique_ptr<StoreUnderTest>> Incarnation::open() {
  return is_mylonite() ? mylonite_->open() : state_.store_factory(fs_, plan_.options, *this);
}

Result<StoreDump> Incarnation::found_in(StoreUnderTest& store, const std::optional<StoreDump>& looked) const {
  if (looked && is_mylonite()) return MyloniteChecker::dump_of(store);
  auto contents = store.contents();
  if (!contents.ok()) return contents.error();
  return StoreDump{.contents = std::move(*contents), .pairs = {}};
}

void Incarnation::check_recovery(StoreUnderTest& store, const std::optional<StoreDump>& looked) {
  const Oracle::Ticket asked = state_.oracle.begin();
  const auto found = found_in(store, looked);
  if (!answers_.succeeded("reads after open", error_of(found))) return;
  const StoredVersions versions = versions_of(found->contents);
  const Timestamp newest = found->contents.newest;
  const Timestamp floor = found->contents.history_floor.value_or(newest);
  {
    const SimulatorCode scope;
    state_.saw_clock();
    const Oracle::Counts counts =
        state_.oracle.check_recovered(versions, {.ending = state_.worst_ending,
                                                 .first_visible = newest,
                                                 .floor = floor,
                                                 .expired_through = found->contents.expired_through,
                                                 .expired_before = asked.expired,
                                                 .stamps_return = !is_mylonite()});
    if (looked) {
      const std::string differs = difference(*looked, *found);
      if (!differs.empty()) state_.oracle.violate("read-only", "opened for reading and then for writing: " + differs);
    }
    if (state_.worst_ending == Ending::kPowerLoss) ++state_.stats.acknowledged_lost[counts.acknowledged_lost];
    if (state_.worst_ending != Ending::kClose) ++state_.stats.recoveries;
    if (counts.dropped > 0) observer_.mark("sim.version_dropped");
    if (counts.tombstones_dropped > 0) observer_.mark("sim.tombstone_dropped");
    if (state_.last_ending == Ending::kPowerLoss && !state_.oracle.violation()) settle_lies();
    state_.worst_ending = Ending::kClose;
    answers_.stop_if_violated();
  }
  if (!machine_.dead()) check_scan(store);
}

// The store was read whole after a power loss, and is sound: earlier lies can do no further harm. (After a process kill
// they still can: the kernel may hold bytes that a sync lied about.)
void Incarnation::settle_lies() {
  state_.lies_pending = false;
  state_.lied_to = false;
}

// Scans all pairs, forward or backward.
void Incarnation::check_scan(StoreUnderTest& store) {
  Client client(store, parts());
  if (plan_.entropy_seed % 2 == 0) {
    client.perform(op::Scan{.bounds = {}, .limit = UINT64_MAX});
  } else {
    client.perform(op::ScanBack{.bounds = {}, .limit = UINT64_MAX});
  }
}

OperationContext::Parts Incarnation::parts() {
  return {.state = state_, .answers = answers_, .observer = observer_, .fs = fs_, .options = plan_.options};
}

std::vector<rt::Thread> Incarnation::start_clients(StoreUnderTest& store) {
  std::vector<rt::Thread> clients;
  for (std::size_t i = 0; i < plan_.clients.size(); ++i) {
    clients.emplace_back(fmt::format("client {}", i + 1), [this, &store, i] { client(store, i); });
  }
  return clients;
}

void Incarnation::client(StoreUnderTest& store, std::size_t number) {
  Client client(store, parts());
  for (const Operation& operation : plan_.clients[number]) {
    rt::point("client");
    if (machine_.dead()) return;
    observer_.begins(number + 1, operation);
    client.perform(operation);
    if (machine_.dead()) return;
    observer_.done();
  }
}

void Incarnation::close(StoreUnderTest& store) {
  machine_.enter(Phase::kClose);
  const Oracle::Ticket ticket = state_.oracle.begin();
  answers_.closes();
  if (answers_.succeeded("close", error_of(store.close()))) {
    state_.oracle.made_durable(ticket);
    answers_.closed();
    if (mylonite_) mylonite_->check_closed();
    answers_.stop_if_violated();
  }
  machine_.leave();
}

// Mylonite's batches have one operation a key already, and then this costs a copy.
void Incarnation::stamped(Timestamp at, const WriteBatch& batch) {
  if (machine_.dead()) return;
  state_.oracle.on_stamped(at, batch.collapsed());
  answers_.stop_if_violated();
}

}  // namespace mylonite::sim
