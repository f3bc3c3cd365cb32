#include "sim/generator.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/base/random.h"

namespace mylonite::sim {
namespace {

constexpr std::uint64_t kTicksOf2026 = 17'671'392'000'000'000ULL;
constexpr std::uint64_t kEndOfTime = 1ULL << 56;

// The letters of values, over and over.
const std::string kLetters = [] {
  std::string letters;
  for (std::size_t i = 0; i < std::size_t{26} * 40; ++i) letters += static_cast<char>('a' + i * 7 % 26);
  return letters;
}();

// What a seed plays with; drawn once.
struct Swarm {
  std::uint64_t clients = 1;
  std::uint64_t keys = 10;
  std::uint64_t key_style = 0;
  std::uint64_t value_bytes_max = 40;
  std::array<std::uint64_t, kOpKinds> weights{};
  std::uint64_t weight_sum = 0;
  std::uint64_t sync_chance = 50;  // of 100, per incarnation
  std::uint64_t memtable_scale = 0;
  bool harsh = false;
};

std::uint64_t pick(Random& random, std::initializer_list<std::uint64_t> from) {
  return *(from.begin() + random.below(from.size()));
}

Swarm draw_swarm(Random random, const GeneratorOptions& options) {
  Swarm swarm;
  swarm.harsh = options.profile == "harsh";
  swarm.clients = options.profile == "smoke" ? 1 : random.between(1, 4);
  swarm.keys = pick(random, {3, 8, 20, 60, 200});
  swarm.key_style = random.below(4);
  swarm.value_bytes_max = pick(random, {8, 40, 40, 200, 1500});
  swarm.sync_chance = pick(random, {0, 50, 50, 100});
  swarm.memtable_scale = swarm.harsh ? 0 : random.below(4);
  auto weight = [&](OpKind kind, std::uint64_t value, std::uint64_t on_chance) {
    const bool on = random.chance(on_chance, 100);
    swarm.weights[static_cast<std::size_t>(kind)] = on ? value : 0;
  };
  weight(OpKind::kPut, 40, 100);
  weight(OpKind::kRemove, 10, 80);
  weight(OpKind::kBatch, 12, 70);
  weight(OpKind::kGet, 25, 90);
  weight(OpKind::kGetAsOf, 5, 60);
  weight(OpKind::kScan, 4, 70);
  weight(OpKind::kScanBack, 4, 60);
  weight(OpKind::kSync, 3, 50);
  weight(OpKind::kFlush, 2, 40);
  weight(OpKind::kSleep, 2, 30);
  weight(OpKind::kClockJump, 2, 30);
  weight(OpKind::kClockFreeze, 1, 20);
  swarm.weights[static_cast<std::size_t>(OpKind::kClockRun)] =
      swarm.weights[static_cast<std::size_t>(OpKind::kClockFreeze)];
  for (std::uint64_t each : swarm.weights) swarm.weight_sum += each;
  return swarm;
}

class OperationMaker {
 public:
  OperationMaker(const Swarm& swarm, Random random) : swarm_(swarm), random_(random) {}

  Operation next() {
    std::uint64_t draw = random_.below(swarm_.weight_sum);
    std::size_t kind = 0;
    while (draw >= swarm_.weights[kind]) draw -= swarm_.weights[kind++];
    Operation op{.kind = static_cast<OpKind>(kind)};
    switch (op.kind) {
      case OpKind::kPut:
        op.key = key();
        op.text = value();
        break;
      case OpKind::kRemove:
      case OpKind::kGet: op.key = key(); break;
      case OpKind::kGetAsOf:
        op.key = key();
        op.number = random_.next();
        break;
      case OpKind::kBatch: fill_batch(op); break;
      case OpKind::kScan:
      case OpKind::kScanBack: fill_scan(op); break;
      case OpKind::kSleep: op.number = random_.between(1, 2'000'000); break;
      case OpKind::kClockJump: op.number = jump(); break;
      case OpKind::kSync:
      case OpKind::kFlush:
      case OpKind::kClockFreeze:
      case OpKind::kClockRun: break;
    }
    return op;
  }

 private:
  std::string key() {
    const std::uint64_t id = random_.below(swarm_.keys);
    switch (swarm_.key_style) {
      case 0: return fmt::format("k{}", id);
      case 1: return fmt::format("user/{:012}/profile", id * 7919);
      case 2: {  // any bytes, the empty key among them
        std::string bytes;
        for (std::uint64_t rest = id; rest > 0; rest /= 3) bytes += "\x00\xff\x61"[rest % 3];
        return bytes;
      }
      default: return std::string(static_cast<std::size_t>(id % 5) * 30, 'p') + fmt::format("{}", id);
    }
  }

  // Unique, so that a read tells which write it saw.
  std::string value() {
    std::string text = fmt::format("v{}", ++values_);
    const std::uint64_t length = random_.below(swarm_.value_bytes_max + 1);
    std::size_t from = (text.size() + values_ * 15) % 26;  // each letter is the seventh after the one before
    while (text.size() < length) {
      text.append(kLetters, from, static_cast<std::size_t>(length) - text.size());
      from = 0;
    }
    return text;
  }

  void fill_batch(Operation& op) {
    const std::uint64_t count = random_.chance(1, 20) ? 0 : random_.between(1, 6);
    for (std::uint64_t i = 0; i < count; ++i) {
      BatchItem item{.key = key(), .value = std::nullopt};
      if (random_.chance(3, 4)) item.value = value();
      op.batch.push_back(std::move(item));
    }
  }

  void fill_scan(Operation& op) {
    op.key = key();
    op.text = key();
    if (random_.chance(1, 3)) op.text.clear();
    if (!op.text.empty() && op.text < op.key) std::swap(op.key, op.text);
    if (random_.chance(1, 4)) op.key.clear();
    op.number = random_.between(1, 30);
  }

  std::uint64_t jump() {
    const std::uint64_t size = pick(random_, {1000, 10'000'000, 60'000'000, 36'000'000'000});
    const std::uint64_t ticks = random_.between(1, size);
    return random_.chance(1, 2) ? ticks : 0 - ticks;
  }

  const Swarm& swarm_;
  Random random_;
  std::uint64_t values_ = 0;
};

Options draw_options(const Swarm& swarm, Random random) {
  Options options;
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
  constexpr const char* kPolicies[] = {"one_lvl", "full", "tier", "random_legal", "none"};
  const std::uint64_t policy = random.below(9);
  options.compaction_policy = kPolicies[policy / 2];
  options.runs_per_level_max = random.between(2, 4);
  options.max_levels = random.between(1, 4);
  options.bloom_false_positive_rate = random.chance(1, 2) ? 0.01 : 0.2;
  options.compaction_threads = random.between(1, 3);
  options.compaction_threshold_bytes = random.between(4096, 16384);
  options.level_size_ratio = random.between(2, 10);
  options.level0_compact_runs = random.between(1, 4);
  options.compaction_history_max = random.below(4);
  options.history_retention_seconds = 3'200'000'000;  // the oracle compares whole histories
  return options;
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

// How many operations each incarnation with a working phase gets: uneven, all of them together `total`.
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
  const Swarm swarm = draw_swarm(root.split("swarm"), options);
  Random world = root.split("world");
  Scenario scenario;
  scenario.seed = seed;
  scenario.profile = options.profile;
  const std::uint64_t order = world.below(3);
  scenario.names = options.names.value_or(static_cast<faultfs::NameOrder>(order));
  const bool liar_drawn = world.chance(1, 10);
  if (options.liar.value_or(liar_drawn)) scenario.lie_one_in = pick(world, {2, 5, 20});
  scenario.sync_ns = pick(world, {0, 20'000, 200'000});
  scenario.wall_start_ticks = kTicksOf2026;
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
    Incarnation& life = scenario.incarnations.emplace_back();
    if (i == options.crashes) {
      works.push_back(true);
      continue;
    }
    life.ending = shape.chance(1, 4) ? Ending::kKill : Ending::kPowerLoss;
    life.crash = draw_crash(options.operations / (options.crashes + 1), shape.split(i));
    works.push_back(life.crash.phase != Phase::kOpen);
  }

  const std::vector<std::uint64_t> shares = share_out(options.operations, works, root.split("shares"));
  OperationMaker maker(swarm, root.split("operations"));
  Random clients = root.split("clients");
  for (std::size_t i = 0; i < scenario.incarnations.size(); ++i) {
    Incarnation& life = scenario.incarnations[i];
    const Random own = root.split("life").split(i);
    life.options = draw_options(swarm, own.split("options"));
    life.schedule = draw_schedule(options, own.split("schedule"));
    Random rest = own.split("rest");
    if (life.ending != Ending::kClose && own.split("death").below(2) == 1) life.death = Death::kDrop;
    life.foreign_file = rest.chance(1, 15);
    if (rest.chance(1, 6)) life.close_after_ns = rest.between(1, 200'000);
    life.image_seed = rest.next();
    life.entropy_seed = rest.next();
    life.clients.resize(swarm.clients);
    for (std::uint64_t n = 0; n < shares[i]; ++n) life.clients[clients.below(swarm.clients)].push_back(maker.next());
  }
  return scenario;
}

}  // namespace mylonite::sim
