// run(scenario) → outcome: the pure function at the centre of the simulator.
//
// The outcome holds the failure if there is one, the trace hash, figures, and the scenario with every decision
// explicit. That scenario runs again to the same hash. Deterministic across compilers, optimisation levels and
// machines.
// Thread-safety: independent calls may run in separate processes; within one, one after the other.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include <mylonite/compaction_policy.h>
#include <mylonite/sim/store_under_test.h>

#include "sim/machine/trace.h"
#include "sim/run/recording.h"
#include "sim/run/run_notes.h"
#include "sim/run/stats.h"
#include "sim/run/stop_at.h"
#include "sim/scenario/scenario.h"

namespace mylonite::sim {

struct Failure {
  std::string rule;
  std::string what;
  std::size_t incarnation = 0;
  std::uint64_t step = 0;               // of that incarnation's schedule
  std::vector<std::uintptr_t> stack{};  // of a fault: addresses in the code, innermost first

  // What was under way: an operation's name, "open", "recovery", "close", or the name of a thread of the store.
  std::string operation{};
  // The last crash or fault of a file call before it, as far as it can have to do with it; empty: none.
  std::optional<faultfs::Anchor> after{};
};

struct Outcome {
  std::optional<Failure> failure{};
  bool nothing_ran = false;  // no write ran; or crashes were planned, and none happened
  bool interrupted = false;
  bool faithful = true;  // a replay met all its recorded decisions
  std::string trace_hash{};
  RunStats stats{};
  Scenario recorded{};              // as far as the run went
  std::deque<std::string> story{};  // with RunSettings::story_lines
  std::vector<Event> recent{};
};

struct RunSettings {
  std::size_t story_lines = 0;                        // the number of last lines of the story to keep
  RunNotes* notes = nullptr;                          // gets the notes of the run; null: none are taken
  Trace* trace = nullptr;                             // use this trace (to record all events); null: an own one
  const std::atomic<bool>* interrupt = nullptr;       // true: the run ends soon, with `interrupted` set
  std::optional<StopAt> stop{};                       // empty: the run goes to its end
  std::uint64_t steps_most = 0;                       // of an incarnation, if fewer than usual; 0: as usual
  bool unreadable_heaps = false;                      // of dead machines: a stray access faults
  CompactionPolicies policies = standard_policies();  // those that the scenario's options may name
  StoreFactory store{};  // the store under test; empty: Mylonite. Others carry out the operations of kForEveryStore
  Recording* recording = nullptr;  // gets all that happens; with a trace beside it, that must record all events
};

class StackPool;
Outcome run(Scenario scenario, StackPool& stacks, const RunSettings& settings = {});

// Runs both scenarios with all events kept. Returns the first difference as text; empty: none.
std::string explain_difference(const Scenario& first, const Scenario& second, StackPool& stacks,
                               const RunSettings& settings = {});

}  // namespace mylonite::sim
