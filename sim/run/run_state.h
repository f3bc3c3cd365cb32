// What outlives an incarnation of the store: the disk, time, the oracle's knowledge, the figures of the run.
// Thread-safety: one run.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <mylonite/compaction_policy.h>
#include <mylonite/faultfs/disk.h>

#include "sim/machine/scheduler.h"
#include "sim/oracle/oracle.h"
#include "sim/run/stats.h"
#include "sim/run/transcript.h"

namespace mylonite::sim {

// A checkpoint that was kept, and what it showed when it was made.
struct KeptCopy {
  std::string directory;
  std::vector<std::pair<std::string, std::string>> pairs;
};

// What a client calls of it is simulator code by itself.
struct RunState {
  World world;
  faultfs::Disk disk;
  Oracle oracle;
  RunStats stats;
  Transcript* transcript = nullptr;              // may be null
  const std::atomic<bool>* interrupt = nullptr;  // may be null
  CompactionPolicies policies{};                 // that the store is opened with
  std::vector<std::string> foreign{};            // names of somebody else's files in the store's directory
  std::vector<KeptCopy> copies{};
  Ending last_ending = Ending::kClose;   // of the incarnation before
  Ending worst_ending = Ending::kClose;  // of the incarnations since the last one that was judged
  std::uint64_t opens_crashed = 0;       // in a row, up to now
  bool abandoned = false;                // the last machine's fibers did not come to their end
  bool lies_pending = false;             // a sync lied, and no recovery from a power loss was judged since
  std::uint64_t directories = 0;         // named beside the store's in this incarnation
  bool lied_to = false;                  // a power loss met a lying disk: errors are legal from now on

  void saw_clock();
  std::string new_directory();  // a name beside the store's, never used before
  // A checkpoint stays until the next incarnation looks at it.
  void keep_copy(const std::string& directory, const Oracle::Pairs& pairs);
  bool disk_is_honest() const { return stats.lies == 0; }
  void jump_clock(std::int64_t ticks);
  void freeze_clock();
  void unfreeze_clock();
};

}  // namespace mylonite::sim
