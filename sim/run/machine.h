// The simulated machine of one incarnation: every file call passes here. Makes it a scheduling point and a trace event,
// decides whether it is the one in which the machine dies, whether a sync lies, and whether the call fails alone.
//
// An abandoned machine: the run ends in that very call and the fibers are abandoned, as a process is by kill -9. In a dead
// world, a dead machine answers every call with an error and nothing changes on its disk any more, so the engine
// unwinds and closes by its ordinary error paths ("dead world"). What happens after death counts for nobody.
// Thread-safety: fibers of one scheduler.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/random.h"
#include "faultfs/interceptor.h"
#include "sim/machine/scheduler.h"
#include "sim/run/stats.h"
#include "sim/run/transcript.h"
#include "sim/scenario/scenario.h"

namespace mylonite::sim {

class Machine final : public faultfs::Interceptor {
 public:
  struct Setup {
    const Scenario& scenario;
    const IncarnationPlan& life;
    RunStats& stats;
    Transcript* transcript;              // may be null
    const std::atomic<bool>* interrupt;  // may be null; once true, the run ends at the next file call
  };
  Machine(const Setup& setup, FiberScheduler& scheduler, Trace& trace);

  faultfs::Verdict before(const faultfs::Call& call) override;
  void after(const faultfs::Call& call, const faultfs::CallResult& result) override;

  void enter(Phase phase);
  // The end of a phase: a crash that was due in it happens now at the latest.
  void leave();
  // Calls outside any phase (the oracle's own reads) are traced; they never crash nor fail.
  bool dead() const { return dead_; }
  void die(const std::string& why);  // into a dead world; also how a violation ends a run early

  // Decisions made explicit, for the record.
  const std::optional<Anchor>& crash() const { return crash_; }
  const std::optional<Phase>& crash_at_end() const { return crash_at_end_; }
  bool crashed_in(Phase phase) const { return crash_phase_ == phase; }
  bool interrupted() const { return interrupted_; }
  const std::vector<Anchor>& lies() const { return lies_told_; }
  const std::vector<FailedCall>& failed_calls() const { return failed_calls_; }
  bool unmet_plan() const { return unmet_faults_ > 0 || (expects_crash_ && !crash_ && !crash_at_end_); }

 private:
  struct Known {  // a path's role and how often each call was made on it
    std::string_view role;
    std::uint64_t generation = 0;
    std::uint64_t path_hash = 0;
    std::array<std::uint64_t, faultfs::kCallKinds> calls{};
  };
  Known& known(std::string_view path);
  Anchor anchor(const Known& known, const faultfs::Call& call, bool after) const;
  bool crash_is_due(const Known& known, const faultfs::Call& call);
  bool lie_is_due(const Known& known, const faultfs::Call& call);
  std::optional<FailKind> failure_is_due(const Known& known, const faultfs::Call& call);
  struct Orders {  // for one call
    bool dead = false;
    bool lie = false;
    std::optional<FailKind> failure{};
  };
  Orders decide(const faultfs::Call& call);
  void crash_in(const Known& known, const faultfs::Call& call, bool after);
  void crash(const std::string& why);
  void narrate(const faultfs::Call& call, const std::string& remark);

  const Setup setup_;
  FiberScheduler& scheduler_;
  Trace& trace_;
  Random lie_random_;
  Random fail_random_;

  std::map<std::string, Known, std::less<>> known_;
  struct Met {  // where a path that is known was read; what is there now is compared before it is believed
    const char* at = nullptr;
    std::pair<const std::string, Known>* entry = nullptr;
  };
  std::array<Met, 8> met_last_{};                          // most calls are on the same few handles
  std::size_t met_next_ = 0;                               // the place in it to be used next
  std::map<std::string_view, std::uint64_t> generations_;  // of each role, so far
  std::optional<Phase> phase_;
  std::uint64_t counted_ = 0;  // calls of this phase that the plan counts
  const faultfs::Call* crash_after_ = nullptr;
  bool dead_ = false;
  bool expects_crash_ = false;
  std::uint64_t unmet_faults_ = 0;
  std::optional<Anchor> crash_;
  std::optional<Phase> crash_at_end_;
  std::optional<Phase> crash_phase_;
  bool interrupted_ = false;
  std::vector<Anchor> lies_told_;
  std::vector<FailedCall> failed_calls_;
};

}  // namespace mylonite::sim
