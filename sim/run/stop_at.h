// A step of a run at which a debugger is called, or the run ends. Thread-safety: values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

namespace mylonite::sim {

struct StopAt {
  std::size_t incarnation = 1;  // from 1
  std::uint64_t step = 0;
  std::function<void()> call{};  // on the fiber that takes the step; empty: the run ends, by the rule "livelock"
};

}  // namespace mylonite::sim
