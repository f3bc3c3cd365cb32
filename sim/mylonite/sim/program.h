// `mylonite-sim` as a function. A program of three lines is mylonite-sim, with its own parts in place of the usual ones.
//
// Such a program links mylonite::sim, and mylonite::machine_heap, which gives a simulated machine its own heap.
// Thread-safety: for a program's main thread, once; signals SIGINT, SIGTERM, SIGABRT and SIGPIPE are taken over.
#pragma once

#include <string>

#include <mylonite/compaction_policy.h>

namespace mylonite::sim {

// What a program may bring of its own. The defaults are mylonite-sim's.
struct ProgramParts {
  std::string name = "mylonite-sim";                             // in help and messages
  CompactionPolicies compaction_policies = standard_policies();  // that runs draw from, and replays may name
};

// Returns the program's exit code (core/cli/exit.h).
int run_program(int argc, const char* const* argv, const ProgramParts& parts = {});

}  // namespace mylonite::sim
