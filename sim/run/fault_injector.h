// The faults and the crash of one incarnation. Every file call passes here: it is a scheduling point and a trace event,
// the machine may die in it, and a fault of faultfs's table may strike it. The scenario chooses the injectors. Anchors
// record what struck.
//
// A crash that abandons the store ends the run in that call, as kill -9 does. After any other crash the dead machine
// answers every call with an error and changes nothing on its disk. So the engine unwinds and closes by its ordinary
// error paths. Nothing after the death is checked or counted.
// Faults other than lies strike only within the phases: between them the harness reads the store.
// Thread-safety: fibers of one scheduler.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <mylonite/faultfs/injector.h>
#include <mylonite/faultfs/interceptor.h>
#include <mylonite/faultfs/path_cache.h>

#include "sim/machine/scheduler.h"
#include "sim/run/error_policy.h"
#include "sim/run/run_notes.h"
#include "sim/run/stats.h"
#include "sim/run/transcript.h"
#include "sim/scenario/scenario.h"

namespace mylonite::sim {

class Recorder;

class FaultInjector final : public faultfs::Interceptor {
 public:
  struct Setup {
    const Scenario& scenario;
    const IncarnationPlan& plan;
    RunStats& stats;
    Transcript* transcript;              // may be null
    RunNotes* notes = nullptr;           // may be null
    const std::atomic<bool>* interrupt;  // may be null; true: the run ends at the next file call
    Recorder* recorder = nullptr;        // may be null
  };
  FaultInjector(const Setup& setup, FiberScheduler& scheduler, Trace& trace);
  FaultInjector(const FaultInjector&) = delete;
  FaultInjector& operator=(const FaultInjector&) = delete;

  faultfs::Verdict before(const faultfs::Call& call) override;
  void after(const faultfs::Call& call, const faultfs::CallResult& result) override;

  void enter(Phase phase);
  void leave();                      // ends the phase: a crash still due in it happens now
  void die(const std::string& why);  // every later call fails; also ends a run early after a violation
  bool dead() const { return dead_; }
  struct LastMoment {
    int fiber = 0;                 // in which the machine died
    std::uint64_t step = 0;        // of the schedule
    std::optional<Phase> phase{};  // empty: between phases
  };
  const LastMoment& last_moment() const { return last_moment_; }  // of a dead machine

  // Decisions made explicit, for the record.
  std::optional<Phase> phase() const { return phase_; }
  const std::optional<CrashAnchor>& crash() const { return crash_; }
  const std::optional<Phase>& crash_at_end() const { return crash_at_end_; }
  bool crashed_in(Phase phase) const { return crash_phase_ == phase; }
  bool interrupted() const { return interrupted_; }
  const std::vector<faultfs::PlacedFault>& faults() const { return faults_; }  // so far, in order
  const std::vector<StruckFault>& struck() const { return struck_; }           // the same, with the files' paths
  bool lied() const;                                                           // a sync lied
  std::uint64_t failures() const { return failures_; }                         // faults other than lies, so far
  bool missed_decisions() const;                                               // recorded decisions were not met

 private:
  struct FaultDecision {  // for one call
    bool dead = false;
    std::optional<faultfs::Strike> strike{};
  };
  struct CrashAfter {  // the call in which the machine dies; its number is that of its beginning
    const faultfs::Call* call = nullptr;
    CrashAnchor anchor{};
  };
  FaultDecision decide(const faultfs::Call& call);
  const Recorded* recorded_crash() const;
  bool crash_is_due(const faultfs::PathStatistics& path, const faultfs::Call& call);
  faultfs::Injector chosen() const;
  faultfs::Injector in_phases(faultfs::Injector injector) const;
  void crash_in(const faultfs::Call& call, const CrashAnchor& anchor);
  void crash(const std::string& why);  // "": the story has it already
  void transcribe(const faultfs::Call& call, const std::string& remark);

  const Setup setup_;
  FiberScheduler& scheduler_;
  Trace& trace_;
  faultfs::PathCache paths_;
  std::optional<Phase> phase_;
  const faultfs::Injector injector_;
  std::uint64_t counted_ = 0;  // calls of this phase that the crash plan counts
  CrashAfter crash_after_;
  bool dead_ = false;
  LastMoment last_moment_;
  std::optional<CrashAnchor> crash_;
  std::optional<Phase> crash_at_end_;
  std::optional<Phase> crash_phase_;
  bool interrupted_ = false;
  std::vector<faultfs::PlacedFault> faults_;
  std::vector<StruckFault> struck_;
  std::uint64_t failures_ = 0;
};

}  // namespace mylonite::sim
