// The oracle's rules over hand-made histories: each rule has a history that breaks it and nothing else, and a sound
// twin that differs in one detail.
#include "tests/sim/oracle_history.h"

#include <gtest/gtest.h>

namespace mylonite::sim {
namespace {

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
    std::vector<StoredEntry> survivors = {survivor("a", 10, "v"), survivor("k", 20, "v")};
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
  const StoredEntry a10 = survivor("a", 10, "1");
  const StoredEntry a20 = survivor("a", 20, std::nullopt);
  const StoredEntry b10 = survivor("b", 10, "2");
  const std::vector<std::pair<std::vector<StoredEntry>, const char*>> cases = {
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
  const std::vector<StoredEntry> both = {survivor("a", 10, "1"), survivor("b", 10, "2")};
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
