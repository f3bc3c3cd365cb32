#include "sim/scenario/workload.h"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

namespace mylonite::sim {
namespace {

// The letters of values, over and over.
const std::string kLetters = [] {
  std::string letters;
  for (std::size_t i = 0; i < std::size_t{26} * 40; ++i) letters += static_cast<char>('a' + i * 7 % 26);
  return letters;
}();

}  // namespace

Swarm draw_swarm(Random random, std::string_view profile) {
  Swarm swarm;
  swarm.harsh = profile == "harsh";
  swarm.clients = profile == "smoke" ? 1 : random.between(1, 4);
  swarm.keys = pick(random, {3, 8, 20, 60, 200});
  swarm.key_style = random.below(4);
  swarm.value_bytes_max = pick(random, {8, 40, 40, 200, 1500});
  swarm.sync_chance = pick(random, {0, 50, 50, 100});
  swarm.memtable_scale = swarm.harsh ? 0 : random.below(4);
  swarm.large_values = random.chance(1, 6);
  swarm.large_batches = random.chance(1, 6);
  swarm.long_sleeps = random.chance(1, 3);
  auto weight = [&](OpKind kind, std::uint64_t value, std::uint64_t on_chance) {
    const bool on = random.chance(on_chance, 100);
    swarm.weights[static_cast<std::size_t>(kind)] = on ? value : 0;
    return on;
  };
  auto follow = [&](OpKind kind, std::uint64_t value) { swarm.weights[static_cast<std::size_t>(kind)] = value; };
  weight(OpKind::kPut, 40, 100);
  weight(OpKind::kRemove, 10, 80);
  weight(OpKind::kBatch, 12, 70);
  weight(OpKind::kRemoveRange, 2, 50);
  swarm.range_batches = random.chance(1, 3);
  weight(OpKind::kIngest, 1, 25);
  weight(OpKind::kGet, 25, 90);
  weight(OpKind::kGetAsOf, 5, 60);
  weight(OpKind::kScan, 4, 70);
  weight(OpKind::kScanBack, 4, 60);
  weight(OpKind::kScanAsOf, 3, 50);
  weight(OpKind::kWalk, 4, 60);
  if (weight(OpKind::kOpenCursor, 2, 50)) {
    follow(OpKind::kUseCursor, 5);
    follow(OpKind::kCloseCursor, 1);
  }
  if (weight(OpKind::kTakeSnapshot, 2, 50)) follow(OpKind::kReleaseSnapshot, 1);
  weight(OpKind::kSync, 3, 50);
  weight(OpKind::kFlush, 2, 40);
  weight(OpKind::kCompactLevel, 1, 20);
  weight(OpKind::kCompactRange, 1, 20);
  weight(OpKind::kCheckpoint, 1, 15);
  weight(OpKind::kSleep, 2, 30);
  weight(OpKind::kClockJump, 2, 30);
  if (weight(OpKind::kClockFreeze, 1, 20)) follow(OpKind::kClockRun, 1);
  for (std::uint64_t each : swarm.weights) swarm.weight_sum += each;
  return swarm;
}

Operation Workload::next() {
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
    case OpKind::kRemoveRange:
    case OpKind::kCompactRange: fill_range(op); break;
    case OpKind::kIngest: fill_ingest(op); break;
    case OpKind::kCompactLevel: op.number = random_.below(4); break;
    case OpKind::kCheckpoint: op.number = random_.below(2); break;
    case OpKind::kScan:
    case OpKind::kScanBack:
      fill_scan(op);
      op.number = random_.between(1, 30);
      break;
    case OpKind::kScanAsOf:
      fill_scan(op);
      op.number = random_.next();
      break;
    case OpKind::kWalk:
    case OpKind::kOpenCursor:
      fill_scan(op);
      fill_steps(op);
      break;
    case OpKind::kUseCursor: fill_steps(op); break;
    case OpKind::kCloseCursor:
    case OpKind::kTakeSnapshot:
    case OpKind::kReleaseSnapshot: op.number = random_.below(2); break;
    case OpKind::kSleep: op.number = sleep_ns(); break;
    case OpKind::kClockJump: op.number = jump(); break;
    case OpKind::kSync:
    case OpKind::kFlush:
    case OpKind::kClockFreeze:
    case OpKind::kClockRun: break;
  }
  return op;
}

std::string Workload::key() {
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
std::string Workload::value() {
  std::string text = fmt::format("v{}", ++values_);
  std::uint64_t length = random_.below(swarm_.value_bytes_max + 1);
  if (swarm_.large_values && random_.chance(1, 25)) length = random_.between(2000, 9000);
  std::size_t from = (text.size() + values_ * 15) % 26;  // each letter is the seventh after the one before
  while (text.size() < length) {
    text.append(kLetters, from, static_cast<std::size_t>(length) - text.size());
    from = 0;
  }
  return text;
}

void Workload::fill_batch(Operation& op) {
  std::uint64_t count = random_.chance(1, 20) ? 0 : random_.between(1, 6);
  if (swarm_.large_batches && random_.chance(1, 15)) count = random_.between(50, 120);
  for (std::uint64_t i = 0; i < count; ++i) {
    BatchItem item{.key = key(), .value = std::nullopt};
    if (random_.chance(3, 4)) item.value = value();
    if (swarm_.range_batches && random_.chance(1, 8)) {
      item.value.reset();
      item.high = key();
      if (item.high < item.key) std::swap(item.high, item.key);
    }
    op.batch.push_back(std::move(item));
  }
}

void Workload::fill_scan(Operation& op) {
  op.key = key();
  op.text = key();
  if (random_.chance(1, 3)) op.text.clear();
  if (!op.text.empty() && op.text < op.key) std::swap(op.key, op.text);
  if (random_.chance(1, 4)) op.key.clear();
}

// Mostly small: a range over everything would leave nothing to do for the rest.
void Workload::fill_range(Operation& op) {
  op.key = key();
  op.text = key();
  for (int tries = 0; tries < 3; ++tries) {
    std::string other = key();
    if (other > std::min(op.key, op.text) && other < std::max(op.key, op.text)) op.text = std::move(other);
  }
  if (op.text < op.key) std::swap(op.key, op.text);
}

void Workload::fill_ingest(Operation& op) {
  std::set<std::string> keys;
  for (std::uint64_t left = random_.between(1, 40); left > 0; --left) keys.insert(key());
  for (const std::string& each : keys) op.batch.push_back({.key = each, .value = value()});
}

void Workload::fill_steps(Operation& op) {
  op.number = random_.next();
  for (std::uint64_t left = random_.below(4); left > 0; --left) {
    op.batch.push_back({.key = key(), .value = std::nullopt});
  }
}

std::uint64_t Workload::sleep_ns() {
  if (swarm_.long_sleeps && random_.chance(1, 3)) return random_.between(1, 200) * 1'000'000'000;
  return random_.between(1, 2'000'000);
}

std::uint64_t Workload::jump() {
  const std::uint64_t size = pick(random_, {1000, 10'000'000, 60'000'000, 36'000'000'000});
  const std::uint64_t ticks = random_.between(1, size);
  return random_.chance(1, 2) ? ticks : 0 - ticks;
}

}  // namespace mylonite::sim
