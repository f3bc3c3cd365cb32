#include "sim/life.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/base/bytes.h"
#include "core/format/file_names.h"
#include "core/version/manifest.h"
#include "sim/sanitizer.h"

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
      fs_(universe.disk, &machine_) {}

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
  universe_.oracle.start_incarnation(life_.options.wal_flush_every_write);
  machine_.enter(Phase::kOpen);
  auto store = Store::open(fs_, life_.options, this);
  machine_.leave();
  if (!store.ok()) {
    static_cast<void>(went_well("open", &store.error()));
    return;
  }
  if (!machine_.dead()) judge_recovery(**store);
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

bool Life::went_well(const char* call, const Error* error) {
  if (machine_.dead()) return false;
  if (error == nullptr) return true;
  const SimulatorCode scope;
  if (closing_ && error->code() == Code::kClosed) return false;
  // C10: on a disk that lied, loudness is right, silence would not be.
  if (universe_.lied_to && (error->code() == Code::kCorruption || error->code() == Code::kReadOnly)) {
    ++universe_.stats.loud;
    loud_ = true;
    machine_.die(fmt::format("the store says what the lying disk did: {}", error->to_string()));
    return false;
  }
  universe_.oracle.violate(std::string_view(call) == "open" ? "open" : "unexpected-error",
                           fmt::format("{}: {}", call, error->to_string()));
  end_if_violated();
  return false;
}

void Life::end_if_violated() {
  if (universe_.oracle.violation()) machine_.die("violation: " + universe_.oracle.violation()->rule);
}

bool Life::collect_survivors(Session& session, std::vector<Survivor>& survivors) {
  auto versions = session.versions();
  if (!versions.ok()) return went_well("versions", &versions.error());
  for ((*versions)->seek_to_first(); (*versions)->valid(); (*versions)->next()) {
    const ParsedKey key = parse_internal_key((*versions)->key());
    Survivor& survivor =
        survivors.emplace_back(Survivor{.key = std::string(key.user_key), .at = key.at, .value = std::nullopt});
    if (key.kind == Kind::kPut) survivor.value = std::string((*versions)->value());
  }
  const Status status = (*versions)->status();
  return went_well("versions", status.ok() ? nullptr : &status.error());
}

void Life::judge_recovery(Store& store) {
  Session session = store.session();
  std::vector<Survivor> survivors;
  if (!collect_survivors(session, survivors)) return;
  {
    const SimulatorCode scope;
    const std::uint64_t lost = universe_.oracle.check_recovered(
        survivors, {.ending = universe_.worst_ending, .first_visible = session.read_at()});
    if (universe_.worst_ending == Ending::kPowerLoss) ++universe_.stats.acknowledged_lost[lost];
    if (universe_.worst_ending != Ending::kClose) ++universe_.stats.recoveries;
    if (universe_.last_ending == Ending::kPowerLoss && !universe_.oracle.violation()) settle_lies();
    universe_.worst_ending = Ending::kClose;
    end_if_violated();
  }
  if (!machine_.dead()) check_scans(session);
}

// Everything was read right after a power loss and is sound: what lies may have cost has been paid. (After a mere kill,
// what was lied about may still hang on the kernel.)
void Life::settle_lies() {
  universe_.lies_pending = false;
  universe_.lied_to = false;
}

void Life::check_scans(Session& session) {
  for (const bool backward : {false, true}) {
    Operation everything{.kind = backward ? OpKind::kScanBack : OpKind::kScan, .number = UINT64_MAX};
    if (!machine_.dead()) perform_scan(session, everything);
  }
}

// CURRENT, LOCK, the manifest in force, the tables it lists, one log; and what is not ours. The harness reads the
// manifest itself and does not take the store's word.
void Life::check_listing() {
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

void Life::close(Store& store) {
  machine_.enter(Phase::kClose);
  const Oracle::Ticket ticket = universe_.oracle.begin();
  closing_ = true;
  const Status closed = store.close();
  if (went_well("close", closed.ok() ? nullptr : &closed.error())) universe_.oracle.made_durable(ticket);
  machine_.leave();
}

void Life::on_stamped(Timestamp at, const WriteBatch& batch) {
  if (machine_.dead()) return;
  const SimulatorCode scope;
  universe_.oracle.on_stamped(at, batch);
  end_if_violated();
}

void Life::on_group_commit(std::size_t batches, std::uint64_t) {
  if (machine_.dead()) return;
  const SimulatorCode scope;
  ++universe_.stats.group_sizes[batches];
  if (life_.clients.size() == 4) ++universe_.stats.group_sizes_of_4[batches];
}

void Life::on_recovery(const RecoveryReport& report) {
  const SimulatorCode scope;
  if (!machine_.dead()) check_listing();
  end_if_violated();
  if (universe_.narrator == nullptr) return;
  universe_.narrator->machine(
      fmt::format("opened: {} logs, {} records, {} bytes of torn tail dropped, {} tables written, {} files removed",
                  report.logs, report.records, report.log_bytes_dropped, report.tables_written, report.files_removed));
}

}  // namespace mylonite::sim
