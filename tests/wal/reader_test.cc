#include "core/wal/reader.h"

#include "tests/wal/log_fixture.h"

namespace mylonite::testing {
namespace {

// Five records; those up to `synced` are followed by a sync.
std::string five_records(Log& log, int synced) {
  const auto writer = log.create();
  for (int i = 1; i <= 5; ++i) {
    append(*writer, static_cast<std::uint64_t>(i), std::string(static_cast<std::size_t>(i) * 5, 'p'));
    if (i > synced) continue;
    EXPECT_TRUE(writer->sync().ok());
  }
  return log.bytes();
}

std::vector<std::size_t> record_starts() {
  std::vector<std::size_t> starts{kWalHeaderBytes};
  for (std::size_t i = 1; i <= 5; ++i) starts.push_back(starts.back() + encoded_record_bytes(i * 5));
  return starts;
}

// Goal: no flip of any byte gives a wrong answer. Method: every byte of a log, two patterns, for every number of synced
// records. Expectation: an error; or the records before the damaged one, where none behind attests it; damage of a
// record that a later one attests is never silent.
TEST(WalReader, EveryByteFlip) {
  const std::vector<std::size_t> starts = record_starts();
  for (int synced = 0; synced <= 5; ++synced) {
    Log log;
    const std::string good = five_records(log, synced);
    ASSERT_EQ(read_back(log.fs).records.size(), 5U);
    for (std::size_t at = 0; at < good.size(); ++at) {
      for (const int pattern : {0x01, 0x80}) {
        std::string bad = good;
        bad[at] = static_cast<char>(bad[at] ^ pattern);
        log.replace(bad);
        const ReadBack back = read_back(log.fs);
        if (at < kWalHeaderBytes) {
          ASSERT_FALSE(back.end.ok()) << at;
          continue;
        }
        std::size_t hit = 0;
        while (starts[hit + 1] <= at) ++hit;
        // Record k+1 says that all before it is durable, if it was written after the sync of record k. A log whose last
        // record is synced has nobody to say so.
        const bool attested = static_cast<int>(hit) < std::min(synced, 4);
        ASSERT_EQ(back.end.ok(), !attested) << "byte " << at << ", synced " << synced;
        if (attested) continue;
        ASSERT_EQ(back.records.size(), hit) << "byte " << at;
        ASSERT_EQ(back.end->valid_bytes, starts[hit]);
        ASSERT_EQ(back.end->dropped_bytes, good.size() - starts[hit]);
      }
    }
  }
}

// Goal: a log that ends early. Method: cut at every length, with and without the next log's attestation.
// Expectation: without: the whole records before the cut; with: an error unless nothing is missing.
TEST(WalReader, TruncationAtEveryLength) {
  const std::vector<std::size_t> starts = record_starts();
  Log log;
  const std::string good = five_records(log, 0);
  for (std::size_t length = 0; length <= good.size(); ++length) {
    log.replace(good.substr(0, length));
    const ReadBack back = read_back(log.fs);
    ASSERT_EQ(back.finished, length >= kWalHeaderBytes);
    if (!back.finished) continue;
    ASSERT_TRUE(back.end.ok());
    std::size_t whole = 0;
    while (whole < 5 && starts[whole + 1] <= length) ++whole;
    ASSERT_EQ(back.records.size(), whole) << length;
    ASSERT_EQ(read_back(log.fs, good.size()).end.ok(), length == good.size());
  }
}

// Goal: the clean-close marker ends a log. Method: closed; then bytes behind it; then records cut from before it.
// Expectation: clean; kCorruption; kCorruption.
TEST(WalReader, CleanClose) {
  Log log;
  {
    const auto writer = log.create();
    append(*writer, 1, "payload");
    ASSERT_TRUE(writer->sync().ok());
    ASSERT_TRUE(writer->append_clean_close().ok());
  }
  const std::string good = log.bytes();
  EXPECT_TRUE(read_back(log.fs).end->clean_close);
  EXPECT_EQ(read_back(log.fs).records.size(), 1U);
  log.replace(good + "12345678");
  EXPECT_EQ(read_back(log.fs).end.error().code(), Code::kCorruption);
  log.replace(good.substr(0, kWalHeaderBytes) + good.substr(good.size() - kRecordHeaderBytes));
  EXPECT_EQ(read_back(log.fs).records.size(), 0U) << "a moved marker is none";
  EXPECT_FALSE(read_back(log.fs).end->clean_close);
}

// Goal: a log cannot go on behind what its successor attests. Method: attest one record less.
// Expectation: kCorruption at that byte.
TEST(WalReader, LongerThanAttested) {
  Log log;
  five_records(log, 5);
  const ReadBack back = read_back(log.fs, record_starts()[4]);
  ASSERT_FALSE(back.end.ok());
  EXPECT_EQ(back.end.error().offset(), record_starts()[4]);
}

// Goal: a visitor's error stops the reading and names the place. Method: refuse the third record.
// Expectation: that error, with file and offset.
TEST(WalReader, VisitorsErrorIsPlaced) {
  Log log;
  five_records(log, 5);
  const auto reader = WalReader::open(log.fs, "d/wal-2.log", FileNumber{2});
  const auto end = (*reader)->read({}, [](const WalRecord& record) -> Status {
    if (record.at.ticks == 3) return Error(Code::kCorruption, "refused");
    return {};
  });
  ASSERT_FALSE(end.ok());
  EXPECT_EQ(end.error().file(), "wal-2.log");
  EXPECT_EQ(end.error().offset(), record_starts()[2]);
}

}  // namespace
}  // namespace mylonite::testing
