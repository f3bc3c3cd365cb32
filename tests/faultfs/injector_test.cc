// Injectors: which calls they strike, how they compose, what they say of themselves, and that what struck replays.

#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <mylonite/faultfs/injected_faults.h>
#include <mylonite/faultfs/injector.h>

#include "tests/faultfs/world.h"

namespace mylonite::faultfs {
namespace {

std::string_view role_of(std::string_view path) {
  if (path.ends_with(".log")) return "log";
  return path.ends_with(".idx") ? "index" : "other";
}

// Two logs and an index, three appends and a sync each, in turns; says which calls failed, by number from 1.
std::vector<int> failing(InjectedFaults& faults, Disk& disk) {
  SimFileSystem fs(disk, &faults);
  std::vector<int> failed;
  int number = 0;
  const auto note = [&](bool ok) {
    ++number;
    if (!ok) failed.push_back(number);
  };
  std::vector<std::unique_ptr<vfs::File>> files;
  for (const char* path : {"a.log", "b.log", "c.idx"}) {
    auto file = fs.open(path, vfs::OpenMode::kCreateExclusive);
    note(file.ok());
    if (file.ok()) files.push_back(std::move(*file));
  }
  for (int round = 0; round < 3; ++round) {
    for (const auto& file : files) {
      note(file->append("x").ok());
      note(file->sync(vfs::SyncKind::kData).ok());
    }
  }
  return failed;
}
// As numbers: 1-3 creates; then append and sync_data of a.log 4 5, b.log 6 7, c.idx 8 9; again from 10, and from 16.

std::vector<int> failing(Injector injector) {
  Disk disk;
  InjectedFaults faults(std::move(injector), role_of);
  return failing(faults, disk);
}

using Numbers = std::vector<int>;

// Goal: each part strikes the calls that its text names. Method: one injector of each part over the same program.
// Expectation: the calls by number, and the text.
TEST(Injectors, StrikeWhatTheySay) {
  struct Case {
    Injector injector;
    std::string text;
    Numbers strikes;
  };
  const Calls syncs = calls({CallKind::kSyncData});
  const Case cases[] = {
      {inject(Fault::kIoError, every(syncs)), "EIO on every sync_data", {5, 7, 9, 11, 13, 15, 17, 19, 21}},
      {inject(Fault::kIoError, nth(3, of_role("log", syncs))), "EIO on the 3rd sync_data of a log", {11}},
      {inject(Fault::kNoSpace, nth(2, of_role("index", calls({CallKind::kAppend})))),
       "ENOSPC on the 2nd append of an index",
       {14}},
      {inject(Fault::kIoError, nth(2, of_path("b.log"))), "EIO on the 2nd call of b.log", {6}},
      {inject(Fault::kNoSpace, from_nth(8, calls({CallKind::kAppend}))),
       "ENOSPC on every append from the 8th on",
       {18, 20}},
      {inject(Fault::kIoError, from_then_on(nth(2, of_role("index", syncs)), of_role("log"))),
       "EIO on the 2nd sync_data of an index and every call of a log from then on",
       {15, 16, 17, 18, 19}},
      {first_of({inject(Fault::kIoError, nth(1, syncs)), inject(Fault::kNoSpace, nth(1, calls()))}),
       "EIO on the 1st sync_data; ENOSPC on the 1st call",
       {1, 5}},
      {nothing(), "nothing", {}},
      {first_of({}), "nothing", {}},
      {replay({{.at = {.role = "log", .generation = 2, .call = CallKind::kSyncData, .nth = 3},
                .strike = {.fault = Fault::kIoErrorForgetting}},
               {.at = {.role = "log", .generation = 9, .call = CallKind::kSyncData, .nth = 1}}}),
       "EIO that leaves pages clean on the 3rd sync_data of the 2nd log; EIO on the 1st sync_data of the 9th log",
       {19}},
  };
  for (const Case& each : cases) {
    EXPECT_EQ(each.injector.text, each.text);
    EXPECT_EQ(failing(each.injector), each.strikes) << each.text;
  }
}

// Goal: a fault strikes only calls that it fits, also when placed by hand. Method: no space on a sync, by each way to
// inject. Expectation: nothing strikes.
TEST(Injectors, LeaveAloneWhatTheFaultDoesNotFit) {
  const Calls syncs = calls({CallKind::kSyncData});
  EXPECT_EQ(failing(inject(Fault::kNoSpace, every(syncs))), Numbers{});
  EXPECT_EQ(failing(inject_one_of({{.fault = Fault::kNoSpace}}, stream_of(Random(1)), every(syncs))), Numbers{});
  EXPECT_EQ(failing(replay({{.at = {.role = "log", .generation = 1, .call = CallKind::kSyncData, .nth = 1},
                             .strike = {.fault = Fault::kNoSpace}}})),
            Numbers{});
}

// Goal: chances are seeded and of the stated size. Method: one call in four, over many seeds; every seed twice.
// Expectation: the same calls both times; about a quarter of all.
TEST(Injectors, DrawFromTheirSeeds) {
  std::size_t struck = 0;
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    const auto injector = [&] {
      return inject(Fault::kIoError, one_in(4, stream_of(Random(seed)), calls({CallKind::kAppend})));
    };
    EXPECT_EQ(injector().text, "EIO on one append in 4");
    const Numbers once = failing(injector());
    EXPECT_EQ(failing(injector()), once);
    struck += once.size();
  }
  EXPECT_NEAR(static_cast<double>(struck) / (500 * 9), 0.25, 0.02);
}

// Goal: among several faults each comes as often as its weight says, where it fits. Method: three faults of weights 1,
// 1 and 2 on every append, many times; then on every sync, which the last does not fit.
TEST(Injectors, DrawAmongFaultsByWeight) {
  const std::vector<WeightedFault> faults = {
      {.fault = Fault::kIoError}, {.fault = Fault::kIoErrorDone}, {.fault = Fault::kNoSpace, .weight = 2}};
  const auto counts = [&](CallKind kind) {
    std::vector<int> found(kFaults, 0);
    const Injector injector = inject_one_of(faults, stream_of(Random(5)), every(calls({kind})));
    PathCache paths(role_of);
    const Call call{.kind = kind, .path = "a.log", .other_path = {}, .bytes = {}};
    for (int i = 0; i < 4000; ++i) {
      const auto strike = injector.decide({.call = call, .path = paths.count(call)});
      if (strike) ++found[static_cast<std::size_t>(strike->fault)];
    }
    return found;
  };
  const auto appends = counts(CallKind::kAppend);
  EXPECT_NEAR(appends[static_cast<std::size_t>(Fault::kIoError)], 1000, 100);
  EXPECT_NEAR(appends[static_cast<std::size_t>(Fault::kIoErrorDone)], 1000, 100);
  EXPECT_NEAR(appends[static_cast<std::size_t>(Fault::kNoSpace)], 2000, 100);
  const auto syncs = counts(CallKind::kSync);
  EXPECT_NEAR(syncs[static_cast<std::size_t>(Fault::kIoError)], 2000, 100);
  EXPECT_EQ(syncs[static_cast<std::size_t>(Fault::kNoSpace)], 0);
  EXPECT_EQ(inject_one_of(faults, stream_of(Random(5)), every(calls())).text,
            "EIO or EIO after the effect or ENOSPC on every call");
}

// Goal: what struck is recorded, named, and replays to the same calls and the same disk. Method: random faults over
// many seeds, then the record alone; a record one call of which never comes.
TEST(Injectors, RecordsReplay) {
  std::size_t struck = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const Stream stream = stream_of(Random(seed));
    Disk disk;
    InjectedFaults faults(
        inject_one_of(
            {{.fault = Fault::kIoError}, {.fault = Fault::kIoErrorForgetting}, {.fault = Fault::kIoErrorDone}}, stream,
            one_in(5, stream, calls(kChangingCalls))),
        role_of);
    const Numbers failed = failing(faults, disk);
    struck += faults.struck().size();
    EXPECT_EQ(failed.size(), faults.struck().size());
    Disk again_disk;
    InjectedFaults again(replay(faults.struck()), role_of);
    EXPECT_EQ(failing(again, again_disk), failed);
    EXPECT_EQ(again.struck(), faults.struck());
    EXPECT_EQ(again_disk.hash(), disk.hash());
  }
  EXPECT_GT(struck, 500U);
}

// Goal: faults come and go while a program runs, and calls are counted all the time. Method: stop, then name a call
// that lies behind what happened meanwhile.
TEST(InjectedFaultsTest, MayBeChangedWhileInUse) {
  Disk disk;
  InjectedFaults faults(inject(Fault::kIoError, every(calls({CallKind::kAppend}))));
  SimFileSystem fs(disk, &faults);
  auto file = fs.open("f", vfs::OpenMode::kCreateExclusive);
  ASSERT_TRUE(file.ok());
  EXPECT_FALSE((*file)->append("1").ok());
  faults.stop();
  EXPECT_TRUE((*file)->append("2").ok());
  faults.set(replay({{.at = {.role = "file", .generation = 1, .call = CallKind::kAppend, .nth = 4}}}));
  EXPECT_TRUE((*file)->append("3").ok());
  EXPECT_FALSE((*file)->append("4").ok());
  ASSERT_EQ(faults.struck().size(), 2U);
  EXPECT_EQ(to_string(faults.struck()[1]), "EIO on the 4th append of the 1st file");
  EXPECT_EQ(contents(disk, "f"), "23");
}

// Goal: numbers read as people say them.
TEST(InjectedFaultsTest, Ordinals) {
  std::string text;
  for (const unsigned number : {1U, 2U, 3U, 4U, 11U, 12U, 13U, 21U, 22U, 23U, 101U, 111U})
    text += ordinal(number) + " ";
  EXPECT_EQ(text, "1st 2nd 3rd 4th 11th 12th 13th 21st 22nd 23rd 101st 111th ");
}

}  // namespace
}  // namespace mylonite::faultfs
