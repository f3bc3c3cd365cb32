// Exit codes of every program of this project: one code, one meaning.
#pragma once

#include <mylonite/status.h>

namespace mylonite::cli {

enum class Exit : int {
  kDone = 0,
  kFinding = 1,           // a negative result: a key absent, damage found, a property violated, a wrong answer
  kUsage = 2,             // a bad command line, option or input line
  kNotDeterministic = 3,  // two runs of the same seed differed
  kNothingRan = 4,
  kUnreadable = 5,     // not a store or a scenario file, damaged, or of a newer format
  kNotReproduced = 6,  // a replay differs from its file
  kEnvironment = 7,    // locked, full, not permitted, or the operating system failed
  kInternal = 8,       // the program itself is wrong
  kInterrupted = 130,  // by SIGINT; partial results are kept
  kPipeClosed = 141,   // the reader of standard output is gone; the program dies by the signal, as others do
  kTerminated = 143,   // likewise, by SIGTERM
};

// The exit code for an error, by its code alone.
Exit exit_for(Code code);

}  // namespace mylonite::cli
