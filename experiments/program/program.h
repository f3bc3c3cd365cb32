// `mylonite-lab` as a function. So a program of three lines can be mylonite-lab with its own parts.
//
// Such a program links mylonite_lab. `bench` starts it again as its own worker, so main must pass on its arguments
// unchanged. Thread-safety: on a program's main thread, once. It handles the signal SIGPIPE.
#pragma once

#include <string>

#include <mylonite/compaction_policy.h>

namespace mylonite::experiments {

// The parts that a program may replace. The defaults are mylonite-lab's.
struct ProgramParts {
  std::string name = "mylonite-lab";                             // in help and messages
  CompactionPolicies compaction_policies = standard_policies();  // those that commands may name
};

// Returns the program's exit code (core/cli/exit.h).
int run_program(int argc, const char* const* argv, const ProgramParts& parts = {});

}  // namespace mylonite::experiments
