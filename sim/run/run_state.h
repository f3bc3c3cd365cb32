// The state that outlives an incarnation of the store: the disk, time, the oracle's knowledge, the figures of the run.
// Thread-safety: one run.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <mylonite/compaction_policy.h>
#include <mylonite/components.h>
#include <mylonite/faultfs/disk.h>
#include <mylonite/sim/store_under_test.h>

#include "sim/machine/scheduler.h"
#include "sim/oracle/oracle.h"
#include "sim/run/run_notes.h"
#include "sim/run/stats.h"
#include "sim/run/stop_at.h"
#include "sim/run/transcript.h"

namespace mylonite::sim {

class Recorder;

// A kept checkpoint, and its content when it was made.
struct KeptCopy {
  std::string directory;
  std::vector<std::pair<std::string, std::string>> pairs;
};

// A checkpoint that a client began to destroy, and its content before.
struct Destruction {
  std::string directory;
  std::vector<std::pair<std::string, std::string>> pairs;
  bool returned = false;  // with success
};

// Which policy the manifest may name: the last one that was set, or one that was about to be set, or is in force.
// Nothing is known before the first was set. By the name; parameters are not looked at.
class RecordedPolicy {
 public:
  void opens(const std::string& in_force);  // what was under way when the store ended may have been recorded
  void begin(std::string_view text);
  void changed(std::string_view from, std::string_view to);  // the store says so
  void end(std::string_view text);
  bool known() const { return known_; }
  void forget() { *this = RecordedPolicy(); }
  // Why the manifest may not name it; empty: it may.
  std::string refuses(std::string_view recorded) const;
  bool in_force(std::string_view text) const { return in_force_ == name_of(text); }

 private:
  static std::string_view name_of(std::string_view text) { return text.substr(0, text.find(':')); }
  std::string in_force_;
  bool known_ = false;
  std::set<std::string, std::less<>> allowed_;
  std::multiset<std::string, std::less<>> under_way_;
};

// The functions that clients call open their own scope of simulator code.
struct RunState {
  World world;
  faultfs::Disk disk;
  Oracle oracle;
  RunStats stats;
  Transcript* transcript = nullptr;  // may be null
  RunNotes* notes = nullptr;         // may be null
  std::optional<StopAt> stop{};
  std::uint64_t steps_most = 0;                  // of an incarnation, if fewer than usual; 0: as usual
  const std::atomic<bool>* interrupt = nullptr;  // may be null
  Recorder* recorder = nullptr;                  // may be null
  CompactionPolicies policies{};                 // those that the store may use
  StoreFactory store_factory{};                  // empty: Mylonite
  std::vector<std::string> foreign{};            // names of foreign files in the store's directory
  std::vector<KeptCopy> copies{};
  std::vector<Destruction> destructions{};
  RecordedPolicy recorded_policy{};
  Ending last_ending = Ending::kClose;   // of the incarnation before
  Ending worst_ending = Ending::kClose;  // of the incarnations since the last checked recovery
  std::uint64_t opens_crashed = 0;       // in a row, so far
  bool abandoned = false;                // the last machine's fibers did not finish
  bool lies_pending = false;             // a sync lied, and no checked recovery from a power loss followed
  std::uint64_t directories = 0;         // new names so far, in this incarnation
  bool lied_to = false;                  // a power loss met a lying disk: errors are legal from now on

  StoreComponents components(EventListener* heard = nullptr) const;
  void saw_clock();
  std::string new_directory();  // a new name beside the store's directory
  // Keeps a checkpoint until the next incarnation checks it.
  void keep_copy(const std::string& directory, const Oracle::Pairs& pairs);
  // The next incarnation checks what is left.
  void begin_destruction(const std::string& directory, const Oracle::Pairs& pairs);
  bool end_destruction(const std::string& directory);  // it returned with success; whether the directory is there
  bool disk_is_honest() const { return stats.lies == 0; }
  void jump_clock(std::int64_t ticks);
  void freeze_clock();
  void unfreeze_clock();
};

}  // namespace mylonite::sim
