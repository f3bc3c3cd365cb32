// Operations of scenario files of formats 1 to 3: one struct for all, whose number and text have another meaning in
// each. They are only read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/scenario/operations.h"

namespace mylonite::sim {

struct OldOperation {
  std::string name{};
  std::string key{};   // of ranges and cursors: the lower bound
  std::string text{};  // put: the value; ranges and cursors: the upper bound, empty for none
  std::uint64_t number = 0;
  std::vector<BatchItem> batch{};  // of cursors: keys to seek to
};

// Empty: no operation of that name.
std::optional<Operation> converted(OldOperation old);

}  // namespace mylonite::sim
