// The failures of a campaign, grouped by signature. A group keeps the record of its smallest failure only.
// Thread-safety: one thread. Complexity: logarithmic in the groups; of a death, see signature_of.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sim/report/signature.h"
#include "sim/run/run.h"

namespace mylonite::sim {

struct FailureGroup {
  Signature signature{};
  std::vector<std::uint64_t> seeds{};  // ascending only if the campaign has one worker
  Outcome smallest{};                  // by its number of operations
  std::string artifact{};              // the scenario file of the smallest; empty: none was written
};

class FailureGroups {
 public:
  // The group of a failing run; made, if this is its first.
  FailureGroup& group_of(const Outcome& outcome);
  // Counts it in.
  void add(FailureGroup& group, const Outcome& outcome, const std::string& artifact);

  std::vector<const FailureGroup*> smallest_first() const;  // then those of more seeds

 private:
  SignatureMaker signatures_{};
  std::map<Signature, FailureGroup> groups_{};
};

// "144, 309 and 5 more".
inline constexpr std::size_t kSeedsTold = 100;
std::string seeds_text(std::vector<std::uint64_t> seeds, std::size_t most = kSeedsTold);

}  // namespace mylonite::sim
