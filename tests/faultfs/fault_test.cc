// The tables of calls and faults: every kind in exactly one class, every fault described once, in the README too.

#include <bit>
#include <set>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <mylonite/faultfs/fault.h>
#include <mylonite/faultfs/injected_faults.h>

#include "core/vfs/posix.h"
#include "core/vfs/util.h"
#include "tests/faultfs/world.h"

namespace mylonite::faultfs {
namespace {

constexpr CallClass kClasses[] = {CallClass::kNames, CallClass::kBytes,  CallClass::kSyncs, CallClass::kReads,
                                  CallClass::kLooks, CallClass::kGauges, CallClass::kCloses};

// Goal: each kind of call is described in its own row, by one name and one class. Method: look each up. Expectation:
// row i is of kind i; names differ; of the sets made of one class, exactly one contains the kind.
TEST(CallTable, ClassifiesEveryKindOnce) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < kCallKinds; ++i) {
    const auto kind = static_cast<CallKind>(i);
    EXPECT_EQ(kCalls[i].kind, kind);
    EXPECT_FALSE(kCalls[i].name.empty());
    names.insert(call_kind_name(kind));
    int classes = 0;
    for (const CallClass each : kClasses) classes += CallSet{each}.contains(kind) ? 1 : 0;
    EXPECT_EQ(classes, 1) << kCalls[i].name;
    EXPECT_TRUE(kAllCalls.contains(kind));
    EXPECT_TRUE(CallSet{kind}.contains(kind));
    EXPECT_EQ(to_string(CallSet{kind}), kCalls[i].name);
  }
  EXPECT_EQ(names.size(), kCallKinds);
  EXPECT_EQ(to_string({CallKind::kRead, CallKind::kAppend}), "append or read");
}

// Goal: each fault has its row. Method: look each up. Expectation: row i is of fault i; names differ and read back; a
// fault fits something; success without the effect is answered by syncs only, as any other call has more to answer.
TEST(FaultTable, DescribesEveryFaultOnce) {
  std::set<std::string_view> names;
  std::set<std::string_view> phrases;
  for (std::size_t i = 0; i < kFaults; ++i) {
    const FaultRow& row = kFaultTable[i];
    EXPECT_EQ(row.fault, static_cast<Fault>(i));
    EXPECT_EQ(fault_from_name(row.name), row.fault);
    names.insert(row.name);
    phrases.insert(row.phrase);
    bool fits_any = false;
    for (const CallRow& call : kCalls) {
      const bool fits = row.fits.contains(call.kind);
      fits_any |= fits;
      EXPECT_TRUE(!fits || !is_lie(row.fault) || call.call_class == CallClass::kSyncs) << row.name;
    }
    EXPECT_TRUE(fits_any) << row.name;
  }
  EXPECT_EQ(names.size(), kFaults);
  EXPECT_EQ(phrases.size(), kFaults);
  EXPECT_FALSE(fault_from_name("no such fault"));
}

// Goal: the table answers and leaves what it says. Method: each fault strikes an append of four bytes or a sync, over a
// file with synced bytes. Expectation: the error's code and phrase; of the append half, all or nothing; a sync that
// happened, or may happen later, or never.
TEST(FaultTable, StrikesAsItSays) {
  class Strikes final : public Interceptor {
   public:
    Verdict before(const Call& call) override {
      if (!armed || !row_of(fault).fits.contains(call.kind)) return {};
      return verdict_of({.fault = fault}, call);
    }
    void after(const Call&, const CallResult&) override {}
    bool armed = false;
    Fault fault{};
  } strikes;
  for (const FaultRow& row : kFaultTable) {
    if (row.leaves == Leaves::kWrongBytes) continue;  // see FlippedBitsHeal
    Disk disk;
    SimFileSystem fs(disk, &strikes);
    const bool on_append = row.fits.contains(CallKind::kAppend);
    if (!on_append && !row.fits.contains(CallKind::kSync)) continue;  // see OpensNothing
    strikes.armed = false;
    strikes.fault = row.fault;
    const auto file = create(fs, "f", "aa");
    ASSERT_TRUE(file->sync(vfs::SyncKind::kDataAndSize).ok());
    ASSERT_TRUE(fs.sync_directory("").ok());
    if (!on_append) ignore(file->append("bbbb"), "checked by what is there");
    strikes.armed = true;
    const Status status = on_append ? file->append("bbbb") : file->sync(vfs::SyncKind::kDataAndSize);
    strikes.armed = false;
    EXPECT_EQ(status.ok(), !row.answers) << row.name;
    if (!status.ok()) {
      EXPECT_EQ(status.error().code(), *row.answers) << row.name;
      EXPECT_EQ(status.error().file(), "f");
      EXPECT_NE(status.error().message().find(row.phrase), std::string::npos);
      EXPECT_EQ(status.error().can_retry(), row.passes);
    }
    if (on_append) {
      EXPECT_EQ(contents(disk, "f"), row.leaves == Leaves::kAll ? "aabbbb" : "aabb") << row.name;
      continue;
    }
    ScriptedChooser lost = always(FateKind::kLost);
    EXPECT_EQ(contents(power_loss(disk, NameOrder::kPosix, lost), "f"), "aa") << row.name;
    ASSERT_TRUE(file->sync(vfs::SyncKind::kDataAndSize).ok());
    EXPECT_EQ(contents(power_loss(disk, NameOrder::kPosix, lost), "f"),
              row.leaves == Leaves::kCleanPages ? std::string("aa\0\0\0\0", 6) : "aabbbb")
        << row.name;
  }
}

// Goal: without a descriptor nothing is opened or made. Method: open, create and list under the fault, then without.
// Expectation: an error that says that a retry may help; the disk is as before.
TEST(FaultTable, OpensNothing) {
  Disk disk;
  InjectedFaults faults;
  SimFileSystem fs(disk, &faults);
  create(fs, "f", "aa");
  faults.set(inject(Fault::kNoDescriptor, every(calls(kAllCalls))));
  const auto opened = fs.open("f", vfs::OpenMode::kRead);
  const auto made = fs.open("g", vfs::OpenMode::kCreateExclusive);
  const auto listed = fs.list("");
  ASSERT_FALSE(opened.ok() || made.ok() || listed.ok());
  for (const Error& each : {opened.error(), made.error(), listed.error()}) {
    EXPECT_EQ(each.code(), Code::kIo);
    EXPECT_TRUE(each.can_retry());
  }
  faults.stop();
  EXPECT_EQ(fs.list("").value(), std::vector<std::string>{"f"});
  EXPECT_TRUE(fs.open("f", vfs::OpenMode::kRead).ok());
}

// Goal: flipped bits are in the answer, not on the disk. Method: read 64 bytes under many details, each twice, then
// without the fault; read where the file ends. Expectation: one to three bits differ, the same for the same detail; the
// disk is sound; nothing read is nothing flipped.
TEST(FaultTable, FlippedBitsHeal) {
  Disk disk;
  const std::string sound(64, 'x');
  InjectedFaults faults;
  SimFileSystem fs(disk, &faults);
  const auto file = create(fs, "f", sound);
  const auto read = [&](std::uint64_t detail) {
    faults.set({.decide = [detail](const SeenCall&) { return Strike{.fault = Fault::kFlippedBits, .detail = detail}; },
                .text = "flipped bits on every call"});
    std::string bytes(64, '?');
    EXPECT_TRUE(file->read_at(0, bytes).ok());
    return bytes;
  };
  std::set<std::string> answers;
  for (std::uint64_t detail = 0; detail < 100; ++detail) {
    const std::string bytes = read(detail);
    int flipped = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      flipped += std::popcount(static_cast<unsigned char>(bytes[i] ^ sound[i]));
    }
    EXPECT_GE(flipped, 1);
    EXPECT_LE(flipped, 3);
    EXPECT_EQ(read(detail), bytes);
    answers.insert(bytes);
  }
  EXPECT_GT(answers.size(), 90U);
  std::string rest(8, '?');
  EXPECT_EQ(file->read_at(64, rest).value(), 0U);
  EXPECT_EQ(contents(disk, "f"), sound);
}

// Goal: a reader can believe the README. Method: make every row's line from the table. Expectation: each is there, in
// order, and no other.
TEST(FaultTable, IsTheReadmes) {
  const auto fs = vfs::open_posix(MYLONITE_SOURCE_DIR);
  ASSERT_TRUE(fs.ok());
  const std::string readme = vfs::read_whole_file(**fs, "faultfs/README.md").value();
  std::string expected = "|---|---|---|---|---|---|\n";
  for (const FaultRow& row : kFaultTable) {
    expected += fmt::format("| `{}` | {} | {} | {} | {} | {} |\n", row.name, row.phrase, to_string(row.fits),
                            row.answers ? code_name(*row.answers) : "success",
                            kLeavesNames[static_cast<std::size_t>(row.leaves)], row.meaning);
  }
  EXPECT_TRUE(readme.contains(expected)) << expected;
}

}  // namespace
}  // namespace mylonite::faultfs
