// Notes of a run for a search that changes its scenario: where operations began, and which file calls there were.
// A run takes them on request, and is the same run with them. Thread-safety: values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <mylonite/faultfs/anchor.h>

#include "sim/scenario/scenario.h"

namespace mylonite::sim {

struct ClientNotes {
  int fiber = 0;                        // 0: it did not start
  std::vector<std::uint64_t> begins{};  // the fiber's own step at the beginning of each operation
};

struct NotedCall {
  faultfs::Anchor at;
  Phase phase;
};

struct IncarnationNotes {
  std::vector<ClientNotes> clients{};
  std::vector<NotedCall> calls{};     // within phases, that change the disk
  std::vector<std::string> fibers{};  // their names, by id - 1
};

using RunNotes = std::vector<IncarnationNotes>;  // of each incarnation that began

}  // namespace mylonite::sim
