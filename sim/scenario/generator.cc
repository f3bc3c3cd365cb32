#include "sim/scenario/generator.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include <mylonite/random.h>

#include "core/base/invariant.h"
#include "sim/scenario/policy_draws.h"
#include "sim/scenario/workload.h"

namespace mylonite::sim {
namespace {

constexpr std::uint64_t kEndOfTime = 1ULL << 56;

// Draws how long versions and tombstones are kept.
void draw_history(Options& options, Random random) {
  options.history_retention_seconds = pick(random, {0, 0, 0, 1, 60});
  options.tombstone_retention_seconds = pick(random, {0, 0, 1, 86400});
}

// Draws the options of reads, and the pressure on writers.
void draw_reading(Options& options, Random random) {
  constexpr const char* kCompressions[] = {"none", "none", "none", "lz4", "lz4", "zstd"};  // the slowest least
  options.compression = kCompressions[random.below(std::size(kCompressions))];
  options.block_cache_bytes = pick(random, {0, 2000, 1ULL << 20});
  options.open_files_max = random.chance(1, 2) ? 500 : random.between(1, 8);
  options.level0_slowdown_runs = Options().level0_slowdown_runs;
  options.level0_stop_runs = Options().level0_stop_runs;
  if (random.chance(1, 4)) {
    options.level0_slowdown_runs = random.between(1, 3);
    options.level0_stop_runs = options.level0_slowdown_runs + random.between(1, 2);
  }
}

// Draws options that have no rule below among their values worth trying, each from a stream of its name. So an added
// option is simulated, and shifts no other draw.
void draw_from_table(Options& options, const Random& random) {
  for (const OptionRow& row : option_table()) {
    const std::vector<std::string_view> values = values_worth_trying(row);
    if (values.empty()) continue;
    const std::uint64_t draw = random.split(row.name).below(values.size());
    invariant(set_option(options, row.name, values[draw]).ok(), "a value worth trying is a value");
  }
}

Options draw_options(const GeneratorOptions& given, const Swarm& swarm, Random random) {
  Options options;
  draw_from_table(options, random);
  options.data_dir = "db";
  options.wal_flush_every_write = random.chance(swarm.sync_chance, 100);
  const std::uint64_t scale = 1ULL << (2 * swarm.memtable_scale);
  options.memtable_max_bytes = random.between(1024, 3072) * scale;
  options.wal_file_rotate_bytes = random.chance(1, 3) ? random.between(1024, 4096) : 1ULL << 20;
  options.sstable_max_bytes = random.chance(1, 2) ? random.between(1024, 8192) : 1ULL << 20;
  options.block_bytes = pick(random, {64, 256, 1024, 4096});
  options.frozen_memtables_max = random.between(1, 3);
  options.group_commit_max_bytes = pick(random, {1, 500, 1ULL << 20, 1ULL << 20});
  options.manifest_rotate_bytes = random.chance(1, 3) ? random.between(1024, 8192) : 4ULL << 20;
  options.compaction_policy = draw_policy(given.policies, random);
  options.runs_per_level_max = random.between(2, 4);
  options.max_levels = random.between(1, 4);
  options.bloom_false_positive_rate = random.chance(1, 2) ? 0.01 : 0.2;
  options.compaction_threads = random.between(1, 3);
  options.compaction_threshold_bytes = random.between(4096, 16384);
  options.level_size_ratio = random.between(2, 10);
  options.level0_compact_runs = random.between(1, 4);
  options.compaction_history_max = random.below(4);
  draw_history(options, random.split("history"));
  draw_reading(options, random.split("reading"));
  if (!swarm.expiry.policy.empty()) draw_expiring_options(options, swarm.expiry, random.split("expiry"));
  return options;
}

// Draws each row of the table by a stream of its own.
void draw_faults(Scenario& scenario, const Random& root) {
  for (std::size_t i = 0; i < kFaultDraws.size(); ++i) {
    const FaultDraw& row = kFaultDraws[i];
    if (is_lie(row.fault) && scenario.lie_one_in == 0) continue;  // the disk is honest
    Random own = root.split(row.stream());
    if (own.chance(1, row.seeds_one_in)) scenario.drawn[i] = row.one_in[own.below(row.one_in.size())];
  }
}

SchedulePlan draw_schedule(const GeneratorOptions& options, Random random) {
  SchedulePlan plan;
  plan.seed = random.next();
  if (options.profile == "smoke") return plan;
  plan.kind = static_cast<StrategyKind>(random.below(5));
  if (plan.kind == StrategyKind::kSticky) plan.parameter = pick(random, {3, 10, 40});
  if (plan.kind == StrategyKind::kRoundRobin) plan.parameter = pick(random, {1, 3, 10});
  if (plan.kind == StrategyKind::kPct) plan.parameter = random.between(2, 6);
  if (random.chance(1, 5)) plan.spurious_one_in = pick(random, {10, 100});
  return plan;
}

// Logs and manifests are where damage can be taken for a torn end.
DamagePlan draw_damage(Random random) {
  constexpr std::array<std::string_view, 6> kDamagedRoles = {"wal", "wal", "sst", "sst", "manifest", "current"};
  DamagePlan plan;
  plan.kind = static_cast<faultfs::DamageKind>(random.below(faultfs::kDamageKinds));
  plan.role = kDamagedRoles.at(random.below(kDamagedRoles.size()));
  plan.file = random.below(1000);
  plan.where = random.next();
  return plan;
}

CrashPlan draw_crash(std::uint64_t operations, Random random) {
  using faultfs::CallKind;
  constexpr CallKind kRare[] = {CallKind::kOpen,   CallKind::kRead,          CallKind::kCreate, CallKind::kRename,
                                CallKind::kRemove, CallKind::kSyncDirectory, CallKind::kSync,   CallKind::kLock};
  CrashPlan plan;
  plan.after = random.chance(1, 2);
  const std::uint64_t place = random.below(20);
  if (place < 4) {
    plan.phase = Phase::kOpen;
    plan.call = random.between(1, 30);
    return plan;
  }
  plan.phase = place < 18 ? Phase::kWork : Phase::kClose;
  if (plan.phase == Phase::kClose) {
    plan.call = random.between(1, 8);
  } else if (random.chance(1, 4)) {
    plan.only = kRare[random.below(std::size(kRare))];
    plan.call = random.between(1, 5);
  } else {
    plan.call = random.between(1, 3 * operations + 2);
  }
  return plan;
}

// The number of operations of each incarnation with a working phase: uneven, with the sum `total`.
std::vector<std::uint64_t> share_out(std::uint64_t total, const std::vector<bool>& works, Random random) {
  std::vector<std::uint64_t> weights(works.size(), 0);
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < works.size(); ++i) {
    if (works[i]) weights[i] = random.between(1, 10);
    sum += weights[i];
  }
  std::vector<std::uint64_t> shares(works.size(), 0);
  std::uint64_t given = 0;
  std::size_t last = 0;
  for (std::size_t i = 0; i < works.size(); ++i) {
    if (!works[i]) continue;
    shares[i] = total * weights[i] / sum;
    given += shares[i];
    last = i;
  }
  shares[last] += total - given;
  return shares;
}

}  // namespace

Scenario generate(std::uint64_t seed, const GeneratorOptions& options) {
  const Random root(seed);
  Swarm swarm = draw_swarm(root.split("swarm"), options.profile, options.policies);
  if (options.for_every_store) {
    keep_for_every_store(swarm);
  } else {
    draw_expiry(swarm, root.split("expiry"));
  }
  Random world = root.split("world");
  Scenario scenario;
  scenario.seed = seed;
  scenario.generator = kGeneratorVersion;
  scenario.profile = options.profile;
  const std::uint64_t order = world.below(3);
  scenario.names = options.names.value_or(static_cast<faultfs::NameOrder>(order));
  const bool liar_drawn = world.chance(1, 10);
  if (options.liar.value_or(liar_drawn)) scenario.lie_one_in = pick(world, {2, 5, 20});
  Random failures = root.split("failures");
  if (failures.chance(1, 6)) scenario.fail_one_in = pick(failures, {30, 100, 500});
  draw_faults(scenario, root);
  scenario.sync_ns = pick(world, {0, 20'000, 200'000});
  scenario.wall_start_ticks = kUsualStartTicks;
  if (world.chance(1, 30)) scenario.wall_start_ticks = 0;
  if (world.chance(1, 30)) scenario.wall_start_ticks = kEndOfTime - 1;

  Random shape = root.split("shape");
  std::vector<bool> works;
  scenario.incarnations.reserve(options.crashes + options.crashes / 8 + 4);
  for (std::uint64_t i = 0; i <= options.crashes; ++i) {
    if (shape.chance(1, 12)) {
      scenario.incarnations.emplace_back();
      works.push_back(true);
    }
    IncarnationPlan& incarnation = scenario.incarnations.emplace_back();
    if (i == options.crashes) {
      works.push_back(true);
      continue;
    }
    incarnation.ending = shape.chance(1, 4) ? Ending::kKill : Ending::kPowerLoss;
    incarnation.crash = draw_crash(options.operations / (options.crashes + 1), shape.split(i));
    works.push_back(incarnation.crash.phase != Phase::kOpen);
  }

  const std::vector<std::uint64_t> shares = share_out(options.operations, works, root.split("shares"));
  Workload workload(swarm, root.split("operations"));
  Random clients = root.split("clients");
  for (std::size_t i = 0; i < scenario.incarnations.size(); ++i) {
    IncarnationPlan& incarnation = scenario.incarnations[i];
    const Random own = root.split("life").split(i);
    incarnation.options = draw_options(options, swarm, own.split("options"));
    incarnation.schedule = draw_schedule(options, own.split("schedule"));
    Random rest = own.split("rest");
    if (incarnation.ending != Ending::kClose && own.split("death").below(2) == 1)
      incarnation.crash_mode = CrashMode::kAbandon;
    incarnation.foreign_file = rest.chance(1, 15);
    if (rest.chance(1, 6)) incarnation.close_after_ns = rest.between(1, 200'000);
    incarnation.refused_first = own.split("refused").below(20) == 0 && !options.for_every_store;
    incarnation.second_opener = own.split("second").below(16) == 0 && !options.for_every_store;
    incarnation.read_only_first = own.split("read-only").below(12) == 0 && !options.for_every_store;
    if (Random own_damage = own.split("damage"); !options.for_every_store && own_damage.chance(1, 8)) {
      incarnation.damage = draw_damage(own_damage);
    }
    incarnation.image_seed = rest.next();
    incarnation.entropy_seed = rest.next();
    incarnation.clients.resize(swarm.clients);
    for (std::uint64_t n = 0; n < shares[i]; ++n)
      incarnation.clients[clients.below(swarm.clients)].push_back(workload.next());
  }
  return scenario;
}

}  // namespace mylonite::sim
