// The oracle and a store that drops history: what may be missing after a recovery, and how much of the past is owed.
#include <deque>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sim/oracle/oracle.h"

namespace mylonite::sim {
namespace {

constexpr std::uint64_t kSecond = kTicksPerSecond;

Timestamp stamp(std::uint64_t seconds) { return Timestamp{seconds * kSecond}; }
StoredEntry put(const std::string& key, std::uint64_t at) { return {.key = key, .at = stamp(at), .value = "v"}; }
StoredEntry removed(const std::string& key, std::uint64_t at) { return {.key = key, .at = stamp(at), .value = {}}; }
RangeTombstone range(const std::string& low, const std::string& high, std::uint64_t at) {
  return {.low = low, .high = high, .at = stamp(at)};
}

WriteBatch a_put(const std::string& key) {
  WriteBatch batch;
  batch.put(key, "v");
  return batch;
}
WriteBatch a_remove(const std::string& key) {
  WriteBatch batch;
  batch.remove(key);
  return batch;
}
WriteBatch a_range(const std::string& low, const std::string& high) {
  WriteBatch batch;
  batch.remove_range(low, high);
  return batch;
}

// Stamps and clocks in seconds. Tombstones are kept for ten.
class History {
 public:
  explicit History(bool sync_on = true, std::uint64_t history_retention = 0) {
    options_.wal_flush_every_write = sync_on;
    options_.tombstone_retention_seconds = 10;
    options_.history_retention_seconds = history_retention;
    oracle.start_incarnation(options_);
  }
  void restart() { oracle.start_incarnation(options_); }
  void restart(std::uint64_t tombstone_retention) {
    options_.tombstone_retention_seconds = tombstone_retention;
    restart();
  }
  const WriteBatch& begin(WriteBatch batch, std::uint64_t at) {
    const WriteBatch& kept = batches_.emplace_back(std::move(batch));
    oracle.begin_write(kept);
    oracle.on_stamped(stamp(at), kept);
    return kept;
  }
  void write(WriteBatch batch, std::uint64_t at) { oracle.end_write({}, begin(std::move(batch), at), stamp(at)); }
  void clock(std::uint64_t at) { oracle.saw_clock(at * kSecond); }
  Oracle::Counts recover(const StoredVersions& found, std::uint64_t floor, Ending ending = Ending::kPowerLoss) {
    return oracle.check_recovered(found, {.ending = ending, .first_visible = stamp(1000), .floor = stamp(floor)});
  }
  std::string rule() const { return oracle.violation() ? oracle.violation()->rule : ""; }

  Oracle oracle;

 private:
  Options options_;
  std::deque<WriteBatch> batches_;
};

struct Case {
  const char* name;
  StoredVersions found;
  std::uint64_t floor;
  const char* rule;
};

// Goal: versions that a newer one at or below the floor supersedes may go, others not. Method: three puts of a key, all
// durable; every subset survives, under floors around each. Expectation: the newest at or below the floor, and all
// above it, are missed.
TEST(OracleDropTest, SupersededVersions) {
  for (const std::uint64_t floor : {0U, 9U, 10U, 15U, 20U, 25U, 30U, 40U}) {
    for (unsigned kept = 0; kept < 8; ++kept) {
      History history;
      history.clock(2000);
      StoredVersions found;
      for (std::uint64_t i = 0; i < 3; ++i) history.write(a_put("k"), 10 * (i + 1));
      for (std::uint64_t i = 3; i-- > 0;) {
        if ((kept >> i & 1) != 0) found.entries.push_back(put("k", 10 * (i + 1)));
      }
      unsigned needed = 7;
      for (std::uint64_t i = 0; i < 2; ++i) {
        if (10 * (i + 2) <= floor) needed &= ~(1U << i);
      }
      history.recover(found, floor);
      EXPECT_EQ(history.rule().empty(), (kept & needed) == needed) << kept << " under " << floor;
      EXPECT_TRUE(history.rule().empty() || history.rule() == "lost") << history.rule();
    }
  }
}

// Goal: tombstones go only below the floor, after their time, and when they hide nothing. Method: a put at 10, removed
// at 20; each is there or not; floor and clock vary. Expectation: as the table says.
TEST(OracleDropTest, Tombstones) {
  struct Row {
    bool put_there;
    bool tombstone_there;
    std::uint64_t floor;
    std::uint64_t clock;
    const char* rule;
  };
  for (const Row& row : {Row{true, true, 0, 0, ""}, Row{false, true, 20, 0, ""}, Row{false, true, 19, 0, "lost"},
                         Row{false, false, 20, 30, ""}, Row{false, false, 20, 29, "retention"},
                         Row{false, false, 19, 30, "lost"}, Row{true, false, 20, 30, "resurrected"},
                         Row{true, false, 20, 29, "resurrected"}, Row{true, false, 19, 30, "lost"}}) {
    for (const bool by_range : {false, true}) {
      History history;
      history.write(a_put("k"), 10);
      history.write(by_range ? a_range("j", "m") : a_remove("k"), 20);
      history.clock(row.clock);
      StoredVersions found;
      if (row.put_there) found.entries.push_back(put("k", 10));
      if (row.tombstone_there && by_range) found.ranges.push_back(range("j", "m", 20));
      if (row.tombstone_there && !by_range) found.entries.insert(found.entries.begin(), removed("k", 20));
      history.recover(found, row.floor);
      EXPECT_EQ(history.rule(), row.rule) << row.put_there << row.tombstone_there << row.floor << " " << row.clock;
    }
  }
}

// Goal: the shortest retention of any incarnation since the tombstone was written counts, one before it does not.
// Method: retentions before and after; the clock passes only the shorter. Expectation: legal only if that one came
// later.
TEST(OracleDropTest, TheLeastRetentionCounts) {
  for (const bool shorter_later : {true, false}) {
    History history;
    history.restart(shorter_later ? 100 : 1);
    history.restart(shorter_later ? 100 : 50);
    history.write(a_remove("k"), 20);
    history.restart(shorter_later ? 5 : 50);
    history.restart(100);
    history.clock(40);
    history.recover({}, 20);
    EXPECT_EQ(history.rule(), shorter_later ? "" : "retention");
  }
}

// Goal: what was dropped explains what it hid only if it was dropped, not if it was lost. Method: a durable put, then
// an unacknowledged batch that removes it and puts another key; the batch is gone, with or without the first put.
// Expectation: the other key shows that the batch was lost, so the first put is missed.
TEST(OracleDropTest, ALostWriteExcusesNothing) {
  for (const bool put_there : {true, false}) {
    History history;
    history.write(a_put("k"), 10);
    WriteBatch batch = a_remove("k");
    batch.put("m", "v");
    history.begin(batch, 20);
    history.clock(100);
    StoredVersions found;
    if (put_there) found.entries.push_back(put("k", 10));
    history.recover(found, 50);
    EXPECT_EQ(history.rule(), put_there ? "" : "lost");
    if (!put_there) continue;
    history.oracle.check_get("k", stamp(1000), "v");
    EXPECT_EQ(history.rule(), "");
    EXPECT_EQ(history.oracle.writes(), 1U);
  }
}

// Goal: a tombstone that may have been lost or dropped counts as dropped. Method: a durable put and an unacknowledged
// remove, both gone, time enough. Expectation: fine; the key is absent from the floor on.
TEST(OracleDropTest, TheDoubtfulTombstoneCounts) {
  History history;
  history.write(a_put("k"), 10);
  history.begin(a_remove("k"), 20);
  history.clock(100);
  const Oracle::Counts counts = history.recover({}, 50);
  EXPECT_EQ(history.rule(), "");
  EXPECT_EQ(counts.dropped, 2U);
  EXPECT_EQ(counts.tombstones_dropped, 1U);
  history.oracle.check_get("k", stamp(50), std::nullopt);
  EXPECT_EQ(history.rule(), "");
  history.restart();
  history.recover({}, 50);
  EXPECT_EQ(history.rule(), "");
}

// Goal: batches stay whole where their parts are not superseded. Method: a batch of three, unacknowledged, one entry of
// which is superseded; what survives varies.
TEST(OracleDropTest, BatchesAreWhole) {
  const std::vector<Case> cases = {
      {"all", {.entries = {put("a", 20), put("a", 10), put("b", 10), put("c", 10)}}, 20, ""},
      {"all but the superseded", {.entries = {put("a", 20), put("b", 10), put("c", 10)}}, 20, ""},
      {"none", {.entries = {put("a", 20)}}, 20, ""},
      {"one missing", {.entries = {put("a", 20), put("b", 10)}}, 20, "batch-torn"},
      {"only the superseded", {.entries = {put("a", 20), put("a", 10)}}, 20, "batch-torn"},
      {"the superseded above the floor", {.entries = {put("a", 20), put("b", 10), put("c", 10)}}, 19, "batch-torn"}};
  for (const Case& each : cases) {
    History history;
    WriteBatch batch = a_put("a");
    batch.put("b", "v");
    batch.put("c", "v");
    history.begin(batch, 10);
    history.write(a_put("a"), 20);
    history.recover(each.found, each.floor);
    EXPECT_EQ(history.rule(), each.rule) << each.name;
  }
}

// Goal: range deletes are known for what they are. Method: a range delete over two keys and what a store may say of it:
// in pieces, in part, too wide, of another stamp, as an entry.
TEST(OracleDropTest, RangesAreMatched) {
  const StoredVersions puts = {.entries = {put("b", 10), put("d", 10)}};
  auto with = [&](const std::vector<RangeTombstone>& ranges) {
    return StoredVersions{.entries = puts.entries, .ranges = ranges};
  };
  const std::vector<Case> cases = {
      {"whole", with({range("a", "e", 20)}), 0, ""},
      {"in pieces", with({range("c", "e", 20), range("a", "c", 20)}), 0, ""},
      {"in part", with({range("a", "c", 20)}), 0, "batch-torn"},
      {"where keys are", with({range("b", "c", 20), range("d", "e", 20)}), 0, ""},
      {"not at all", with({}), 0, "lost"},
      {"too wide", with({range("a", "f", 20)}), 0, "invented"},
      {"too early", with({range("a", "e", 19)}), 0, "invented"},
      {"as an entry",
       {.entries = {removed("b", 20), put("b", 10), put("d", 10)}, .ranges = {range("a", "e", 20)}},
       0,
       "invented"},
      {"what it hides is dropped", {.entries = {}, .ranges = {range("a", "e", 20)}}, 20, ""}};
  for (const Case& each : cases) {
    History history;
    WriteBatch both = a_put("b");
    both.put("d", "v");
    history.write(both, 10);
    history.write(a_range("a", "e"), 20);
    history.recover(each.found, each.floor);
    EXPECT_EQ(history.rule(), each.rule) << each.name;
  }
}

// Goal: what a recovery found dropped never comes back, except behind a power loss on a lying disk. Method: drop a
// version, a tombstone; recover again with it.
TEST(OracleDropTest, DroppedIsGone) {
  const StoredVersions all = {.entries = {put("k", 30), removed("k", 20), put("k", 10)}};
  for (const bool liar : {false, true}) {
    History history;
    history.write(a_put("k"), 10);
    history.write(a_remove("k"), 20);
    history.write(a_put("k"), 30);
    history.clock(100);
    history.recover({.entries = {put("k", 30)}}, 40);
    EXPECT_EQ(history.rule(), "");
    if (liar) history.oracle.expect_lies();
    history.restart();
    history.recover(all, liar ? 0 : 40);
    EXPECT_EQ(history.rule(), liar ? "" : "invented");
  }
}

// Goal: the floor keeps within what is granted, and above what was dropped. Method: floors around each limit.
TEST(OracleDropTest, FloorOfRecovery) {
  for (const auto& [floor, rule] : {std::pair{1000U, ""}, {1001U, "floor"}}) {
    History history;
    history.clock(2000);
    history.recover({}, floor);
    EXPECT_EQ(history.rule(), rule) << "the newest stamp is 1000; " << floor;
  }
  for (const auto& [floor, rule] : {std::pair{1400U, ""}, {1401U, "floor"}}) {
    History history(true, 600);
    history.clock(2000);
    history.oracle.check_recovered({}, {.ending = Ending::kClose, .first_visible = stamp(1900), .floor = stamp(floor)});
    EXPECT_EQ(history.rule(), rule) << "600 s before 2000 s; " << floor;
  }
  // It may sink while nothing is missing that it has to excuse.
  for (const auto& [floor, rule] : {std::pair{500U, ""}, {499U, "floor"}}) {
    History history;
    history.clock(2000);
    history.write(a_put("k"), 100);
    history.write(a_put("k"), 500);
    for (const std::uint64_t each : {600U, floor}) {
      history.recover({.entries = {put("k", 500)}}, each);
      history.restart();
    }
    EXPECT_EQ(history.rule(), rule) << floor;
  }
  // Of an open store it never does.
  for (const bool side_by_side : {false, true}) {
    History history;
    history.clock(2000);
    history.oracle.end_read({}, stamp(1000), std::nullopt);
    const Oracle::Ticket early = history.oracle.begin();
    history.oracle.check_floor(early, stamp(500));
    history.oracle.check_floor(side_by_side ? early : history.oracle.begin(), stamp(400));
    EXPECT_EQ(history.rule(), side_by_side ? "" : "floor");
  }
  History longer;  // what an earlier, shorter retention allowed stays allowed
  longer.clock(900);
  History* const history = &longer;
  Options options;
  options.history_retention_seconds = 5000;
  history->oracle.start_incarnation(options);
  history->clock(2000);
  history->recover({}, 900);
  EXPECT_EQ(history->rule(), "");
}

// Goal: a read is refused only where history is not owed. Method: snapshots live, released or taken later, at 500; the
// newest stamp is 1000. Expectation: as the table says; the floor may be above a live snapshot.
TEST(OracleDropTest, Refusals) {
  struct Row {
    bool live;
    bool taken_before;
    std::uint64_t asked;
    const char* rule;
  };
  for (const Row& row :
       {Row{true, true, 499, ""}, Row{true, true, 500, "floor"}, Row{true, true, 700, ""}, Row{false, true, 500, ""},
        Row{true, false, 500, ""}, Row{false, true, 999, ""}, Row{false, true, 1000, "floor"}}) {
    History history;
    history.clock(2000);
    Oracle::Ticket reader = history.oracle.begin();
    const std::uint64_t name = history.oracle.end_snapshot({}, stamp(500));
    if (row.taken_before) reader = history.oracle.begin();
    history.oracle.end_read({}, stamp(1000), std::nullopt);
    if (!row.live) history.oracle.release_snapshot(name);
    history.oracle.check_refused(reader, stamp(row.asked));
    EXPECT_EQ(history.rule(), row.rule) << row.live << row.taken_before << row.asked;
    History same;
    same.clock(2000);
    static_cast<void>(same.oracle.end_snapshot({}, stamp(500)));
    same.oracle.end_read({}, stamp(1000), std::nullopt);
    same.oracle.check_floor(same.oracle.begin(), stamp(row.asked));
    EXPECT_EQ(same.rule(), "");
  }
}

// Goal: places of cursors are judged. Method: the right place, none, another key, another value.
TEST(OracleDropTest, Places) {
  using CursorPosition = Oracle::CursorPosition;
  for (const auto& [found, rule] : {std::pair{CursorPosition({"b", "v"}), ""},
                                    {CursorPosition(), "walk"},
                                    {CursorPosition({"a", "v"}), "walk"},
                                    {CursorPosition({"b", "w"}), "walk"}}) {
    History history;
    history.write(a_put("a"), 10);
    history.write(a_put("b"), 20);
    history.oracle.check_position({.low = "aa", .high = std::nullopt, .limit = 1, .backward = false}, stamp(20), found);
    EXPECT_EQ(history.rule(), rule);
  }
}

// Goal: a checkpoint is the store at one moment, at least of the call. Method: puts at 10, 20, a remove at 30; asked
// for after 10, after 20. Expectation: any moment from the call on passes, also one whose newest entry is older.
TEST(OracleDropTest, Checkpoints) {
  using Pairs = Oracle::Pairs;
  const Pairs first = {{"a", "v"}};
  const Pairs both = {{"a", "v"}, {"b", "v"}};
  const Pairs last = {{"b", "v"}};
  struct Row {
    std::uint64_t returned;
    std::uint64_t newest;
    Pairs found;
    const char* rule;
  };
  for (const Row& row : {Row{10, 10, first, ""}, Row{10, 20, both, ""}, Row{10, 20, first, "checkpoint"},
                         Row{20, 10, first, "checkpoint"}, Row{20, 20, both, ""}, Row{20, 30, last, ""},
                         Row{20, 20, last, ""}, Row{10, 10, {}, "checkpoint"}}) {
    History history;
    history.write(a_put("a"), 10);
    Oracle::Ticket ticket = history.oracle.begin();
    history.write(a_put("b"), 20);
    if (row.returned == 20) ticket = history.oracle.begin();
    history.write(a_remove("a"), 30);
    history.oracle.check_checkpoint(ticket, stamp(row.newest), row.found);
    EXPECT_EQ(history.rule(), row.rule) << row.returned << " " << row.newest;
  }
}

}  // namespace
}  // namespace mylonite::sim
