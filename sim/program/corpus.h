// A corpus: a directory of scenario files of failures that were found once. They are replayed before new seeds are run.
//
//   run    replays every file, adapted to the code as it is now: reproduced, fixed or stale
//   add    shrinks failing scenarios and keeps them, one file a signature
//   prune  removes stale files, and of files with one signature all but the smallest
// Thread-safety: one thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/cli/program.h"
#include "sim/program/scenario_source.h"

namespace mylonite::sim {

struct CorpusArguments {
  ScenarioArguments source{};  // without a scenario
  std::string directory{};
  std::vector<std::string> files{};        // to add
  std::uint64_t time_ns = 10'000'000'000;  // to shrink each
};

cli::Ending corpus_run(const CorpusArguments& arguments);
cli::Ending corpus_add(const CorpusArguments& arguments);
cli::Ending corpus_prune(const CorpusArguments& arguments);

// For a run that begins with the corpus: prints what corpus_run() does, and says how many files fail still.
Result<std::uint64_t> failures_in_corpus(const CorpusArguments& arguments);

}  // namespace mylonite::sim
