// The oracle and a disk that lied: what a recovery missed may be there again once the disk has gone back behind it.
#include <deque>
#include <string>

#include <gtest/gtest.h>

#include "sim/oracle/oracle.h"

namespace mylonite::sim {
namespace {

Timestamp stamp(std::uint64_t seconds) { return Timestamp{seconds * kTicksPerSecond}; }
StoredEntry put(const std::string& key, std::uint64_t at) { return {.key = key, .at = stamp(at), .value = "v"}; }
StoredEntry removed(const std::string& key, std::uint64_t at) { return {.key = key, .at = stamp(at), .value = {}}; }

// A store on a disk whose syncs may lie. Stamps and clocks in seconds; tombstones are kept for ten.
class LyingDisk {
 public:
  LyingDisk() {
    start();
    oracle.saw_clock(1000 * kTicksPerSecond);
  }
  void start() {
    Options options;
    options.tombstone_retention_seconds = 10;
    oracle.start_incarnation(options);
  }
  void put_all(std::initializer_list<std::string> keys, std::uint64_t at) {
    WriteBatch batch;
    for (const std::string& key : keys) batch.put(key, "v");
    write(std::move(batch), at);
  }
  void remove(const std::string& key, std::uint64_t at) {
    WriteBatch batch;
    batch.remove(key);
    write(std::move(batch), at);
  }
  void remove_range(const std::string& low, const std::string& high, std::uint64_t at) {
    WriteBatch batch;
    batch.remove_range(low, high);
    write(std::move(batch), at);
  }
  // The rule that is broken when so much is found.
  std::string recover(const StoredVersions& found, std::uint64_t floor, bool lies, Ending ending = Ending::kPowerLoss) {
    start();
    if (lies) oracle.expect_lies();
    oracle.check_recovered(found, {.ending = ending, .first_visible = stamp(500), .floor = stamp(floor)});
    return oracle.violation() ? oracle.violation()->rule : "";
  }

  Oracle oracle;

 private:
  void write(WriteBatch batch, std::uint64_t at) {
    const WriteBatch& kept = batches_.emplace_back(std::move(batch));
    oracle.begin_write(kept);
    oracle.on_stamped(stamp(at), kept);
    oracle.end_write({}, kept, stamp(at));
  }
  std::deque<WriteBatch> batches_;
};

// Goal: a version that a recovery missed, lost or dropped, may come back with a disk that goes back behind that
// recovery, and only then. Method: a put and its removal; on a lying disk nothing is found of both; the next recovery
// finds both, or the put alone. Expectation: legal after lies, invented on an honest disk and after a kill; and a write
// that was surely lost, since nothing can have dropped it, stays invented.
TEST(OracleRollbackTest, WhatMayHaveBeenDroppedComesBack) {
  for (const auto& [lies, ending, rule] : {std::tuple{true, Ending::kPowerLoss, ""},
                                           {false, Ending::kPowerLoss, "invented"},
                                           {false, Ending::kKill, "invented"}}) {
    for (const bool removal_too : {false, true}) {
      LyingDisk disk;
      disk.put_all({"k"}, 10);
      disk.remove("k", 20);
      ASSERT_EQ(disk.recover({}, 400, true), "");
      StoredVersions found{.entries = {put("k", 10)}};
      if (removal_too) found.entries.insert(found.entries.begin(), removed("k", 20));
      EXPECT_EQ(disk.recover(found, 5, lies, ending), rule);
    }
  }
  LyingDisk disk;
  disk.put_all({"k"}, 10);
  ASSERT_EQ(disk.recover({}, 400, true), "");
  EXPECT_EQ(disk.recover({.entries = {put("k", 10)}}, 5, true), "invented");
}

// Goal: the same for tombstones, of keys and of ranges, and for a write of several keys, which is then whole or torn.
// Method: what was missed comes back in part or whole. Expectation: whole is legal, a part of a batch is torn.
TEST(OracleRollbackTest, TombstonesAndBatchesComeBack) {
  for (const bool by_range : {false, true}) {
    LyingDisk disk;
    disk.put_all({"k"}, 10);
    by_range ? disk.remove_range("j", "l", 20) : disk.remove("k", 20);
    ASSERT_EQ(disk.recover({}, 400, true), "");
    StoredVersions found{.entries = {put("k", 10)}};
    if (by_range) {
      found.ranges.push_back({.low = "j", .high = "l", .at = stamp(20)});
    } else {
      found.entries.insert(found.entries.begin(), removed("k", 20));
    }
    EXPECT_EQ(disk.recover(found, 5, true), "") << by_range;
  }
  for (const bool whole : {false, true}) {
    LyingDisk disk;
    disk.put_all({"a", "b"}, 10);
    disk.put_all({"a", "b"}, 20);
    ASSERT_EQ(disk.recover({.entries = {put("a", 20), put("b", 20)}}, 400, true), "");
    StoredVersions found{.entries = {put("a", 20), put("a", 10), put("b", 20)}};
    if (whole) found.entries.push_back(put("b", 10));
    EXPECT_EQ(disk.recover(found, 5, true), whole ? "" : "batch-torn");
  }
}

// Goal: what nobody is owed stays so. Method: as above; a later write comes and survives; the older ones do not come
// back. Expectation: legal, and they can be missed by further recoveries.
TEST(OracleRollbackTest, NobodyIsOwedIt) {
  LyingDisk disk;
  disk.put_all({"k"}, 10);
  disk.remove("k", 20);
  ASSERT_EQ(disk.recover({}, 400, true), "");
  disk.put_all({"k"}, 600);
  for (const bool lies : {true, false, true}) EXPECT_EQ(disk.recover({.entries = {put("k", 600)}}, 5, lies), "");
}

// Goal: after an honest power loss nothing older comes back, whatever lies come later. Method: missed, missed again on
// an honest disk, then found on a lying one. Expectation: invented.
TEST(OracleRollbackTest, AnHonestPowerLossEndsIt) {
  LyingDisk disk;
  disk.put_all({"k"}, 10);
  disk.remove("k", 20);
  ASSERT_EQ(disk.recover({}, 400, true), "");
  ASSERT_EQ(disk.recover({}, 400, false), "");
  EXPECT_EQ(disk.recover({.entries = {put("k", 10)}}, 5, true), "invented");
}

}  // namespace
}  // namespace mylonite::sim
