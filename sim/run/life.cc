#include "sim/run/life.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/base/bytes.h"
#include "core/format/file_names.h"
#include "core/version/manifest.h"
#include "sim/machine/sanitizer.h"
#include "sim/run/client.h"

namespace mylonite::sim {
namespace {

std::unique_ptr<Strategy> make_strategy(const Incarnation& life) {
  if (life.recorded) return std::make_unique<Replay>(life.recorded->schedule);
  const SchedulePlan& plan = life.schedule;
  const Random random(plan.seed);
  switch (plan.kind) {
    case StrategyKind::kDefault: return std::make_unique<DefaultSchedule>();
    case StrategyKind::kSticky: return std::make_unique<Sticky>(random, plan.parameter);
    case StrategyKind::kUniform: return std::make_unique<Sticky>(random, 1);
    case StrategyKind::kRoundRobin: return std::make_unique<RoundRobin>(plan.parameter);
    case StrategyKind::kPct: {
      std::uint64_t operations = 0;
      for (const auto& client : life.clients) operations += client.size();
      return std::make_unique<Pct>(random, static_cast<int>(plan.parameter), 20 * operations + 200);
    }
  }
  return nullptr;
}

std::unique_ptr<Strategy> add_spurious(const Incarnation& life, Strategy& rest) {
  if (life.recorded || life.schedule.spurious_one_in == 0) return nullptr;
  return std::make_unique<SpuriousWakes>(rest, Random(life.schedule.seed).split("spurious"),
                                         life.schedule.spurious_one_in);
}

}  // namespace

Life::Life(Universe& universe, const Scenario& scenario, std::size_t index)
    : universe_(universe),
      scenario_(scenario),
      life_(scenario.incarnations[index]),
      strategy_(make_strategy(life_)),
      spurious_(add_spurious(life_, *strategy_)),
      scheduler_(universe.world, spurious_ ? *spurious_ : *strategy_,
                 {.step_limit = 20'000'000, .entropy_seed = life_.entropy_seed}),
      machine_({.scenario = scenario,
                .life = life_,
                .stats = universe.stats,
                .narrator = universe.narrator,
                .interrupt = universe.interrupt},
               scheduler_, universe.world.trace),
      fs_(universe.disk, &machine_),
      court_(universe, machine_, scheduler_) {}

Life::~Life() = default;

RunOutcome Life::run() {
  const RunOutcome outcome = scheduler_.run([this] { main(); });
  universe_.stats.steps += scheduler_.step();
  for (const auto& [name, count] : scheduler_.marks()) universe_.stats.marks[std::string(name)] += count;
  return outcome;
}

bool Life::followed_schedule() const {
  const auto* replay = dynamic_cast<const Replay*>(strategy_.get());
  return replay == nullptr || (replay->unmet().empty() && !machine_.unmet_plan());
}

void Life::main() {
  court_.saw_clock();
  universe_.oracle.start_incarnation(life_.options);
  check_copies();
  const std::optional<Contents> looked = look_only();
  if (machine_.dead()) return;
  machine_.enter(Phase::kOpen);
  auto store = Store::open(fs_, life_.options, this);
  machine_.leave();
  if (!store.ok()) {
    static_cast<void>(court_.went_well("open", &store.error()));
    return;
  }
  if (!machine_.dead()) judge_recovery(**store, looked);
  if (machine_.dead()) {
    close(**store);
    return;
  }
  machine_.enter(Phase::kWork);
  std::vector<rt::Thread> clients = start_clients(**store);
  if (life_.close_after_ns > 0) {
    rt::sleep_until(rt::monotonic_ns() + life_.close_after_ns);
  } else {
    clients.clear();  // joins them
  }
  machine_.leave();
  close(**store);
}

bool Life::went_well(const char* call, const Status& status) {
  return court_.went_well(call, status.ok() ? nullptr : &status.error());
}

std::optional<Contents> Life::look(Store& store, Showing showing, const char* call) {
  auto contents = read_all(store, showing);
  if (!court_.went_well(call, contents.ok() ? nullptr : &contents.error())) return std::nullopt;
  return std::move(*contents);
}

// Opens an existing store for reading, if the scenario says so, and leaves everything as it was.
std::optional<Contents> Life::look_only() {
  if (!life_.read_only_first || !universe_.disk.find(life_.options.data_dir + "/" + std::string(kCurrentName))) {
    return std::nullopt;
  }
  const std::uint64_t before = universe_.disk.hash();
  std::optional<Contents> contents;
  {
    auto store = Store::open_read_only(fs_, life_.options, nullptr);
    if (!court_.went_well("read-only open", store.ok() ? nullptr : &store.error())) return std::nullopt;
    contents = look(**store, Showing::kPairs, "read-only reads");
    if (!went_well("read-only close", (*store)->close())) return std::nullopt;
  }
  const SimulatorCode scope;
  court_.see(Sight::kReadOnlyOpen);
  if (universe_.disk.hash() != before) {
    universe_.oracle.violate("read-only", "the disk is not what it was before the store was opened for reading");
    court_.end_if_violated();
  }
  return contents;
}

// The checkpoints that the last life kept show what they showed then; nobody needs them any more.
void Life::check_copies() {
  for (const KeptCopy& copy : universe_.copies) {
    if (machine_.dead()) return;
    Options options = life_.options;
    options.data_dir = copy.directory;
    const auto store = Store::open_read_only(fs_, options, nullptr);
    if (!court_.went_well("open of a checkpoint that was kept", store.ok() ? nullptr : &store.error())) return;
    const std::optional<Contents> found = look(**store, Showing::kPairs, "reads of a checkpoint that was kept");
    if (!found) return;
    const SimulatorCode scope;
    court_.see(Sight::kCheckpointKept);
    if (found->pairs != copy.pairs) {
      universe_.oracle.violate(
          "checkpoint", fmt::format("{} showed {} pairs when it was made, and shows {} now that are not the same",
                                    copy.directory, copy.pairs.size(), found->pairs.size()));
      court_.end_if_violated();
    }
  }
  const SimulatorCode scope;
  faultfs::SimFileSystem plain(universe_.disk);
  for (const KeptCopy& copy : universe_.copies) remove_all(plain, copy.directory);
  universe_.copies.clear();
}

void Life::judge_recovery(Store& store, const std::optional<Contents>& looked) {
  const std::optional<Contents> found = look(store, looked ? Showing::kPairs : Showing::kNoPairs, "reads after open");
  if (!found) return;
  {
    const SimulatorCode scope;
    court_.saw_clock();
    const Oracle::Counts counts = universe_.oracle.check_recovered(
        found->holdings, {.ending = universe_.worst_ending, .first_visible = found->read_at, .floor = found->floor});
    if (looked) {
      const std::string differs = difference(*looked, *found);
      if (!differs.empty())
        universe_.oracle.violate("read-only", "opened for reading and then for writing: " + differs);
    }
    if (universe_.worst_ending == Ending::kPowerLoss) ++universe_.stats.acknowledged_lost[counts.acknowledged_lost];
    if (universe_.worst_ending != Ending::kClose) ++universe_.stats.recoveries;
    if (counts.dropped > 0) court_.see(Sight::kVersionDropped);
    if (counts.tombstones_dropped > 0) court_.see(Sight::kTombstoneDropped);
    if (universe_.last_ending == Ending::kPowerLoss && !universe_.oracle.violation()) settle_lies();
    universe_.worst_ending = Ending::kClose;
    court_.end_if_violated();
  }
  if (!machine_.dead()) check_scan(store);
}

// Everything was read right after a power loss and is sound: what lies may have cost has been paid. (After a mere kill,
// what was lied about may still hang on the kernel.)
void Life::settle_lies() {
  universe_.lies_pending = false;
  universe_.lied_to = false;
}

// Everything, in the one direction or the other.
void Life::check_scan(Store& store) {
  const OpKind kind = life_.entropy_seed % 2 == 0 ? OpKind::kScan : OpKind::kScanBack;
  Client(store, court_, fs_).perform({.kind = kind, .number = UINT64_MAX});
}

// CURRENT, LOCK, the manifest in force, the tables it lists, one log; and what is not ours. The harness reads the
// manifest itself and does not take the store's word.
void Life::check_listing() {
  if (!machine_.failed_calls().empty()) return;  // a remove may have been among them
  const std::string directory = life_.options.data_dir;
  faultfs::SimFileSystem plain(universe_.disk);
  const auto manifest = load_manifest(plain, directory);
  const auto names = plain.list(directory);
  if (!manifest.ok() || !names.ok()) {
    universe_.oracle.violate("listing", "after open the manifest or the directory cannot be read");
    return;
  }
  std::vector<std::string> expected = universe_.foreign;
  expected.emplace_back(kCurrentName);
  expected.emplace_back(kLockName);
  expected.push_back(manifest_name(manifest->number));
  expected.push_back(wal_name(manifest->version.first_log));
  for (const TableInfo* table : manifest->version.tables()) expected.push_back(table_name(table->number));
  universe_.oracle.check_listing(*names, std::move(expected));
}

std::vector<rt::Thread> Life::start_clients(Store& store) {
  std::vector<rt::Thread> clients;
  for (std::size_t i = 0; i < life_.clients.size(); ++i) {
    clients.emplace_back(fmt::format("client {}", i + 1), [this, &store, i] { client(store, i); });
  }
  return clients;
}

void Life::client(Store& store, std::size_t number) {
  Client client(store, court_, fs_);
  for (const Operation& operation : life_.clients[number]) {
    rt::point("client");
    if (machine_.dead()) return;
    if (universe_.narrator != nullptr) {
      const SimulatorCode scope;
      court_.begins(number + 1, tell(operation));
    }
    client.perform(operation);
    if (machine_.dead()) return;
    const SimulatorCode scope;
    ++universe_.stats.operations;
  }
}

void Life::close(Store& store) {
  machine_.enter(Phase::kClose);
  const Oracle::Ticket ticket = universe_.oracle.begin();
  court_.closes();
  if (went_well("close", store.close())) universe_.oracle.made_durable(ticket);
  machine_.leave();
}

void Life::on_stamped(Timestamp at, const WriteBatch& batch) {
  if (machine_.dead()) return;
  const SimulatorCode scope;
  universe_.oracle.on_stamped(at, batch);
  court_.end_if_violated();
}

void Life::on_ingest_stamped(Timestamp at, const IngestSource& source) {
  on_stamped(at, static_cast<const BatchSource&>(source).batch());
}

void Life::on_ingest_given_up(Timestamp at) {
  if (machine_.dead()) return;
  const SimulatorCode scope;
  universe_.oracle.on_ingest_given_up(at);
  court_.end_if_violated();
}

void Life::on_group_commit(std::size_t batches, std::uint64_t) {
  if (machine_.dead()) return;
  const SimulatorCode scope;
  ++universe_.stats.group_sizes[batches];
  if (life_.clients.size() == 4) ++universe_.stats.group_sizes_of_4[batches];
}

// Unless a file call failed, or a lie came to light, a merge that fails is the engine's fault.
void Life::on_compaction_paused(const Error& why) { static_cast<void>(court_.went_well("compaction", &why)); }

void Life::on_recovery(const RecoveryReport& report) {
  const SimulatorCode scope;
  if (!machine_.dead()) check_listing();
  court_.end_if_violated();
  if (universe_.narrator == nullptr) return;
  universe_.narrator->machine(
      fmt::format("opened: {} logs, {} records, {} bytes of torn tail dropped, {} tables written, {} files removed",
                  report.logs, report.records, report.log_bytes_dropped, report.tables_written, report.files_removed));
}

void Life::on_flush(const FlushReport&) { court_.flushed(); }
void Life::on_compaction(const JobRecord& report) {
  const SimulatorCode scope;
  court_.merged();
  const auto count = universe_.stats.jobs.find(report.policy);
  if (count != universe_.stats.jobs.end()) {
    ++count->second;
  } else {
    universe_.stats.jobs.emplace(std::string(report.policy), 1);
  }
}

}  // namespace mylonite::sim
