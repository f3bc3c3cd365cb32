#include "sim/run/incarnation.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/base/bytes.h"
#include "core/format/file_names.h"
#include "core/version/manifest.h"
#include "sim/machine/sanitizer.h"
#include "sim/run/client.h"

namespace mylonite::sim {
namespace {

std::unique_ptr<Strategy> make_strategy(const IncarnationPlan& plan) {
  if (plan.recorded) return std::make_unique<Replay>(plan.recorded->schedule);
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

std::unique_ptr<Strategy> add_spurious(const IncarnationPlan& plan, Strategy& rest) {
  if (plan.recorded || plan.schedule.spurious_one_in == 0) return nullptr;
  return std::make_unique<SpuriousWakes>(rest, Random(plan.schedule.seed).split("spurious"),
                                         plan.schedule.spurious_one_in);
}

}  // namespace

Incarnation::Incarnation(RunState& state, const Scenario& scenario, std::size_t index)
    : state_(state),
      scenario_(scenario),
      plan_(scenario.incarnations[index]),
      strategy_(make_strategy(plan_)),
      spurious_(add_spurious(plan_, *strategy_)),
      scheduler_(state.world, spurious_ ? *spurious_ : *strategy_,
                 {.step_limit = 20'000'000, .entropy_seed = plan_.entropy_seed}),
      machine_({.scenario = scenario,
                .plan = plan_,
                .stats = state.stats,
                .transcript = state.transcript,
                .interrupt = state.interrupt},
               scheduler_, state.world.trace),
      fs_(state.disk, &machine_),
      answers_(state, machine_),
      observer_(state, scheduler_) {}

Incarnation::~Incarnation() = default;

RunOutcome Incarnation::run() {
  const RunOutcome outcome = scheduler_.run([this] { main(); });
  state_.stats.steps += scheduler_.step();
  for (const auto& [name, count] : scheduler_.marks()) state_.stats.coverage.mark(name, count);
  return outcome;
}

bool Incarnation::followed_schedule() const {
  const auto* replay = dynamic_cast<const Replay*>(strategy_.get());
  return replay == nullptr || (replay->unmet().empty() && !machine_.missed_decisions());
}

void Incarnation::main() {
  state_.directories = 0;
  state_.saw_clock();
  state_.oracle.start_incarnation(plan_.options);
  check_copies();
  check_recorded_policy();
  check_refusal();
  const std::optional<StoreDump> looked = look_only();
  if (machine_.dead()) return;
  StoreComponents components(this);
  components.compaction_policies = state_.policies;
  machine_.enter(Phase::kOpen);
  auto store = Store::open(fs_, plan_.options, components);
  machine_.leave();
  if (!store.ok()) {
    static_cast<void>(answers_.succeeded("open", &store.error()));
    return;
  }
  if (!machine_.dead()) check_recovery(**store, looked);
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
  close(**store);
}

std::optional<StoreDump> Incarnation::look(Store& store, Showing showing, const char* call) {
  auto contents = dump(store, showing);
  if (!answers_.succeeded(call, error_of(contents))) return std::nullopt;
  return std::move(*contents);
}

// Opens an existing store for reading, if the scenario says so, and checks that this changes nothing.
std::optional<StoreDump> Incarnation::look_only() {
  if (!plan_.read_only_first || !state_.disk.find(plan_.options.data_dir + "/" + std::string(kCurrentName))) {
    return std::nullopt;
  }
  const std::uint64_t before = state_.disk.hash();
  std::optional<StoreDump> contents;
  {
    auto store = Store::open_read_only(fs_, plan_.options, nullptr);
    if (!answers_.succeeded("read-only open", error_of(store))) return std::nullopt;
    contents = look(**store, Showing::kPairs, "read-only reads");
    if (!answers_.succeeded("read-only close", error_of((*store)->close()))) return std::nullopt;
  }
  const SimulatorCode scope;
  observer_.mark("sim.read_only_open");
  if (state_.disk.hash() != before) {
    state_.oracle.violate("read-only", "opening the store for reading changed the disk");
    answers_.stop_if_violated();
  }
  return contents;
}

// Checks that kept checkpoints of the incarnation before show the same content as then, and removes them.
void Incarnation::check_copies() {
  for (const KeptCopy& copy : state_.copies) {
    if (machine_.dead()) return;
    Options options = plan_.options;
    options.data_dir = copy.directory;
    const auto store = Store::open_read_only(fs_, options, nullptr);
    if (!answers_.succeeded("open of a checkpoint that was kept", error_of(store))) return;
    const std::optional<StoreDump> found = look(**store, Showing::kPairs, "reads of a checkpoint that was kept");
    if (!found) return;
    const SimulatorCode scope;
    observer_.mark("sim.checkpoint_kept");
    if (found->pairs != copy.pairs) {
      state_.oracle.violate("checkpoint",
                            fmt::format("{} showed {} pairs when it was made, and now shows {}, which differ",
                                        copy.directory, copy.pairs.size(), found->pairs.size()));
      answers_.stop_if_violated();
    }
  }
  const SimulatorCode scope;
  faultfs::SimFileSystem plain(state_.disk);
  for (const KeptCopy& copy : state_.copies) remove_all(plain, copy.directory);
  state_.copies.clear();
}

// Opens an existing store with error_if_exists, if the scenario says so: it is refused and not touched.
void Incarnation::check_refusal() {
  if (!plan_.refused_first || machine_.dead() ||
      !state_.disk.find(plan_.options.data_dir + "/" + std::string(kCurrentName))) {
    return;
  }
  const std::uint64_t before = state_.disk.hash();
  Options options = plan_.options;
  options.error_if_exists = true;
  const auto opened = Store::open(fs_, options);
  const SimulatorCode scope;
  observer_.mark("sim.open_refused");
  if (opened.ok() || opened.error().code() != Code::kAlreadyExists) {
    state_.oracle.violate("open", "error_if_exists: an open of a store that exists is not kAlreadyExists");
  }
  if (state_.disk.hash() != before) state_.oracle.violate("open", "a refused open changed the disk");
  answers_.stop_if_violated();
}

// Reads the manifest that the store left, and checks the policy that it names. The harness does not rely on the store.
void Incarnation::check_recorded_policy() {
  const SimulatorCode scope;
  if (state_.disk_is_honest() && !machine_.dead()) {
    faultfs::SimFileSystem plain(state_.disk);
    const auto manifest = load_manifest(plain, plan_.options.data_dir);  // the open judges one that is not sound
    if (manifest.ok()) {
      const auto& recorded = manifest->version.policy;
      const std::string why = state_.recorded_policy.refuses(recorded ? recorded->policy : "");
      if (!why.empty()) state_.oracle.violate("policy", why);
    }
  }
  state_.recorded_policy.opens(plan_.options.compaction_policy);
  answers_.stop_if_violated();
}

void Incarnation::check_recovery(Store& store, const std::optional<StoreDump>& looked) {
  const std::optional<StoreDump> found = look(store, looked ? Showing::kPairs : Showing::kNoPairs, "reads after open");
  if (!found) return;
  {
    const SimulatorCode scope;
    state_.saw_clock();
    const Oracle::Counts counts = state_.oracle.check_recovered(
        found->versions, {.ending = state_.worst_ending, .first_visible = found->read_at, .floor = found->floor});
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
void Incarnation::check_scan(Store& store) {
  Client client(store, {.state = state_, .answers = answers_, .observer = observer_, .fs = fs_});
  if (plan_.entropy_seed % 2 == 0) {
    client.perform(op::Scan{.bounds = {}, .limit = UINT64_MAX});
  } else {
    client.perform(op::ScanBack{.bounds = {}, .limit = UINT64_MAX});
  }
}

// Expects CURRENT, LOCK, the manifest in force, the tables it lists, one log, and foreign files. The harness reads the
// manifest itself, and does not rely on the store.
void Incarnation::check_listing() {
  if (machine_.failures() > 0) return;  // a remove may have failed
  const std::string directory = plan_.options.data_dir;
  faultfs::SimFileSystem plain(state_.disk);
  const auto manifest = load_manifest(plain, directory);
  const auto names = plain.list(directory);
  if (!manifest.ok() || !names.ok()) {
    state_.oracle.violate("listing", "after open the manifest or the directory cannot be read");
    return;
  }
  std::vector<std::string> expected = state_.foreign;
  expected.emplace_back(kCurrentName);
  expected.emplace_back(kLockName);
  expected.push_back(manifest_name(manifest->number));
  expected.push_back(wal_name(manifest->version.first_log));
  for (const TableInfo* table : manifest->version.tables()) expected.push_back(table_name(table->number));
  state_.oracle.check_listing(*names, std::move(expected));
}

std::vector<rt::Thread> Incarnation::start_clients(Store& store) {
  std::vector<rt::Thread> clients;
  for (std::size_t i = 0; i < plan_.clients.size(); ++i) {
    clients.emplace_back(fmt::format("client {}", i + 1), [this, &store, i] { client(store, i); });
  }
  return clients;
}

void Incarnation::client(Store& store, std::size_t number) {
  Client client(store, {.state = state_, .answers = answers_, .observer = observer_, .fs = fs_});
  for (const Operation& operation : plan_.clients[number]) {
    rt::point("client");
    if (machine_.dead()) return;
    observer_.begins(number + 1, operation);
    client.perform(operation);
    if (machine_.dead()) return;
    observer_.done();
  }
}

void Incarnation::close(Store& store) {
  machine_.enter(Phase::kClose);
  const Oracle::Ticket ticket = state_.oracle.begin();
  answers_.closes();
  if (answers_.succeeded("close", error_of(store.close()))) state_.oracle.made_durable(ticket);
  machine_.leave();
}

void Incarnation::on_stamped(Timestamp at, const WriteBatch& batch) {
  if (machine_.dead()) return;
  state_.oracle.on_stamped(at, batch);
  answers_.stop_if_violated();
}

void Incarnation::on_ingest_stamped(Timestamp at, const IngestSource& source) {
  on_stamped(at, static_cast<const BatchSource&>(source).batch());
}

void Incarnation::on_ingest_given_up(Timestamp at) {
  if (machine_.dead()) return;
  state_.oracle.on_ingest_given_up(at);
  answers_.stop_if_violated();
}

void Incarnation::on_group_commit(std::size_t batches, std::uint64_t) {
  if (!machine_.dead()) observer_.committed(batches, plan_.clients.size());
}

// A merge may fail only if a file call failed, or a lie showed.
void Incarnation::on_compaction_paused(const Error& why) { static_cast<void>(answers_.succeeded("compaction", &why)); }

void Incarnation::on_policy_changed(std::string_view from, std::string_view to) {
  if (machine_.dead()) return;
  if (!state_.recorded_policy.in_force(from)) {
    state_.oracle.violate("policy", fmt::format("the policy changed from '{}', which was not in force", from));
  }
  state_.recorded_policy.changed(from, to);
  answers_.stop_if_violated();
}

void Incarnation::on_recovery(const RecoveryReport& report) {
  {
    const SimulatorCode scope;
    if (!machine_.dead()) check_listing();
  }
  answers_.stop_if_violated();
  observer_.opened(report);
}

void Incarnation::on_flush(const FlushReport&) { observer_.flushed(); }
void Incarnation::on_compaction(const JobRecord& report) { observer_.merged(report.policy); }

}  // namespace mylonite::sim
