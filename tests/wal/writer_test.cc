#include "core/wal/writer.h"

#include <rapidcheck.h>

#include <mylonite/faultfs/crash.h>

#include "tests/wal/log_fixture.h"

namespace mylonite::testing {
namespace {

// Goal: what is appended is read back. Method: rapidcheck over groups of payloads, synced or not after each.
// Expectation: all records in order, synced_to never above what was synced, sizes as reported.
TEST(WalWriter, RoundTrip) {
  EXPECT_TRUE(rc::check([](const std::vector<std::vector<std::string>>& groups, bool sync) {
    Log log;
    const auto writer = log.create();
    std::vector<std::pair<std::uint64_t, std::string>> expected;
    for (const auto& group : groups) {
      std::vector<WalWriter::Pending> pending;
      for (const std::string& payload : group) {
        expected.emplace_back(expected.size() + 1, payload);
        pending.push_back({.at = Timestamp{expected.size()}, .payload = payload});
      }
      RC_ASSERT(writer->append(pending).ok());
      if (sync) RC_ASSERT(writer->sync().ok());
      RC_ASSERT(writer->synced_bytes() == (sync ? writer->bytes() : kWalHeaderBytes));
    }
    const ReadBack back = read_back(log.fs);
    RC_ASSERT(back.end.ok());
    RC_ASSERT(back.records == expected);
    RC_ASSERT(back.end->valid_bytes == writer->bytes());
    RC_ASSERT(log.bytes().size() == writer->bytes());
  }));
}

// Goal: a new log is durable with its name before anything is written to it, and what was synced stays. Method: a power
// loss that keeps nothing it need not keep, after create, after an append, after its sync. Expectation: the header at
// once; the record only after its sync.
TEST(WalWriter, DurableAsPromised) {
  class LoseAll final : public faultfs::Chooser {
    faultfs::Fate choose(const faultfs::Unit&, std::span<const faultfs::FateKind> legal) override {
      for (const faultfs::FateKind kind : legal) {
        if (kind == faultfs::FateKind::kLost) return {.kind = kind};
      }
      return {};
    }
  };
  Log log;
  ASSERT_TRUE(log.fs.sync_directory("").ok());
  const auto writer = log.create();
  auto records_after_loss = [&] {
    LoseAll chooser;
    faultfs::Disk after = faultfs::power_loss(log.disk, faultfs::NameOrder::kPosix, chooser);
    faultfs::SimFileSystem fs(after);
    const ReadBack back = read_back(fs);
    EXPECT_TRUE(back.end.ok()) << back.end.error().to_string();
    return back.records.size();
  };
  EXPECT_EQ(records_after_loss(), 0U);
  append(*writer, 1, "payload");
  EXPECT_EQ(records_after_loss(), 0U);
  ASSERT_TRUE(writer->sync().ok());
  EXPECT_EQ(records_after_loss(), 1U);
}

// Goal: rolling attests the old log. Method: unsynced records, roll, records. Expectation: the new header names the
// old log's number and full length, and the manifest's position; the old log is synced; both read back.
TEST(WalWriter, RollAttestsTheOldLog) {
  Log log;
  const auto writer = log.create();
  append(*writer, 1, "first");
  const std::uint64_t length = writer->bytes();
  ASSERT_TRUE(writer->roll(FileNumber{5}, FileNumber{4}, 9).ok());
  EXPECT_EQ(writer->number(), FileNumber{5});
  append(*writer, 2, "second");
  const auto next = WalReader::open(log.fs, "d/wal-5.log", FileNumber{5});
  ASSERT_TRUE(next.ok());
  EXPECT_EQ((*next)->header(), (WalHeader{.number = FileNumber{5},
                                          .salt = 42,
                                          .previous = FileNumber{2},
                                          .previous_bytes = length,
                                          .manifest = FileNumber{4},
                                          .manifest_record = 9}));
  EXPECT_EQ(read_back(log.fs, length).records.size(), 1U);
  EXPECT_EQ(read_back(log.fs, std::nullopt, "d/wal-5.log").records.at(0).second, "second");
}

// Goal: a log never takes the place of another. Method: create where the name is taken. Expectation: kAlreadyExists.
TEST(WalWriter, NeverOverwrites) {
  Log log;
  const auto first = log.create();
  EXPECT_EQ(WalWriter::create(log.fs, "d", log.header).error().code(), Code::kAlreadyExists);
}

}  // namespace
}  // namespace mylonite::testing
