// Deadly signals within a run. Those of the code on a fiber end its run (sim/machine/fiber_fault.h), and so does a loop
// without a step: a timer of the thread's processor time ends it after two seconds, under a sanitizer after ten.
//
// The others end the process: a fault of the simulator itself, under ThreadSanitizer any, and what a sanitizer reports.
// That is a finding, too: the run of the thread that died is named, and the command that runs it again, and the exit
// code is 1. It uses write() and _exit() only, and a stack of its own: the stack of a fiber may have overflowed. Under
// AddressSanitizer only SIGABRT is taken: the sanitizer tells more about the others.
// Thread-safety: any thread. Handlers are the process's.
#pragma once

#include <string>
#include <string_view>

namespace mylonite::sim {

void report_crashes();  // from now on

// The calling thread runs this from now on. `run`: "seed 7"; `again`: the command that runs it again.
void this_thread_runs(const std::string& run, const std::string& again);

// While it lives, and if the rule is "hang", a loop without a step is noticed ten times sooner. A shrinker runs the
// same hang again and again.
class HangsOfCandidates {
 public:
  explicit HangsOfCandidates(std::string_view rule);
  ~HangsOfCandidates();
  HangsOfCandidates(const HangsOfCandidates&) = delete;
  HangsOfCandidates& operator=(const HangsOfCandidates&) = delete;
};

}  // namespace mylonite::sim
