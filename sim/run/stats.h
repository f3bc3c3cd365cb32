// The figures of a run; `run` prints their sums over seeds. They observe and never steer.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>

#include <mylonite/faultfs/interceptor.h>

#include "sim/run/coverage.h"
#include "sim/scenario/scenario.h"

namespace mylonite::sim {

struct RunStats {
  std::uint64_t incarnations = 0;
  std::uint64_t operations = 0;  // client operations that returned while the machine was alive
  std::uint64_t writes = 0;      // the acknowledged writes among them
  std::uint64_t crashes = 0;
  std::uint64_t crashes_in_open = 0;
  std::uint64_t drops = 0;             // crashes that abandoned the machine; the others unwound it
  std::uint64_t left_behind = 0;       // allocations that a finished store did not free
  std::uint64_t nested_depth_max = 0;  // most crashes in a row inside open
  std::uint64_t recoveries = 0;        // opens that returned after a crash and were verified
  std::uint64_t lies = 0;
  std::uint64_t reported_damage = 0;                         // legal errors that report damage by a lying disk
  std::uint64_t failed_calls = 0;                            // single file calls that failed
  std::uint64_t reported_errors = 0;                         // operations that returned such an error
  std::uint64_t seeds = 0;                                   // runs
  std::uint64_t seeds_merging_at_once = 0;                   // runs with concurrent merges
  std::map<std::string, std::uint64_t, std::less<>> jobs{};  // installed by each policy, and by hand
  std::uint64_t steps = 0;
  std::uint64_t file_calls = 0;
  std::uint64_t virtual_ns = 0;
  std::array<std::uint64_t, faultfs::kCallKinds> crashes_at{};  // by the kind of the file call
  std::map<std::uint64_t, std::uint64_t> group_sizes{};         // batches per group commit → how often
  std::map<std::uint64_t, std::uint64_t> group_sizes_of_4{};    // the same with 4 clients
  std::map<std::uint64_t, std::uint64_t>
      acknowledged_lost{};  // acknowledged writes beyond T at a power loss → how often
  Coverage coverage{};

  void add(const RunStats& other);
};

}  // namespace mylonite::sim
