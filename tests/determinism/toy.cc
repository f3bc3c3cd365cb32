// A small program over core/rt under every strategy, for comparing builds: prints one line for each strategy and block
// of seeds with the hash of every event in it. Any two builds must print the same.
//
// `toy race` plants a data race instead (two threads, one counter, no lock) that ThreadSanitizer must report.
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <mylonite/random.h>

#include "core/rt/rt.h"
#include "sim/machine/sanitizer.h"
#include "sim/machine/scheduler.h"

namespace mylonite::sim {
namespace {

constexpr std::uint64_t kMs = 1'000'000;

// A bounded queue with timed waits on both sides: every kind of step occurs.
class Pipe {
 public:
  void push(const std::string& item) {
    rt::Lock lock(mutex_);
    while (items_.size() >= 2) {
      if (!has_room_.wait_until(mutex_, rt::monotonic_ns() + kMs)) rt::mark("toy.push-timeout");
    }
    items_.push_back(item);
    has_items_.notify_one();
  }
  bool pop(std::string& item) {
    rt::Lock lock(mutex_);
    while (items_.empty() && !closed_) {
      if (!has_items_.wait_until(mutex_, rt::monotonic_ns() + 3 * kMs)) rt::mark("toy.pop-timeout");
    }
    if (items_.empty()) return false;
    item = std::move(items_.front());
    items_.pop_front();
    has_room_.notify_all();
    return true;
  }
  void close() {
    const rt::Lock lock(mutex_);
    closed_ = true;
    has_items_.notify_all();
  }

 private:
  rt::Mutex mutex_;
  rt::CondVar has_room_;
  rt::CondVar has_items_;
  std::deque<std::string> items_ GUARDED_BY(mutex_);
  bool closed_ GUARDED_BY(mutex_) = false;
};

void produce(Pipe& pipe, Random random) {
  for (int i = 0; i < 6; ++i) {
    const std::uint64_t size = random.between(1, 9);
    const std::uint64_t letter = random.below(26);
    pipe.push(std::string(size, static_cast<char>('a' + letter)));
    if (random.chance(1, 4)) rt::sleep_until(rt::monotonic_ns() + random.below(2 * kMs));
    rt::point("toy.pushed");
  }
}

void consume(Pipe& pipe, Trace& trace) {
  std::string item;
  while (pipe.pop(item)) {
    const SimulatorCode scope;
    trace.bytes(EventKind::kNote, item);
  }
}

void program(Trace& trace, Random random) {
  Pipe pipe;
  std::vector<rt::Thread> consumers;
  consumers.emplace_back("consumer", [&] { consume(pipe, trace); });
  consumers.emplace_back("consumer", [&] { consume(pipe, trace); });
  {
    rt::Thread left("producer", [&] { produce(pipe, random.split("left")); });
    rt::Thread right("producer", [&] { produce(pipe, random.split("right")); });
  }
  const std::uint64_t salt = rt::entropy64();
  if (salt % 2 == 0) rt::mark("toy.even");
  pipe.close();
}

constexpr int kStrategies = 6;
constexpr const char* kNames[kStrategies] = {"default", "sticky", "uniform", "round-robin", "pct", "spurious"};

std::unique_ptr<Strategy> make_strategy(int which, Random random, Strategy& rest) {
  switch (which) {
    case 1: return std::make_unique<Sticky>(random, 10);
    case 2: return std::make_unique<Sticky>(random, 1);
    case 3: return std::make_unique<RoundRobin>(1 + random.below(5));
    case 4: return std::make_unique<Pct>(random, 3, 300);
    case 5: return std::make_unique<SpuriousWakes>(rest, random, 20);
    default: return std::make_unique<DefaultSchedule>();
  }
}

void print_block(int which, std::uint64_t first_seed, std::uint64_t seeds) {
  StackPool stacks;
  VirtualClock clock(17'000'000'000'000'000);
  Trace trace;
  std::uint64_t steps = 0;
  std::uint64_t marks = 0;
  for (std::uint64_t seed = first_seed; seed < first_seed + seeds; ++seed) {
    const Random random(seed);
    DefaultSchedule rest;
    const std::unique_ptr<Strategy> strategy = make_strategy(which, random.split("strategy"), rest);
    FiberScheduler scheduler({stacks, clock, trace}, *strategy, {.step_limit = 100'000, .entropy_seed = seed});
    const RunOutcome outcome = scheduler.run([&] { program(trace, random.split("program")); });
    if (outcome.end != RunEnd::kFinished) {
      std::printf("seed %llu: %s\n", static_cast<unsigned long long>(seed), outcome.story.c_str());
      std::exit(1);
    }
    steps += scheduler.step();
    for (const auto& [name, count] : scheduler.marks()) marks += count;
  }
  std::printf("%s %llu+%llu: %llu steps, %llu marks, %llu ns, %s\n", kNames[which],
              static_cast<unsigned long long>(first_seed), static_cast<unsigned long long>(seeds),
              static_cast<unsigned long long>(steps), static_cast<unsigned long long>(marks),
              static_cast<unsigned long long>(clock.monotonic_ns()), trace.hash().c_str());
}

int race() {
  StackPool stacks;
  VirtualClock clock(0);
  Trace trace;
  DefaultSchedule strategy;
  FiberScheduler scheduler({stacks, clock, trace}, strategy, {});
  int counter = 0;
  static_cast<void>(scheduler.run([&] {
    rt::Thread left("left", [&] { ++counter; });
    rt::Thread right("right", [&] { ++counter; });
  }));
  return counter == 2 ? 0 : 1;
}

}  // namespace
}  // namespace mylonite::sim

int main(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]) == "race") return mylonite::sim::race();
  for (int which = 0; which < mylonite::sim::kStrategies; ++which) {
    for (std::uint64_t block = 0; block < 4; ++block) mylonite::sim::print_block(which, 50 * block, 50);
  }
  return 0;
}
