// Exit codes of every program of this project: one code, one meaning.
#pragma once

#include <mylonite/status.h>

namespace mylonite::cli {

enum class Exit : int {
  kDone = 0,
  kFinding = 1,           // an answer that is no: a key absent, damage found, a property violated, a wrong result
  kUsage = 2,             // a bad command line, option or input line
  kNotDeterministic = 3,  // the same seed ran twice, and differed
  kNothingRan = 4,
  kUnreadable = 5,     // not a store or a scenario file, damaged, or of a newer format
  kNotReproduced = 6,  // a replay is not what its file says
  kEnvironment = 7,    // locked, full, not permitted, or the operating system failed
  kInternal = 8,       // the program itself is wrong
  kInterrupted = 130,  // partial results are kept
  kPipeClosed = 141,   // nobody reads standard output any more; the program dies by the signal, as others do
};

// The code for an error of which a program knows no more than this.
Exit exit_for(Code code);

}  // namespace mylonite::cli
