// The signature of a failure: what two failures share that are likely to be of one bug.
//
// Rule, operation and, for a death of the store's code, the function it died in. The call and the file of the last
// crash or fault belong to it where failures are grouped; a shrinker lets them move.
// Thread-safety: values.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sim/run/run.h"

namespace mylonite::sim {

struct Signature {
  std::string rule;
  std::string operation;  // under way; "recovery" and the like where it was none
  std::string call;       // the kind of file call of the last crash or fault; empty: none
  std::string place;      // the role of that call's file; of a death: the function; of a hang and of memory: none
  auto operator<=>(const Signature&) const = default;

  bool same_kind(const Signature& other) const;  // rule and operation are the same, and of deaths the function
};

// Makes signatures. It remembers the functions of stacks, since to name one takes a process (sim/report/stack_text.h).
class SignatureMaker {
 public:
  Signature signature_of(const Failure& failure);

 private:
  std::map<std::vector<std::uintptr_t>, std::string> functions_{};  // by the innermost frames
};

std::string to_string(const Signature& signature);  // "lost in recovery, after sync of wal"

}  // namespace mylonite::sim
