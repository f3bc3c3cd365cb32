// What is told when the process dies within a run: a broken invariant, or a stray access of the store under test.
//
// That is a finding, but this process cannot continue. The signal's handler names the run of the thread that died, and
// the command that runs it again. Then it ends the process with exit code 1. It uses write() and _exit() only, and a
// stack of its own: the stack of a fiber may have overflowed. Under AddressSanitizer only SIGABRT is taken: the
// sanitizer tells more about the others.
// Thread-safety: any thread. Handlers are the process's.
#pragma once

#include <string>

namespace mylonite::sim {

void report_crashes();  // from now on

// The calling thread runs this from now on. `run`: "seed 7"; `again`: the command that runs it again.
void this_thread_runs(const std::string& run, const std::string& again);

}  // namespace mylonite::sim
