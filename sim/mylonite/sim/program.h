// `mylonite-sim` as a function. So a program of three lines can be mylonite-sim with its own parts.
//
// Such a program links mylonite::sim, and mylonite::machine_heap, which gives a simulated machine its own heap.
// Thread-safety: on a program's main thread, once. It handles the signals SIGINT, SIGTERM, SIGABRT and SIGPIPE.
#pragma once

#include <string>

#include <mylonite/compaction_policy.h>
#include <mylonite/sim/store_under_test.h>

namespace mylonite::sim {

// The parts that a program may replace. The defaults are mylonite-sim's.
struct ProgramParts {
  std::string name = "mylonite-sim";                             // in help, messages and scenario files
  CompactionPolicies compaction_policies = standard_policies();  // runs draw from them, replays may name them
  StoreFactory store{};                                          // the store under test; empty: Mylonite
};

// Returns the program's exit code (core/cli/exit.h).
int run_program(int argc, const char* const* argv, const ProgramParts& parts = {});

}  // namespace mylonite::sim
