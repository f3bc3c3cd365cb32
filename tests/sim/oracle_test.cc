// The oracle's rules over hand-made histories: each rule has a history that breaks it and nothing else, and a sound
// twin that differs in one detail.
#include "sim/oracle.h"

#include <deque>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace mylonite::sim {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

Timestamp stamp(std::uint64_t ticks) { return Timestamp{ticks}; }

WriteBatch puts(std::initializer_list<std::pair<std::string, std::string>> pairs) {
  WriteBatch batch;
  for (const auto& [key, value] : pairs) batch.put(key, value);
  return batch;
}

Survivor survivor(std::string key, std::uint64_t at, std::optional<std::string> value) {
  return {.key = std::move(key), .at = stamp(at), .value = std::move(value)};
}

// A client's calls and an engine's answers, one after the other.
class History {
 public:
  explicit History(bool sync_on = true) {
    Options options;
    options.wal_flush_every_write = sync_on;
    oracle_.start_incarnation(options);
  }

  struct Pending {
    Oracle::Ticket ticket;
    const WriteBatch* batch;
  };
  Pending begin(WriteBatch batch) {
    const WriteBatch& kept = batches_.emplace_back(std::move(batch));
    const Oracle::Ticket ticket = oracle_.begin();
    oracle_.begin_write(kept);
    return {.ticket = ticket, .batch = &kept};
  }
  Pending stamped(WriteBatch batch, std::uint64_t at) {
    const Pending pending = begin(std::move(batch));
    oracle_.on_stamped(stamp(at), *pending.batch);
    return pending;
  }
  void end(const Pending& pending, std::uint64_t at) { oracle_.end_write(pending.ticket, *pending.batch, stamp(at)); }
  void write(WriteBatch batch, std::uint64_t at) { end(stamped(std::move(batch), at), at); }
  void put(const std::string& key, std::uint64_t at) { write(puts({{key, "v"}}), at); }
  void read(std::uint64_t at) { oracle_.end_read(oracle_.begin(), stamp(at), std::nullopt); }

  std::uint64_t recover(Ending ending, const std::vector<Survivor>& survivors, std::uint64_t first_visible = 1000) {
    return oracle_.check_recovered({.entries = survivors}, {.ending = ending, .first_visible = stamp(first_visible)})
        .acknowledged_lost;
  }
  std::string rule() const { return oracle_.violation() ? oracle_.violation()->rule : ""; }
  Oracle& oracle() { return oracle_; }

 private:
  Oracle oracle_;
  std::deque<WriteBatch> batches_;  // where they are is what the oracle knows them by
};

// Goal: stamps strictly increase. Method: the second stamp equal, smaller, larger. Expectation: only the last passes.
TEST(OracleTest, StampOrder) {
  for (const auto& [second, rule] : {std::pair{10U, "stamp-order"}, {9U, "stamp-order"}, {11U, ""}}) {
    History history;
    history.put("a", 10);
    history.stamped(puts({{"b", "v"}}), second);
    EXPECT_EQ(history.rule(), rule) << second;
  }
}

// Goal: a stamp that was issued before a crash is not issued again, even if its write was lost. Method: lose the write
// of 10, then issue 10 or 11. Expectation: 10 is refused.
TEST(OracleTest, StampOrderHoldsOverCrashes) {
  for (const auto& [second, rule] : {std::pair{10U, "stamp-order"}, {11U, ""}}) {
    History history(false);
    history.stamped(puts({{"a", "v"}}), 10);
    history.recover(Ending::kPowerLoss, {}, 10);
    history.stamped(puts({{"b", "v"}}), second);
    EXPECT_EQ(history.rule(), rule) << second;
  }
}

// Goal: an ingest that was given up is not there from then on, and its client is told so. Method: give one up, or only
// abandon it; read at a later stamp while its client still waits; recover with what it wrote; or answer it well.
TEST(OracleTest, IngestGivenUp) {
  for (const bool given_up : {true, false}) {
    History history;
    history.put("a", 10);
    const auto ingest = history.stamped(puts({{"k", "v"}}), 20);
    if (given_up) {
      history.oracle().on_ingest_given_up(stamp(20));
      history.put("b", 30);
      history.oracle().check_get("k", stamp(30), std::nullopt);
      EXPECT_EQ(history.rule(), "");
    }
    history.oracle().abandon_write(*ingest.batch);
    std::vector<Survivor> survivors = {survivor("a", 10, "v"), survivor("k", 20, "v")};
    if (given_up) survivors.insert(survivors.begin() + 1, survivor("b", 30, "v"));
    history.recover(Ending::kKill, survivors);
    EXPECT_EQ(history.rule(), given_up ? "invented" : "");
  }
  History history;
  const auto ingest = history.stamped(puts({{"k", "v"}}), 20);
  history.oracle().on_ingest_given_up(stamp(20));
  history.end(ingest, 20);
  EXPECT_EQ(history.rule(), "stamp-witness");
  History none;
  none.oracle().on_ingest_given_up(stamp(20));
  EXPECT_EQ(none.rule(), "stamp-witness");
}

// Goal: a lie that took stamps away frees them, down to what reads report again. Method: as above on a lying disk,
// where reads go on from 10; then issue 10 or 11, after a power loss or a kill.
TEST(OracleTest, StampOrderOnALyingDisk) {
  struct Case {
    Ending ending;
    std::uint64_t second;
    const char* rule;
  };
  for (const Case& each : {Case{Ending::kPowerLoss, 10, "stamp-order"}, Case{Ending::kPowerLoss, 11, ""},
                           Case{Ending::kKill, 11, "stamp-order"}}) {
    History history;
    history.oracle().expect_lies();
    history.stamped(puts({{"a", "v"}}), 20);
    history.recover(each.ending, {}, 10);
    history.stamped(puts({{"b", "v"}}), each.second);
    EXPECT_EQ(history.rule(), each.rule) << each.second;
  }
}

// Goal: reads never report an older stamp after a crash than before it. Method: a read at 20, then a recovery that
// reports 19 or 20. Expectation: 19 is refused; on a lying disk it is excused after a power loss, not after a kill.
TEST(OracleTest, StampOrderOfReadsOverCrashes) {
  struct Case {
    bool liar;
    Ending ending;
    std::uint64_t visible;
    const char* rule;
  };
  for (const Case& each : {Case{false, Ending::kPowerLoss, 19, "stamp-order"}, Case{false, Ending::kPowerLoss, 20, ""},
                           Case{true, Ending::kPowerLoss, 19, ""}, Case{true, Ending::kKill, 19, "stamp-order"}}) {
    History history;
    if (each.liar) history.oracle().expect_lies();
    history.read(20);
    history.recover(each.ending, {}, each.visible);
    EXPECT_EQ(history.rule(), each.rule) << each.liar << each.visible;
  }
}

// Goal: only batches in flight get stamps. Method: stamp one that no client sent, one that was abandoned, one that has
// a stamp already, one in flight. Expectation: only the last passes.
TEST(OracleTest, StampWitnessOfStrangers) {
  const WriteBatch batch = puts({{"a", "v"}});
  History stranger;
  stranger.oracle().on_stamped(stamp(5), batch);
  EXPECT_EQ(stranger.rule(), "stamp-witness");

  History abandoned;
  abandoned.oracle().abandon_write(*abandoned.begin(batch).batch);
  abandoned.oracle().on_stamped(stamp(5), batch);
  EXPECT_EQ(abandoned.rule(), "stamp-witness");

  History twice;
  twice.stamped(batch, 5);
  twice.oracle().on_stamped(stamp(6), batch);
  EXPECT_EQ(twice.rule(), "stamp-witness");

  History sound;
  sound.stamped(batch, 5);
  EXPECT_EQ(sound.rule(), "");
}

// Goal: a write answers its own batch's stamp. Method: answers that are its stamp, another's, and one although the
// batch was never stamped. Expectation: only the first passes.
TEST(OracleTest, StampWitnessOfAnswers) {
  History sound;
  const auto mine = sound.stamped(puts({{"a", "1"}}), 5);
  const auto other = sound.stamped(puts({{"b", "2"}}), 6);
  sound.end(mine, 5);
  sound.end(other, 6);
  EXPECT_EQ(sound.rule(), "");

  History swapped;
  const auto first = swapped.stamped(puts({{"a", "1"}}), 5);
  swapped.stamped(puts({{"b", "2"}}), 6);
  swapped.end(first, 6);
  EXPECT_EQ(swapped.rule(), "stamp-witness");

  History never;
  never.end(never.begin(puts({{"a", "1"}})), 5);
  EXPECT_EQ(never.rule(), "stamp-witness");
}

// Goal: equal batches in flight are interchangeable, each stamp counts once. Method: two equal removes answer each
// other's stamps, or both the same. Expectation: the first is fine, the second is not.
TEST(OracleTest, StampWitnessOfEqualBatches) {
  WriteBatch removal;
  removal.remove("a");
  for (const auto& [last, rule] : {std::pair{5U, ""}, {6U, "stamp-witness"}}) {
    History history;
    const auto one = history.stamped(removal, 5);
    const auto two = history.stamped(removal, 6);
    history.end(one, 6);
    history.end(two, last);
    EXPECT_EQ(history.rule(), rule) << last;
  }
}

// Goal: which of several equal batches got a stamp shows only when one answers with it, also where another failed.
// Method: two equal removes in flight; the one or the other, stamped before or after, fails; the other answers.
// Expectation: fine, but a stamp more than there are writers is refused, and so is one that nobody was given.
TEST(OracleTest, StampWitnessOfEqualBatchesThatFail) {
  WriteBatch removal;
  removal.remove("a");
  for (const bool first_fails : {false, true}) {
    for (const bool stamped_again : {false, true}) {
      for (const auto& [answer, rule] : {std::pair{5U, ""}, {7U, "stamp-witness"}}) {
        History history;
        const auto one = history.begin(removal);
        const auto two = history.begin(removal);
        history.oracle().on_stamped(stamp(5), *one.batch);
        history.oracle().abandon_write(*(first_fails ? one : two).batch);
        if (stamped_again) history.oracle().on_stamped(stamp(6), *one.batch);
        history.end(first_fails ? two : one, stamped_again && answer == 5 ? 6 : answer);
        EXPECT_EQ(history.rule(), rule) << first_fails << stamped_again << answer;
      }
    }
  }
  History history;
  const auto one = history.stamped(removal, 5);
  history.begin(removal);
  history.oracle().abandon_write(*one.batch);
  history.oracle().on_stamped(stamp(6), removal);
  EXPECT_EQ(history.rule(), "");
  history.oracle().on_stamped(stamp(7), removal);
  EXPECT_EQ(history.rule(), "stamp-witness");
}

// Goal: the order of stamps respects real time. Method: a write that began after an answer of 20 gets 15, 20 or 21, a
// read that did is at 19 or 20; one that began before is free. Expectation: as stated.
TEST(OracleTest, RealTime) {
  for (const auto& [at, rule] : {std::pair{15U, "real-time"}, {20U, "real-time"}, {21U, ""}}) {
    History history;
    history.read(20);
    history.put("a", at);
    EXPECT_EQ(history.rule(), rule) << at;
  }
  for (const auto& [at, rule] : {std::pair{19U, "real-time"}, {20U, ""}}) {
    History history;
    history.put("a", 20);
    history.read(at);
    EXPECT_EQ(history.rule(), rule) << at;
  }
  History overlapping;
  const auto early = overlapping.stamped(puts({{"a", "v"}}), 15);
  const Oracle::Ticket reader = overlapping.oracle().begin();
  overlapping.put("b", 20);
  overlapping.end(early, 15);
  overlapping.oracle().end_read(reader, stamp(14), std::nullopt);
  EXPECT_EQ(overlapping.rule(), "");
}

// Goal: what reads report after a recovery binds those that follow. Method: recover to 50, then read at 49 or 50; on a
// lying disk recover from 20 to 10, then read at 9 or 10. Expectation: only the second of each passes.
TEST(OracleTest, RealTimeAfterRecovery) {
  for (const bool liar : {false, true}) {
    const std::uint64_t visible = liar ? 10 : 50;
    for (const std::uint64_t at : {visible - 1, visible}) {
      History history;
      if (liar) history.oracle().expect_lies();
      history.read(20);
      history.recover(Ending::kPowerLoss, {}, visible);
      history.read(at);
      EXPECT_EQ(history.rule(), at < visible ? "real-time" : "") << at;
    }
  }
}

// Goal: an answer equals the model at its own stamp. Method: two versions and a removal of one key; every stamp asked
// with the right, a wrong and no value. Expectation: only the right one passes.
TEST(OracleTest, Read) {
  const std::vector<std::pair<std::uint64_t, std::optional<std::string>>> truth = {
      {9, std::nullopt}, {10, "one"}, {19, "one"}, {20, "two"}, {30, std::nullopt}};
  const std::vector<std::optional<std::string>> answers = {std::nullopt, "one", "two", "three"};
  for (const auto& [at, right] : truth) {
    for (const auto& answer : answers) {
      History history;
      history.write(puts({{"k", "one"}}), 10);
      history.write(puts({{"k", "two"}}), 20);
      WriteBatch removal;
      removal.remove("k");
      history.write(removal, 30);
      history.oracle().check_get("k", stamp(at), answer);
      EXPECT_EQ(history.rule(), answer == right ? "" : "read") << at << " " << answer.value_or("absent");
    }
  }
}

// Goal: a read as of a stamp is answered as of that stamp, and binds nothing. Method: ask for 10 after 20 returned, get
// 10 or 20; then a write at 21. Expectation: 20 is refused, 10 is no real-time violation.
TEST(OracleTest, ReadAsOf) {
  for (const auto& [at, rule] : {std::pair{20U, "read"}, {10U, ""}}) {
    History history;
    history.put("a", 10);
    history.put("a", 20);
    history.oracle().end_read(history.oracle().begin(), stamp(at), stamp(10));
    history.put("a", 21);
    EXPECT_EQ(history.rule(), rule) << at;
  }
}

// Goal: scans both ways agree with the model, bounds and limit included. Method: right answers, and the same with one
// pair missing, one too many, one changed, two swapped. Expectation: only right answers pass.
TEST(OracleTest, Scan) {
  const Pairs forward = {{"b", "2"}, {"c", "3"}};
  for (const bool backward : {false, true}) {
    Pairs right = forward;
    if (backward) right = {right[1], right[0]};
    Pairs longer = right;
    longer.emplace_back("z", "9");
    Pairs changed = right;
    changed[1].second = "9";
    const Pairs swapped = {right[1], right[0]};
    const std::vector<std::pair<Pairs, const char*>> answers = {
        {right, ""}, {{right[0]}, "scan"}, {longer, "scan"}, {changed, "scan"}, {swapped, "scan"}, {{}, "scan"}};
    for (const auto& [answer, rule] : answers) {
      History history;
      history.write(puts({{"a", "1"}, {"b", "2"}, {"c", "3"}, {"d", "4"}}), 10);
      history.write(puts({{"bb", "later"}}), 20);
      const Model::Range range{.low = "b", .high = "d", .limit = 10, .backward = backward};
      history.oracle().check_scan(range, stamp(19), answer);
      EXPECT_EQ(history.rule(), rule) << backward << answer.size();
    }
  }
}

// Goal: nothing comes out of nowhere, nothing twice. Method: survivors of an unknown key, an unknown stamp, a changed
// value, a value where a removal was, a version twice, disorder; and the sound ones. Expectation: only those pass.
TEST(OracleTest, Invented) {
  const Survivor a10 = survivor("a", 10, "1");
  const Survivor a20 = survivor("a", 20, std::nullopt);
  const Survivor b10 = survivor("b", 10, "2");
  const std::vector<std::pair<std::vector<Survivor>, const char*>> cases = {
      {{a20, a10, b10}, ""},
      {{a20, a10, b10, survivor("c", 10, "3")}, "invented"},
      {{survivor("a", 21, "1"), a20, a10, b10}, "invented"},
      {{a20, survivor("a", 10, "9"), b10}, "invented"},
      {{survivor("a", 20, "1"), a10, b10}, "invented"},
      {{a20, a10, a10, b10}, "invented"},
      {{a10, a20, b10}, "invented"},
      {{b10, a20, a10}, "invented"}};
  for (const auto& [survivors, rule] : cases) {
    History history;
    history.write(puts({{"a", "1"}, {"b", "2"}}), 10);
    WriteBatch removal;
    removal.remove("a");
    history.write(removal, 20);
    history.recover(Ending::kPowerLoss, survivors);
    EXPECT_EQ(history.rule(), rule) << survivors.size() << survivors[0].key << survivors[0].at.ticks;
  }
}

// Goal: a batch survives whole or not at all, acknowledged or not. Method: none, one, all of its two entries.
TEST(OracleTest, BatchTorn) {
  const std::vector<Survivor> both = {survivor("a", 10, "1"), survivor("b", 10, "2")};
  for (const auto& [kept, rule] : {std::pair{0U, ""}, {1U, "batch-torn"}, {2U, ""}}) {
    History history(false);
    history.stamped(puts({{"a", "1"}, {"b", "2"}}), 10);
    history.recover(Ending::kPowerLoss, std::vector(both.begin(), both.begin() + kept));
    EXPECT_EQ(history.rule(), rule) << kept;
  }
}

// Goal: the directory holds what is named and no more. Method: equal in another order, one more, one less.
TEST(OracleTest, Listing) {
  const std::vector<std::string> expected = {"CURRENT", "LOCK", "notes-1.txt", "wal-1.log"};
  const std::vector<std::pair<std::vector<std::string>, const char*>> cases = {
      {{"LOCK", "wal-1.log", "CURRENT", "notes-1.txt"}, ""},
      {{"CURRENT", "LOCK", "notes-1.txt", "sst-7.sst", "wal-1.log"}, "listing"},
      {{"CURRENT", "LOCK", "wal-1.log"}, "listing"}};
  for (const auto& [found, rule] : cases) {
    Oracle oracle;
    oracle.check_listing(found, expected);
    EXPECT_EQ(oracle.violation() ? oracle.violation()->rule : "", rule) << found.size();
  }
}

// Goal: the first violation is the one reported; a story starts with its cause. Method: two, one after the other.
TEST(OracleTest, TheFirstViolationStays) {
  Oracle oracle;
  oracle.violate("first", "cause");
  oracle.violate("second", "consequence");
  EXPECT_EQ(oracle.violation()->rule, "first");
  EXPECT_EQ(oracle.violation()->what, "cause");
}

}  // namespace
}  // namespace mylonite::sim
