// The oracle's rules for stamps, `stamp-order` and `stamp-witness`, over hand-made histories.
#include "tests/sim/oracle_history.h"

#include <gtest/gtest.h>

namespace mylonite::sim {
namespace {

// Goal: stamps strictly increase. Method: the second stamp equal, smaller, larger. Expectation: only the last passes.
TEST(OracleStampTest, Order) {
  for (const auto& [second, rule] : {std::pair{10U, "stamp-order"}, {9U, "stamp-order"}, {11U, ""}}) {
    History history;
    history.put("a", 10);
    history.stamped(puts({{"b", "v"}}), second);
    EXPECT_EQ(history.rule(), rule) << second;
  }
}

// Goal: a stamp that was issued before a crash is not issued again, even if its write was lost. Method: lose the write
// of 10, then issue 10 or 11. Expectation: 10 is refused.
TEST(OracleStampTest, OrderHoldsOverCrashes) {
  for (const auto& [second, rule] : {std::pair{10U, "stamp-order"}, {11U, ""}}) {
    History history(false);
    history.stamped(puts({{"a", "v"}}), 10);
    history.recover(Ending::kPowerLoss, {}, 10);
    history.stamped(puts({{"b", "v"}}), second);
    EXPECT_EQ(history.rule(), rule) << second;
  }
}

// Goal: a lie that took stamps away frees them, down to what reads report again. Method: as above on a lying disk,
// where reads go on from 10; then issue 10 or 11, after a power loss or a kill.
TEST(OracleStampTest, OrderOnALyingDisk) {
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
TEST(OracleStampTest, OrderOfReadsOverCrashes) {
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
TEST(OracleStampTest, WitnessOfStrangers) {
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
TEST(OracleStampTest, WitnessOfAnswers) {
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
TEST(OracleStampTest, WitnessOfEqualBatches) {
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
TEST(OracleStampTest, WitnessOfEqualBatchesThatFail) {
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

}  // namespace
}  // namespace mylonite::sim
