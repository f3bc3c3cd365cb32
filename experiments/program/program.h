// `mylonite-lab` as a function. A program of three lines is mylonite-lab, with its own parts in place of the usual ones.
//
// Such a program links mylonite_lab. `bench` starts it again as its own worker, so main must pass on its arguments as
// they are. Thread-safety: for a program's main thread, once; signal SIGPIPE is taken over.
#pragma once

#include <string>

#include <mylonite/compaction_policy.h>

namespace mylonite::experiments {

// What a program may bring of its own. The defaults are mylonite-lab's.
struct ProgramParts {
  std::string name = "mylonite-lab";                             // in help and messages
  CompactionPolicies compaction_policies = standard_policies();  // that `endure --policy` may name
};

// Returns the program's exit code (core/cli/exit.h).
int run_program(int argc, const char* const* argv, const ProgramParts& parts = {});

}  // namespace mylonite::experiments
