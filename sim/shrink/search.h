// The search of a shrinker: runs candidates and keeps the smallest that fails with the signature.
//
// A candidate is a smaller scenario. It runs with the recorded decisions that still apply. If it then does not fail,
// the search may leave decisions open (sim/scenario/scenario.h): the crash falls elsewhere, other threads run first,
// other bytes are lost. What fails is recorded again with every decision explicit, so the next candidate is exact.
//
// Invariants: best() fails with the signature; each kept one is smaller than the one before; without limits equal
// searches keep the same candidates. Thread-safety: one thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>

#include <mylonite/random.h>

#include "sim/report/signature.h"
#include "sim/run/run.h"
#include "sim/shrink/scenario_size.h"

namespace mylonite::sim {

class StackPool;

struct SearchLimits {
  std::uint64_t time_ns = 30'000'000'000;        // of real time
  const std::atomic<bool>* interrupt = nullptr;  // true: stop soon
  // After each candidate that was kept. May be empty.
  std::function<void(const ScenarioSize& size, std::uint64_t runs)> on_smaller{};
};

class Search {
 public:
  Search(const RunSettings& settings, StackPool& stacks, const SearchLimits& limits);

  // Requires a scenario that fails. Returns whether it does; only then the search can begin.
  bool begin(const Scenario& failing);
  // Runs the best one again under the usual limits of a run, which the search may have lowered. If it does not fail
  // alike then, the best is the first again.
  void settle();

  const Outcome& best() const { return best_; }
  const Scenario& scenario() const { return best_.recorded; }
  const ScenarioSize& size() const { return size_; }
  const Signature& signature() const { return signature_; }
  bool is_of_mylonite() const { return !settings_.store; }  // and has its operations
  // A store refuses others at once. That would be a failure, but not this one.
  bool opens_with(const Options& options) const;
  std::uint64_t runs() const { return runs_; }
  bool interrupted() const;
  bool out_of_time() const;
  bool stopped() const { return interrupted() || out_of_time(); }

  // Runs the candidate as it is. True: it fails alike and is smaller, and is the best now.
  bool keep_if_smaller(Scenario candidate);
  // If that is not so, adapts its decisions (sim/shrink/adapt.h), then runs it up to `tries` times with open ones.
  bool search(Scenario candidate, std::uint64_t tries);
  // The candidate with some of its decisions left open.
  Scenario with_open_decisions(Scenario candidate, Random& random) const;

 private:
  Outcome run_once(Scenario scenario);
  bool keep(Outcome outcome);
  bool keep_with_moved_crashes(const Scenario& candidate, std::size_t depth);
  bool fails_alike(const Outcome& outcome);
  RunSettings settings_;
  StackPool& stacks_;
  const SearchLimits limits_;
  const std::uint64_t started_;
  Scenario first_{};
  Outcome best_{};
  ScenarioSize size_{};
  SignatureMaker signatures_{};
  Signature signature_{};
  RunNotes notes_{};       // of the last run
  RunNotes best_notes_{};  // of best_
  std::uint64_t runs_ = 0;
};

}  // namespace mylonite::sim
