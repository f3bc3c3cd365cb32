#include "experiments/result/commit.h"

#include "commit.inc"  // written by each build: kCommit

namespace mylonite::experiments {

std::string_view built_from() { return kCommit; }

}  // namespace mylonite::experiments
