// The strategy of a schedule: it chooses the fiber that runs next.
//
// At each step of a fiber the scheduler asks its strategy once. The default schedule keeps the current fiber running;
// when that blocks, it takes the lowest runnable id. Every other answer is a Deviation. The deviations of a run are its
// whole schedule: Replay follows them to the same trace, and a shrinker may leave any of them out. Their keys are a
// fiber and that fiber's own step, so a change in one fiber does not shift those of another.
//
// Invariants: a strategy sees only what is equal in equal runs. Choosing a fiber from `waiting` wakes it from its
// condition variable spuriously, as real ones may.
//
// It does not know locks or time. It does not draw its own parameters; the maker of the scenario does.
// Thread-safety: one thread an object; an object serves one run. Complexity: a few ns a step; Pct linear in runnable
// fibers, Replay logarithmic in deviations.
// Sources: PCT is Burckhardt, Kothari, Musuvathi, Nagarakatte, "A Randomized Scheduler with Probabilistic Guarantees
// of Finding Bugs", ASPLOS 2010, section 3.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include <mylonite/random.h>

namespace mylonite::sim {

struct Deviation {
  int fiber;           // the fiber that took the step
  std::uint64_t step;  // that fiber's own, from 1
  int next;            // the fiber that ran instead of the default
  bool operator==(const Deviation&) const = default;
};

struct Moment {
  int current;  // the fiber that took the step; runnable or not
  std::uint64_t own_step;
  std::uint64_t step;  // of the run, from 1
  int by_default;
  std::span<const int> runnable;  // ascending, never empty
  std::span<const int> waiting;   // on a condition variable; ascending
};

class Strategy {
 public:
  virtual ~Strategy() = default;
  virtual int pick(const Moment& moment) = 0;        // one of runnable or waiting
  virtual bool is_default() const { return false; }  // true: every answer is the moment's by_default
};

class DefaultSchedule final : public Strategy {
 public:
  int pick(const Moment& moment) override { return moment.by_default; }
  bool is_default() const override { return true; }
};

// Keeps the current fiber; with chance 1 in `one_in`, and whenever it blocks, any runnable one. 1 is uniform.
class Sticky final : public Strategy {
 public:
  Sticky(Random random, std::uint64_t one_in) : random_(random), one_in_(one_in) {}
  int pick(const Moment& moment) override;

 private:
  Random random_;
  std::uint64_t one_in_;
};

// Takes turns by id, `quantum` steps each.
class RoundRobin final : public Strategy {
 public:
  explicit RoundRobin(std::uint64_t quantum) : quantum_(quantum) {}
  int pick(const Moment& moment) override;

 private:
  std::uint64_t quantum_;
  std::uint64_t used_ = 0;
};

// Random priorities; the highest runnable runs. At depth - 1 steps drawn from 1..steps_expected the current fiber falls
// below all others. Finds a bug of that depth in n threads with a chance of at least 1 / (n * steps^(depth - 1)).
class Pct final : public Strategy {
 public:
  Pct(Random random, int depth, std::uint64_t steps_expected);
  int pick(const Moment& moment) override;

 private:
  Random random_;
  std::vector<std::uint64_t> falls_at_;    // ascending
  std::size_t fallen_ = 0;                 // the number of them that are past
  std::vector<std::uint64_t> priorities_;  // by fiber id; above falls_at_.size() until the fiber falls
};

// Wakes a waiting fiber spuriously with chance 1 in `one_in`; leaves the rest to another strategy.
class SpuriousWakes final : public Strategy {
 public:
  SpuriousWakes(Strategy& rest, Random random, std::uint64_t one_in) : rest_(rest), random_(random), one_in_(one_in) {}
  int pick(const Moment& moment) override;

 private:
  Strategy& rest_;
  Random random_;
  std::uint64_t one_in_;
};

// The default schedule with the given deviations. A deviation is unmet if its fiber never took that step, or its `next`
// could not run then. A strict replay fails on any unmet one.
//
// With `rest`, that strategy goes on once all deviations are met.
class Replay final : public Strategy {
 public:
  explicit Replay(std::span<const Deviation> deviations, Strategy* rest = nullptr);
  int pick(const Moment& moment) override;
  std::vector<Deviation> unmet() const;  // by fiber, then step

 private:
  int by_rest(const Moment& moment) { return rest_ == nullptr ? moment.by_default : rest_->pick(moment); }

  std::map<std::pair<int, std::uint64_t>, int> pending_;
  Strategy* const rest_;
};

}  // namespace mylonite::sim
