// The fault injector alone, without a store: a small program calls its file system, and faults strike as planned.
#include "sim/run/fault_injector.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <mylonite/faultfs/crash.h>
#include <mylonite/faultfs/sim_file_system.h>

#include "core/rt/rt.h"
#include "core/vfs/util.h"

namespace mylonite::sim {
namespace {

using faultfs::CallKind;
using faultfs::Fault;
using faultfs::PlacedFault;

struct Ended {
  faultfs::Disk disk;
  std::vector<bool> went_well{};  // each call of the program
  std::optional<CrashAnchor> crash{};
  std::optional<Phase> crash_at_end{};
  std::vector<PlacedFault> faults{};
  bool dead = false;
  bool unmet = false;
  bool crashed_in_work = false;
  bool interrupted = false;
  RunStats stats{};
};

struct Plan {
  Scenario scenario{};
  IncarnationPlan incarnation{};
  const std::atomic<bool>* interrupt = nullptr;
};

using Program = std::function<void(vfs::FileSystem&, std::vector<bool>&)>;

// Runs the program in the working phase, or in none.
Ended run_program(const Plan& plan, const Program& program, bool in_phase = true) {
  Ended ended;
  StackPool stacks;
  VirtualClock clock(1'000);
  Trace trace;
  DefaultSchedule strategy;
  FiberScheduler scheduler({stacks, clock, trace}, strategy, {});
  FaultInjector machine({.scenario = plan.scenario,
                         .plan = plan.incarnation,
                         .stats = ended.stats,
                         .transcript = nullptr,
                         .interrupt = plan.interrupt},
                        scheduler, trace);
  faultfs::SimFileSystem fs(ended.disk, &machine);
  static_cast<void>(scheduler.run([&] {
    if (in_phase) machine.enter(Phase::kWork);
    program(fs, ended.went_well);
    if (in_phase) machine.leave();
  }));
  ended.crash = machine.crash();
  ended.crash_at_end = machine.crash_at_end();
  ended.faults = machine.faults();
  ended.dead = machine.dead();
  ended.unmet = machine.missed_decisions();
  ended.crashed_in_work = machine.crashed_in(Phase::kWork);
  ended.interrupted = machine.interrupted();
  return ended;
}

// Two logs, each created, appended to three times and synced; between them a look at the directory.
void two_logs(vfs::FileSystem& fs, std::vector<bool>& went_well) {
  went_well.push_back(fs.make_directory("db").ok());
  for (const char* path : {"db/wal-1.log", "db/wal-2.log"}) {
    auto file = fs.open(path, vfs::OpenMode::kCreateExclusive);
    went_well.push_back(file.ok());
    if (!file.ok()) continue;
    for (const char* text : {"x", "y", "z"}) went_well.push_back((*file)->append(text).ok());
    went_well.push_back((*file)->sync(vfs::SyncKind::kDataAndSize).ok());
    went_well.push_back(fs.list("db").ok());
  }
}
// As the disk sees two_logs, the calls that a plan counts: 1 directory, 2 create, 3-5 append, 6 sync, 7 create, ...

std::string contents(faultfs::Disk disk, const std::string& path) {
  faultfs::SimFileSystem fs(disk);
  const auto text = vfs::read_whole_file(fs, path);
  return text.ok() ? *text : "(absent)";
}

Plan crash_at(std::uint64_t call, bool after, std::optional<CallKind> only = std::nullopt) {
  Plan plan;
  plan.incarnation.ending = Ending::kPowerLoss;
  plan.incarnation.crash = {.phase = Phase::kWork, .only = only, .call = call, .after = after};
  return plan;
}

// Goal: the machine dies in the planned call, before or after its effect, and nothing happens on its disk any more.
// Method: die in each of the calls. Expectation: every call before it went well, none from it on; the disk is that of
// the calls that count.
TEST(FaultInjectorTest, DiesInThePlannedCall) {
  const std::vector<std::string> first_log = {"(absent)", "(absent)", "", "x", "xy", "xyz", "xyz"};
  for (std::uint64_t call = 1; call <= 6; ++call) {
    for (const bool after : {false, true}) {
      const std::uint64_t effective = after ? call : call - 1;  // calls that changed the disk
      const Ended ended = run_program(crash_at(call, after), two_logs);
      EXPECT_TRUE(ended.dead);
      EXPECT_TRUE(ended.crashed_in_work);
      EXPECT_EQ(contents(ended.disk, "db/wal-1.log"), first_log[effective]);
      EXPECT_EQ(contents(ended.disk, "db/wal-2.log"), "(absent)");
      const auto failed = std::ranges::find(ended.went_well, false);
      EXPECT_EQ(failed - ended.went_well.begin(), static_cast<std::ptrdiff_t>(effective));
      EXPECT_EQ(std::ranges::count(failed, ended.went_well.end(), true), 0);
      EXPECT_EQ(std::ranges::count(ended.stats.crashes_at, 1U), 1);
    }
  }
}

// Goal: a plan for one kind of call counts these alone, reading calls among them. Method: the second list, the second
// sync, the fifth append.
TEST(FaultInjectorTest, CountsOneKind) {
  Ended ended = run_program(crash_at(2, false, CallKind::kList), two_logs);
  EXPECT_EQ(ended.crash,
            (CrashAnchor{.at = {.role = "directory", .generation = 1, .call = CallKind::kList, .nth = 2}}));
  ended = run_program(crash_at(2, true, CallKind::kSync), two_logs);
  EXPECT_EQ(ended.crash,
            (CrashAnchor{.at = {.role = "wal", .generation = 2, .call = CallKind::kSync, .nth = 1}, .after = true}));
  ended = run_program(crash_at(5, false, CallKind::kAppend), two_logs);
  EXPECT_EQ(ended.crash, (CrashAnchor{.at = {.role = "wal", .generation = 2, .call = CallKind::kAppend, .nth = 2}}));
  EXPECT_EQ(contents(ended.disk, "db/wal-2.log"), "x");
}

// Goal: a phase with fewer calls than planned ends in the crash; another phase's plan does nothing, nor does a plan
// where the ending is a close. Method: one of each.
TEST(FaultInjectorTest, DiesAtTheEndOfThePhase) {
  Plan plan = crash_at(1000, false);
  Ended ended = run_program(plan, two_logs);
  EXPECT_TRUE(ended.dead);
  EXPECT_EQ(ended.crash_at_end, Phase::kWork);
  EXPECT_FALSE(ended.crash);
  EXPECT_EQ(contents(ended.disk, "db/wal-2.log"), "xyz");

  plan.incarnation.crash = {.phase = Phase::kOpen, .call = 1};
  ended = run_program(plan, two_logs);
  EXPECT_FALSE(ended.dead);
  plan = crash_at(1, false);
  plan.incarnation.ending = Ending::kClose;
  EXPECT_FALSE(run_program(plan, two_logs).dead);
}

// Goal: a recorded crash happens in the same call, even when calls on other files come or go. Method: record, replay;
// replay with a third file before them. Expectation: the same anchor, the same file; not unmet. A call that never comes
// is unmet.
TEST(FaultInjectorTest, RecordedCrashIsAnchored) {
  const Ended first = run_program(crash_at(9, false), two_logs);
  Plan plan;
  plan.incarnation.ending = Ending::kPowerLoss;
  plan.incarnation.recorded = Recorded{.crash = first.crash};
  const Program longer = [](vfs::FileSystem& fs, std::vector<bool>& went_well) {
    EXPECT_TRUE(vfs::write_new_file(fs, "unrelated.txt", "more").ok());
    two_logs(fs, went_well);
  };
  for (const Program& program : {Program(two_logs), longer}) {
    const Ended again = run_program(plan, program);
    EXPECT_EQ(again.crash, first.crash);
    EXPECT_EQ(again.went_well, first.went_well);
    EXPECT_FALSE(again.unmet);
  }
  plan.incarnation.recorded->crash->at.generation = 7;
  const Ended never = run_program(plan, two_logs);
  EXPECT_FALSE(never.dead);
  EXPECT_TRUE(never.unmet);
}

// Goal: a crash after a call is recorded as that call, though another of its kind and file began meanwhile. Method: two
// threads sync one directory, and syncs take time; die after the first one; replay. Expectation: the first, both times.
TEST(FaultInjectorTest, CrashAfterOneOfTwoCallsAtOnce) {
  const Program two_syncs = [](vfs::FileSystem& fs, std::vector<bool>& went_well) {
    went_well.push_back(fs.make_directory("db").ok());
    went_well.resize(3);
    const auto sync_into = [&](std::size_t place) {
      return [&fs, &went_well, place] { went_well[place] = fs.sync_directory("db").ok(); };
    };
    rt::Thread first("first", sync_into(1));
    rt::Thread second("second", sync_into(2));
    first.join();
    second.join();
  };
  const CrashAnchor expected{.at = {.role = "directory", .generation = 1, .call = CallKind::kSyncDirectory, .nth = 1},
                             .after = true};
  Plan plan = crash_at(1, true, CallKind::kSyncDirectory);
  plan.scenario.sync_ns = 1'000'000;
  const Ended first = run_program(plan, two_syncs);
  EXPECT_EQ(first.crash, expected);
  plan.incarnation.crash = {};
  plan.incarnation.recorded = Recorded{.crash = first.crash};
  const Ended again = run_program(plan, two_syncs);
  EXPECT_EQ(again.crash, expected);
  EXPECT_EQ(again.went_well, first.went_well);
}

// Goal: a lying sync answers success and makes nothing durable; the lie is recorded, and replays alone. Method: all
// syncs lie, then power is lost; replay with the second file's lie only.
TEST(FaultInjectorTest, Lies) {
  Plan plan = crash_at(1000, false);
  plan.scenario.lie_one_in = 1;
  const auto lost = [](const Ended& ended, const std::string& path) {
    class LoseAll final : public faultfs::Chooser {
      faultfs::Fate choose(const faultfs::Unit& unit, std::span<const faultfs::FateKind>) override {
        return {.kind = unit.kind == faultfs::UnitKind::kName ? faultfs::FateKind::kKept : faultfs::FateKind::kLost};
      }
    } lose_all;
    return contents(faultfs::power_loss(ended.disk, faultfs::NameOrder::kOrdered, lose_all), path);
  };
  const Ended all = run_program(plan, two_logs);
  EXPECT_EQ(std::ranges::count(all.went_well, false), 0);
  ASSERT_EQ(all.faults.size(), 2U);
  EXPECT_EQ(all.stats.lies, 2U);
  EXPECT_EQ(lost(all, "db/wal-1.log"), "");

  plan.incarnation.recorded = Recorded{.crash_at_end = Phase::kWork, .faults = {all.faults[1]}};
  Ended one = run_program(plan, two_logs);
  EXPECT_EQ(one.faults, std::vector<PlacedFault>{all.faults[1]});
  EXPECT_EQ(lost(one, "db/wal-1.log"), "xyz");
  EXPECT_EQ(lost(one, "db/wal-2.log"), "");
  EXPECT_FALSE(one.unmet);
  plan.incarnation.recorded->faults[0].at.nth = 9;
  EXPECT_TRUE(run_program(plan, two_logs).unmet);

  plan.scenario.lie_one_in = 0;
  plan.incarnation.recorded.reset();
  EXPECT_TRUE(run_program(plan, two_logs).faults.empty());
}

// Goal: single calls fail, in every way their kind can, and the disk goes on; what failed is recorded, and replays
// alone. Method: seeds at a high rate, with two logs; then one of the failures by itself. Expectation: a call went
// badly exactly where a failure is noted; all ways occur; what a failure that happened wrote is there.
TEST(FaultInjectorTest, SingleCallsFail) {
  std::set<Fault> ways;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Plan plan;
    plan.scenario.fail_one_in = 1;  // one in five of the calls that change the disk; every listing
    plan.incarnation.image_seed = seed;
    const Ended ended = run_program(plan, two_logs);
    EXPECT_FALSE(ended.dead);
    if (!ended.went_well[0]) continue;  // without the directory all else fails, too
    EXPECT_EQ(static_cast<std::size_t>(std::ranges::count(ended.went_well, false)), ended.faults.size());
    EXPECT_EQ(ended.stats.failed_calls, ended.faults.size());
    for (const PlacedFault& each : ended.faults) {
      ways.insert(each.strike.fault);
      plan.incarnation.recorded = Recorded{.faults = {each}};
      const Ended one = run_program(plan, two_logs);
      EXPECT_EQ(one.faults, std::vector<PlacedFault>{each});
      EXPECT_FALSE(one.unmet);
      if (each.at.call != CallKind::kAppend || each.at.generation != 1) continue;
      EXPECT_EQ(contents(one.disk, "db/wal-1.log"), each.strike.fault == Fault::kIoErrorDone ? "xyz"
                                                    : each.at.nth == 1                       ? "yz"
                                                    : each.at.nth == 2                       ? "xz"
                                                                                             : "xy");
    }
  }
  EXPECT_EQ(ways.size(), 4U) << "undone, done, no space, forgetting";

  Plan plan;
  plan.scenario.fail_one_in = 1;
  plan.incarnation.recorded =
      Recorded{.faults = {{.at = {.role = "wal", .generation = 9}, .strike = {.fault = Fault::kIoErrorDone}}}};
  EXPECT_TRUE(run_program(plan, two_logs).unmet);
}

// Goal: each row of the table of draws strikes, where its role and its fault fit, and replays alone. Method: a log, a
// table, CURRENT and a manifest, written, synced and read, under each row at its highest rate. Expectation: faults of
// that row only, on files of its role; the same again from the record.
TEST(FaultInjectorTest, DrawnFaultsStrike) {
  const Program program = [](vfs::FileSystem& fs, std::vector<bool>& went_well) {
    ignore(fs.make_directory("db"), "it may have failed");
    for (const char* path : {"db/wal-1.log", "db/sst-2.sst", "db/CURRENT", "db/manifest-3.jsonl"}) {
      went_well.push_back(vfs::write_new_file(fs, path, "some bytes").ok());
      went_well.push_back(vfs::read_whole_file(fs, path).ok());
    }
  };
  for (std::size_t i = 0; i < kFaultDraws.size(); ++i) {
    Plan plan;
    plan.scenario.drawn[i] = 1;
    const Ended ended = run_program(plan, program);
    EXPECT_FALSE(ended.faults.empty()) << kFaultDraws[i].stream();
    EXPECT_EQ(ended.stats.coverage.count(mark_of(row_of(kFaultDraws[i].fault))), ended.faults.size());
    for (const PlacedFault& each : ended.faults) {
      EXPECT_EQ(each.strike.fault, kFaultDraws[i].fault);
      EXPECT_TRUE(kFaultDraws[i].role.empty() || each.at.role == kFaultDraws[i].role);
    }
    plan.incarnation.recorded = Recorded{.faults = ended.faults};
    const Ended again = run_program(plan, program);
    EXPECT_EQ(again.faults, ended.faults);
    EXPECT_FALSE(again.unmet);
  }
}

// Goal: every fault of the table is one that the simulator draws: none can stay unsimulated.
TEST(FaultInjectorTest, DrawsEveryFault) {
  std::set<Fault> drawn = {Fault::kLie, Fault::kIoError, Fault::kIoErrorDone, Fault::kNoSpace,
                           Fault::kIoErrorForgetting};  // see Lies and SingleCallsFail
  for (const FaultDraw& row : kFaultDraws) drawn.insert(row.fault);
  EXPECT_EQ(drawn.size(), faultfs::kFaults);
}

// Goal: nothing fails outside of the phases: there the judge looks. Method: no phase entered; everything would fail.
TEST(FaultInjectorTest, NothingFailsBeforeTheJudge) {
  Plan plan;
  plan.scenario.fail_one_in = 1;
  const Ended ended = run_program(plan, two_logs, false);
  EXPECT_EQ(std::ranges::count(ended.went_well, false), 0);
}

// Goal: files are named by what they are to the store. Method: sync one of each; all lie, so that all are recorded.
TEST(FaultInjectorTest, Roles) {
  Plan plan;
  plan.scenario.lie_one_in = 1;
  std::vector<std::string> roles;
  const Ended ended = run_program(plan, [](vfs::FileSystem& fs, std::vector<bool>&) {
    static_cast<void>(fs.make_directory("db"));
    for (const char* name : {"wal-1.log", "sst-2.sst", "manifest-3.jsonl", "CURRENT", "CURRENT.new", "notes.txt"}) {
      static_cast<void>(vfs::write_new_file(fs, std::string("db/") + name, "text"));
    }
    static_cast<void>(fs.sync_directory("db"));
  });
  for (const PlacedFault& lie : ended.faults) roles.push_back(lie.at.role);
  EXPECT_EQ(roles,
            (std::vector<std::string>{"wal", "sst", "manifest", "current", "current-new", "other", "directory"}));
}

// Goal: an interrupt ends the run at the next call, and is recorded as a crash in it. Method: interrupted from the
// start.
TEST(FaultInjectorTest, Interrupted) {
  const std::atomic<bool> interrupt{true};
  const Ended ended = run_program({.interrupt = &interrupt}, two_logs);
  EXPECT_TRUE(ended.interrupted);
  EXPECT_TRUE(ended.dead);
  EXPECT_TRUE(ended.crash);
  EXPECT_EQ(std::ranges::count(ended.went_well, true), 0);
}

}  // namespace
}  // namespace mylonite::sim
