// The owners of an open store's state, each by itself: read views, history, write gate, live logs.
#include <gtest/gtest.h>

#include "core/store/history.h"
#include "core/store/live_logs.h"
#include "core/store/read_views.h"
#include "core/store/write_gate.h"
#include "tests/store/store_fixture.h"

namespace mylonite::testing {
namespace {

Catalog::View tables_from(std::uint64_t first_log) {
  Version version;
  version.first_log = FileNumber{first_log};
  return {.version = std::make_shared<const Version>(version), .runs = std::make_shared<const TableRuns>()};
}

// Goal: a read finds each memtable in one place. Method: freeze two memtables; commit the flush of the first and
// publish before it is retired, as a merge may do in between; retire it. Expectation: newest first; the flushed one is
// left out as soon as its tables are there; what was handed out stays as it was.
TEST(ReadViews, AMemtableIsShownUntilItsTablesAre) {
  const auto first = std::make_shared<Memtable>();
  const auto second = std::make_shared<Memtable>();
  const auto third = std::make_shared<Memtable>();
  ReadViews views(first, tables_from(1));
  views.freeze(second, FileNumber{2});
  views.freeze(third, FileNumber{3});
  views.publish(tables_from(1));
  const auto before = views.current();
  using Shown = std::vector<std::shared_ptr<const Memtable>>;
  EXPECT_EQ(before->memtables, (Shown{third, second, first}));
  EXPECT_EQ(views.frozen_ever(), 2U);
  views.publish(tables_from(2));
  EXPECT_EQ(views.current()->memtables, (Shown{third, second}));
  EXPECT_EQ(views.flushed_ever(), 0U);
  views.retire_oldest();
  views.publish(tables_from(2));
  EXPECT_EQ(views.current()->memtables, (Shown{third, second}));
  EXPECT_EQ(views.flushed_ever(), 1U);
  EXPECT_EQ(views.frozen().size(), 1U);
  EXPECT_EQ(before->memtables, (Shown{third, second, first}));
}

// Goal: a read names a moment that is there. Method: write up to 20 of which 15 is visible; a floor of 10. Expectation:
// now is 15; 10 to 15 can be read; below and above are out of range, with the border named.
TEST(History, MomentsBetweenFloorAndVisible) {
  History history(StampSource(Timestamp{15}, Timestamp{100}), Timestamp{10}, 0);
  history.issued(Timestamp{20});
  EXPECT_EQ(history.moment(std::nullopt).value(), Timestamp{15});
  EXPECT_EQ(history.moment(Timestamp{10}).value(), Timestamp{10});
  EXPECT_EQ(history.moment(Timestamp{9}).error().code(), Code::kOutOfRange);
  EXPECT_NE(history.moment(Timestamp{9}).error().message().find("begins at 10"), std::string::npos);
  EXPECT_EQ(history.moment(Timestamp{16}).error().code(), Code::kOutOfRange);
  EXPECT_NE(history.moment(Timestamp{16}).error().message().find("is 15"), std::string::npos);
  history.show(Timestamp{20});
  EXPECT_EQ(history.moment(std::nullopt).value(), Timestamp{20});
}

// Goal: snapshots below the floor can be read, and nothing else there. Method: hold two snapshots of one moment and one
// of a later one; raise the floor; release them one by one. Expectation: the floor rises to what is visible and never
// falls; a moment is read while a snapshot of it lives; those below the floor are named once each.
TEST(History, TheFloorPassesSnapshotsWhichStayReadable) {
  using Stamps = std::vector<Timestamp>;
  History history(StampSource(Timestamp{15}, Timestamp{100}), Timestamp{10}, 0);
  for (const std::uint64_t at : {12U, 12U, 15U}) history.hold(Timestamp{at});
  EXPECT_EQ(history.snapshots_below_floor(), Stamps());
  history.issued(Timestamp{30});
  history.show(Timestamp{30});
  EXPECT_EQ(history.oldest_read(), Timestamp{12});
  EXPECT_EQ(history.floor(), Timestamp{10});
  EXPECT_EQ(history.raise_floor(), Timestamp{30});
  EXPECT_EQ(history.snapshots_below_floor(), (Stamps{Timestamp{12}, Timestamp{15}}));
  history.hold(Timestamp{30});
  EXPECT_EQ(history.snapshots_below_floor().size(), 2U) << "one of the floor itself is not below it";
  history.release(Timestamp{12});
  EXPECT_EQ(history.moment(Timestamp{12}).value(), Timestamp{12});
  EXPECT_EQ(history.moment(Timestamp{13}).error().code(), Code::kOutOfRange);
  history.release(Timestamp{12});
  EXPECT_EQ(history.moment(Timestamp{12}).error().code(), Code::kOutOfRange);
  EXPECT_EQ(history.oldest_read(), Timestamp{15});
  EXPECT_EQ(history.snapshots_below_floor(), Stamps{Timestamp{15}});
  history.release(Timestamp{15});
  EXPECT_EQ(history.oldest_read(), Timestamp{30});
  EXPECT_EQ(history.held(), 1U);
}

// Goal: the gate refuses for one reason until it resumes, and shuts for good. Method: refuse twice and resume; enter
// two callers, close, and let them leave. Expectation: the first reason stays, with its code, as one that may pass;
// close() is told of the last caller alone.
TEST(WriteGate, RefusesForOneReasonAndCountsCallersOut) {
  WriteGate gate(2);
  gate.enter();
  EXPECT_FALSE(gate.leave()) << "nobody closes";
  gate.enter();
  gate.enter();
  EXPECT_TRUE(gate.refuse(Error(Code::kNoSpace, "first")));
  EXPECT_FALSE(gate.refuse(Error(Code::kIo, "second")));
  EXPECT_NE(gate.refusal().to_string().find("first"), std::string::npos);
  EXPECT_EQ(gate.refusal().code(), Code::kNoSpace);
  EXPECT_TRUE(gate.refusal().can_retry());
  EXPECT_TRUE(gate.shut());
  gate.resume();
  EXPECT_FALSE(gate.shut());
  gate.close();
  EXPECT_EQ(gate.refusal().code(), Code::kClosed);
  EXPECT_FALSE(gate.leave());
  EXPECT_TRUE(gate.leave());
  EXPECT_TRUE(gate.empty());
}

// Goal: merging presses only while a merge can relieve it. Method: a tree of three runs in level 0 against limits of
// two and three, weighed before the open ends, after it, once merging is given up, and opened once more. Expectation: a
// stop in between; nothing before or after; frozen memtables hold writers up regardless.
TEST(WriteGate, PressesWhileMergesRun) {
  WriteGate gate(2);
  std::vector<Level> levels(1);
  levels[0].runs.resize(3);
  gate.set_limits({.slowdown_runs = 2, .stop_runs = 3});
  EXPECT_FALSE(gate.presses());
  gate.start_pressing();
  EXPECT_TRUE(gate.presses());
  gate.weigh(levels);
  EXPECT_EQ(gate.pressure().level, Pressure::Level::kStop);
  EXPECT_TRUE(gate.stalls(StallCause::kLevel0, 0));
  EXPECT_FALSE(gate.stalls(StallCause::kMemtables, 1));
  EXPECT_TRUE(gate.stalls(StallCause::kMemtables, 2));
  gate.stop_pressing();
  EXPECT_EQ(gate.pressure().level, Pressure::Level::kNone);
  gate.start_pressing();
  EXPECT_FALSE(gate.presses());
  EXPECT_FALSE(gate.stalls(StallCause::kLevel0, 0));
}

// Goal: logs go oldest first, and no needed one. Method: three logs, the second needed. Expectation: the first alone.
TEST(LiveLogs, OnlyObsoleteOnesGo) {
  LiveLogs logs;
  for (const std::uint64_t number : {3U, 5U, 7U}) logs.add(FileNumber{number});
  EXPECT_EQ(logs.take_obsolete(FileNumber{5}), FileNumber{3});
  EXPECT_EQ(logs.take_obsolete(FileNumber{5}), std::nullopt);
}

}  // namespace
}  // namespace mylonite::testing
