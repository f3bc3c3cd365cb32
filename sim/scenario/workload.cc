#include "sim/scenario/workload.h"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "sim/scenario/policy_draws.h"

namespace mylonite::sim {
namespace {

// Operations that have no weight. Each has streams of its own, so that one more shifts no draw of another.
struct AddedOperation {
  std::size_t index;
  std::uint64_t on_chance;  // of 100 seeds
  std::uint64_t one_in;     // where it is on: one in so many operations
};
constexpr AddedOperation kAdded[] = {
    {.index = kIndexOf<op::BatchSync>, .on_chance = 50, .one_in = 20},
    {.index = kIndexOf<op::MultiGet>, .on_chance = 60, .one_in = 20},
    {.index = kIndexOf<op::GetInto>, .on_chance = 50, .one_in = 30},
    {.index = kIndexOf<op::ApproximateSize>, .on_chance = 30, .one_in = 40},
    {.index = kIndexOf<op::RemoveFrom>, .on_chance = 40, .one_in = 80},
    {.index = kIndexOf<op::SetPolicy>, .on_chance = 25, .one_in = 60},
    {.index = kIndexOf<op::Abandon>, .on_chance = 15, .one_in = 200},
    {.index = kIndexOf<op::Destroy>, .on_chance = 15, .one_in = 150},
};

constexpr std::uint64_t kValuesApart = 1'000'000;  // more than a scenario draws of one operation

constexpr std::int64_t kFarJump = std::int64_t{1} << 56;  // from today: to a reading that no stamp can have

// The letters of values, repeated.
const std::string kLetters = [] {
  std::string letters;
  for (std::size_t i = 0; i < std::size_t{26} * 40; ++i) letters += static_cast<char>('a' + i * 7 % 26);
  return letters;
}();

// Draws the fields of an operation: one overload for each.
class Draw {
 public:
  Draw(const Swarm& swarm, Random& random, std::uint64_t& values) : swarm_(swarm), random_(random), values_(values) {}

  void operator()(op::Put& put) {
    put.key = key();
    put.value = value();
  }
  void operator()(op::Remove& remove) { remove.key = key(); }
  void operator()(op::Batch& batch);
  void operator()(op::RemoveRange& range) { small_range(range.low, range.high); }
  void operator()(op::Ingest& ingest);
  void operator()(op::Get& get) { get.key = key(); }
  void operator()(op::GetAsOf& get) {
    get.key = key();
    get.as_of = as_of(random_.next());
  }
  void operator()(op::Scan& scan) {
    scan.bounds = bounds();
    scan.limit = random_.between(1, 30);
  }
  void operator()(op::ScanBack& scan) {
    scan.bounds = bounds();
    scan.limit = random_.between(1, 30);
  }
  void operator()(op::ScanAsOf& scan) {
    scan.bounds = bounds();
    const std::uint64_t draw = random_.next();
    scan.backward = draw % 2 == 1;
    scan.as_of = as_of(draw / 2);
  }
  void operator()(op::WalkCursor& walk) {
    walk.bounds = bounds();
    walk.steps = steps();
  }
  void operator()(op::OpenCursor& open) {
    open.bounds = bounds();
    open.slot = slot();
    if (random_.chance(1, 8)) open.as_of = as_of(random_.next());
  }
  void operator()(op::UseCursor& use) {
    use.steps = steps();
    use.slot = static_cast<std::uint32_t>(use.steps.seed % kSlots);
  }
  void operator()(op::CloseCursor& close) { close.slot = slot(); }
  void operator()(op::TakeSnapshot& take) { take.slot = slot(); }
  void operator()(op::ReleaseSnapshot& release) { release.slot = slot(); }
  void operator()(op::Sync&) {}
  void operator()(op::Flush&) {}
  void operator()(op::CompactLevel& compact) { compact.level = static_cast<std::uint32_t>(random_.below(4)); }
  void operator()(op::CompactRange& compact) {
    std::string high;
    small_range(compact.bounds.low, high);
    if (!high.empty()) compact.bounds.high = std::move(high);
  }
  void operator()(op::Checkpoint& checkpoint) { checkpoint.keep = random_.below(2) != 0; }
  void operator()(op::Sleep& sleep);
  void operator()(op::ClockJump& jump);
  void operator()(op::ClockFreeze&) {}
  void operator()(op::ClockRun&) {}
  void operator()(op::MultiGet& get) {
    for (std::uint64_t left = random_.below(8); left > 0; --left) get.keys.push_back(key());
    if (random_.chance(1, 4)) get.as_of = as_of(random_.next());
  }
  void operator()(op::GetInto& get) { get.key = key(); }
  void operator()(op::ApproximateSize& size) {
    size.bounds = bounds();
    size.middle = key();
  }
  // Mostly from one of the last keys: a range over all would leave nothing for other operations.
  void operator()(op::RemoveFrom& remove) {
    for (std::uint64_t tries = random_.between(1, 8); tries > 0; --tries) remove.low = std::max(remove.low, key());
  }
  void operator()(op::SetPolicy& set) { set.policy = draw_policy(swarm_.policies, Random(random_.next())); }
  void operator()(op::Abandon&) {}
  void operator()(op::Destroy&) {}
  void operator()(op::BatchSync& batch) {
    op::Batch plain;
    operator()(plain);
    batch.items = std::move(plain.items);
    batch.sync = random_.chance(1, 2);
  }

 private:
  std::string key();
  std::string value();
  Bounds bounds();
  Steps steps();
  void small_range(std::string& low, std::string& high);
  AsOf as_of(std::uint64_t draw) const;
  std::uint32_t slot() { return static_cast<std::uint32_t>(random_.below(kSlots)); }

  const Swarm& swarm_;
  Random& random_;
  std::uint64_t& values_;
};

std::string Draw::key() {
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

// Values are unique, so that a read shows which write it saw.
std::string Draw::value() {
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

void Draw::operator()(op::Batch& batch) {
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
    batch.items.push_back(std::move(item));
  }
}

Bounds Draw::bounds() {
  std::string low = key();
  std::string high = key();
  if (random_.chance(1, 3)) high.clear();
  if (!high.empty() && high < low) std::swap(low, high);
  if (random_.chance(1, 4)) low.clear();
  Bounds bounds{.low = std::move(low), .high = std::nullopt};
  if (!high.empty()) bounds.high = std::move(high);
  return bounds;
}

// Of a seed about data that expires, two of three are near what has expired.
AsOf Draw::as_of(std::uint64_t draw) const {
  AsOf as_of = as_of_from(draw);
  as_of.near_expiry = !swarm_.expiry.policy.empty() && draw % 3 != 0;
  return as_of;
}

// Mostly small: a range over all keys would leave nothing for other operations.
void Draw::small_range(std::string& low, std::string& high) {
  low = key();
  high = key();
  for (int tries = 0; tries < 3; ++tries) {
    std::string other = key();
    if (other > std::min(low, high) && other < std::max(low, high)) high = std::move(other);
  }
  if (high < low) std::swap(low, high);
}

void Draw::operator()(op::Ingest& ingest) {
  std::set<std::string> keys;
  for (std::uint64_t left = random_.between(1, 40); left > 0; --left) keys.insert(key());
  for (const std::string& each : keys) ingest.items.push_back({.key = each, .value = value()});
}

Steps Draw::steps() {
  Steps steps{.seed = random_.next(), .targets = {}};
  for (std::uint64_t left = random_.below(4); left > 0; --left) steps.targets.push_back(key());
  return steps;
}

void Draw::operator()(op::Sleep& sleep) {
  const bool seconds = swarm_.long_sleeps && random_.chance(1, 3);
  sleep.duration_ns = seconds ? random_.between(1, 200) * 1'000'000'000 : random_.between(1, 2'000'000);
}

void Draw::operator()(op::ClockJump& jump) {
  const std::uint64_t size = pick(random_, {1000, 10'000'000, 60'000'000, 36'000'000'000});
  auto ticks = static_cast<std::int64_t>(random_.between(1, size));
  if (swarm_.far_jumps && random_.chance(1, 2)) ticks = kFarJump;
  jump.ticks = random_.chance(1, 2) ? ticks : -ticks;
}

}  // namespace

Swarm draw_swarm(Random random, std::string_view profile, const CompactionPolicies& policies) {
  Swarm swarm;
  swarm.policies = policies;
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
  auto weight = [&](std::size_t kind, std::uint64_t value, std::uint64_t on_chance) {
    const bool on = random.chance(on_chance, 100);
    swarm.weights[kind] = on ? value : 0;
    return on;
  };
  auto follow = [&](std::size_t kind, std::uint64_t value) { swarm.weights[kind] = value; };
  weight(kIndexOf<op::Put>, 40, 100);
  weight(kIndexOf<op::Remove>, 10, 80);
  weight(kIndexOf<op::Batch>, 12, 70);
  weight(kIndexOf<op::RemoveRange>, 2, 50);
  swarm.range_batches = random.chance(1, 3);
  weight(kIndexOf<op::Ingest>, 1, 25);
  weight(kIndexOf<op::Get>, 25, 90);
  weight(kIndexOf<op::GetAsOf>, 5, 60);
  weight(kIndexOf<op::Scan>, 4, 70);
  weight(kIndexOf<op::ScanBack>, 4, 60);
  weight(kIndexOf<op::ScanAsOf>, 3, 50);
  weight(kIndexOf<op::WalkCursor>, 4, 60);
  if (weight(kIndexOf<op::OpenCursor>, 2, 50)) {
    follow(kIndexOf<op::UseCursor>, 5);
    follow(kIndexOf<op::CloseCursor>, 1);
  }
  if (weight(kIndexOf<op::TakeSnapshot>, 2, 50)) follow(kIndexOf<op::ReleaseSnapshot>, 1);
  weight(kIndexOf<op::Sync>, 3, 50);
  weight(kIndexOf<op::Flush>, 2, 40);
  weight(kIndexOf<op::CompactLevel>, 1, 20);
  weight(kIndexOf<op::CompactRange>, 1, 20);
  weight(kIndexOf<op::Checkpoint>, 1, 15);
  weight(kIndexOf<op::Sleep>, 2, 30);
  weight(kIndexOf<op::ClockJump>, 2, 30);
  if (weight(kIndexOf<op::ClockFreeze>, 1, 20)) follow(kIndexOf<op::ClockRun>, 1);
  add_weights(swarm);
  return swarm;
}

void add_weights(Swarm& swarm) {
  swarm.weight_sum = 0;
  for (const std::uint64_t each : swarm.weights) swarm.weight_sum += each;
}

void keep_for_every_store(Swarm& swarm) {
  swarm.for_every_store = true;
  for (std::size_t i = 0; i < kOperations; ++i) {
    if (!kEveryStoreCan.at(i)) swarm.weights.at(i) = 0;
  }
  add_weights(swarm);
}

Workload::Workload(const Swarm& swarm, const Random& random) : swarm_(swarm), random_(random) {
  for (const AddedOperation& each : kAdded) {
    if (swarm.for_every_store && !kEveryStoreCan.at(each.index)) continue;
    Random own = random.split(kOperationNames[each.index]);
    if (!own.chance(each.on_chance, 100)) continue;
    added_.push_back(
        {.index = each.index, .one_in = each.one_in, .random = own, .values = (each.index + 1) * kValuesApart});
  }
}

Operation Workload::draw(std::size_t index, Random& random, std::uint64_t& values) const {
  Operation operation = default_operation(index);
  std::visit(Draw(swarm_, random, values), operation);
  return operation;
}

Operation Workload::next() {
  for (Added& each : added_) {
    if (each.random.chance(1, each.one_in)) return this->draw(each.index, each.random, each.values);
  }
  std::uint64_t draw = random_.below(swarm_.weight_sum);
  std::size_t index = 0;
  while (draw >= swarm_.weights[index]) draw -= swarm_.weights[index++];
  return this->draw(index, random_, values_);
}

}  // namespace mylonite::sim
