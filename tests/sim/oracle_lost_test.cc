// The oracle's rule `lost`: what must survive which ending. Every case is one small history; the table below says what
// happened to it and whether its loss is a violation.
#include <deque>
#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sim/oracle/oracle.h"

namespace mylonite::sim {
namespace {

Timestamp stamp(std::uint64_t ticks) { return Timestamp{ticks}; }
StoredEntry survivor(const std::string& key, std::uint64_t at) { return {.key = key, .at = stamp(at), .value = "v"}; }

class Timeline {
 public:
  void start(bool sync_on) {
    Options options;
    options.wal_flush_every_write = sync_on;
    oracle.start_incarnation(options);
  }
  // A write of one key, stamped; `end` acknowledges it.
  const WriteBatch& begin(const std::string& key, std::uint64_t at) {
    WriteBatch& batch = batches_.emplace_back();
    batch.put(key, "v");
    oracle.begin_write(batch);
    oracle.on_stamped(stamp(at), batch);
    return batch;
  }
  void end(const WriteBatch& batch, std::uint64_t at) { oracle.end_write({}, batch, stamp(at)); }
  void put(const std::string& key, std::uint64_t at) { end(begin(key, at), at); }
  void read(std::uint64_t at) { oracle.end_read(oracle.begin(), stamp(at), std::nullopt); }
  void sync() { oracle.made_durable(oracle.begin()); }
  // How many acknowledged writes are gone, as the oracle counts.
  std::uint64_t recover(Ending ending, const std::vector<StoredEntry>& survivors) {
    return oracle.check_recovered({.entries = survivors}, {.ending = ending, .first_visible = stamp(1000)})
        .acknowledged_lost;
  }
  bool lost() const {
    if (!oracle.violation()) return false;
    EXPECT_EQ(oracle.violation()->rule, "lost") << oracle.violation()->what;
    return true;
  }

  Oracle oracle;

 private:
  std::deque<WriteBatch> batches_;
};

struct Case {
  const char* name;
  std::function<void(Timeline&)> history;
  Ending ending;
  std::vector<StoredEntry> survivors;
  bool lost;
  bool liar = false;
};

void run_cases(const std::vector<Case>& cases) {
  for (const Case& each : cases) {
    SCOPED_TRACE(each.name);
    Timeline timeline;
    if (each.liar) timeline.oracle.expect_lies();
    each.history(timeline);
    timeline.recover(each.ending, each.survivors);
    EXPECT_EQ(timeline.lost(), each.lost);
  }
}

void synced_put(Timeline& timeline) {
  timeline.start(true);
  timeline.put("a", 10);
}
void unsynced_put(Timeline& timeline) {
  timeline.start(false);
  timeline.put("a", 10);
}

// Goal: what was durable survives a power loss; what was not may go. Method: one write, made durable in each way or in
// none, and its loss. Expectation: as the table says.
TEST(OracleLostTest, DurableWritesSurvivePowerLoss) {
  const auto sync_before = [](Timeline& timeline) {
    timeline.start(false);
    timeline.sync();
    timeline.put("a", 10);
  };
  const auto sync_after = [](Timeline& timeline) {
    unsynced_put(timeline);
    timeline.sync();
  };
  // The sync began before the write returned, so it need not cover it.
  const auto sync_around = [](Timeline& timeline) {
    timeline.start(false);
    const Oracle::Ticket ticket = timeline.oracle.begin();
    timeline.put("a", 10);
    timeline.oracle.made_durable(ticket);
  };
  const auto unacknowledged = [](Timeline& timeline) {
    timeline.start(true);
    timeline.begin("a", 10);
  };
  run_cases({{"sync on", synced_put, Ending::kPowerLoss, {}, true},
             {"sync on, there", synced_put, Ending::kPowerLoss, {survivor("a", 10)}, false},
             {"sync off", unsynced_put, Ending::kPowerLoss, {}, false},
             {"a sync, flush or close after it", sync_after, Ending::kPowerLoss, {}, true},
             {"a sync before it", sync_before, Ending::kPowerLoss, {}, false},
             {"a sync around it", sync_around, Ending::kPowerLoss, {}, false},
             {"sync on, unacknowledged", unacknowledged, Ending::kPowerLoss, {}, false},
             {"sync on, unacknowledged, there", unacknowledged, Ending::kPowerLoss, {survivor("a", 10)}, false}});
}

// Goal: what was acknowledged or shown survives the death of the process and a close, synced or not.
TEST(OracleLostTest, AcknowledgedWritesSurviveKillAndClose) {
  const auto unacknowledged = [](Timeline& timeline) {
    timeline.start(false);
    timeline.begin("a", 10);
  };
  const auto shown = [](Timeline& timeline) {
    timeline.start(false);
    timeline.begin("a", 10);
    timeline.read(10);
  };
  for (const Ending ending : {Ending::kKill, Ending::kClose}) {
    run_cases({{"acknowledged", unsynced_put, ending, {}, true},
               {"acknowledged, there", unsynced_put, ending, {survivor("a", 10)}, false},
               {"unacknowledged", unacknowledged, ending, {}, false},
               {"unacknowledged, shown", shown, ending, {}, true},
               {"acknowledged, a lying disk", unsynced_put, ending, {}, true, true}});
  }
}

// Goal: with sync on a read shows durable writes only, acknowledged or not. Method: an unacknowledged write and a read
// at or below its stamp, with sync on or off; then it is gone.
TEST(OracleLostTest, ShownWritesSurvivePowerLossWithSyncOn) {
  const auto shown = [](bool sync_on, std::uint64_t read_at) {
    return [=](Timeline& timeline) {
      timeline.start(sync_on);
      timeline.begin("a", 10);
      timeline.read(read_at);
    };
  };
  run_cases({{"sync on, shown", shown(true, 10), Ending::kPowerLoss, {}, true},
             {"sync on, shown by a later stamp", shown(true, 11), Ending::kPowerLoss, {}, true},
             {"sync on, not shown", shown(true, 9), Ending::kPowerLoss, {}, false},
             {"sync off, shown", shown(false, 10), Ending::kPowerLoss, {}, false},
             {"sync on, shown, a lying disk", shown(true, 10), Ending::kPowerLoss, {}, false, true}});
}

// Goal: survivors are a cut. Method: three unsynced writes, the middle one acknowledged or not; every subset survives.
// Expectation: an acknowledged write may be missing only above the newest survivor, an unacknowledged one anywhere; so
// too on a disk that lies, whatever was synced.
TEST(OracleLostTest, SurvivorsAreACut) {
  const std::vector<StoredEntry> all = {survivor("a", 10), survivor("b", 20), survivor("c", 30)};
  for (unsigned kept = 0; kept < 8; ++kept) {
    for (const bool acknowledged : {true, false}) {
      for (const bool liar : {false, true}) {
        const auto history = [=](Timeline& timeline) {
          timeline.start(liar);  // with sync on, a lie is what lost them
          timeline.put("a", 10);
          const WriteBatch& middle = timeline.begin("b", 20);
          timeline.put("c", 30);
          if (acknowledged) timeline.end(middle, 20);
        };
        std::vector<StoredEntry> survivors;
        for (unsigned i = 0; i < 3; ++i) {
          if ((kept >> i & 1) != 0) survivors.push_back(all[i]);
        }
        const bool a_missing_below = (kept & 1) == 0 && kept > 1;
        const bool b_missing_below = (kept & 2) == 0 && kept >= 4 && acknowledged;
        const std::string name = std::to_string(kept) + (acknowledged ? " acknowledged" : "") + (liar ? " liar" : "");
        run_cases({{name.c_str(), history, Ending::kPowerLoss, survivors, a_missing_below || b_missing_below, liar}});
      }
    }
  }
}

// Goal: a durable write that is not there is missed even if nothing newer survived. Method: durable up to 20 of 30.
TEST(OracleLostTest, TheBoundIsTheNewestDurable) {
  const auto history = [](Timeline& timeline) {
    unsynced_put(timeline);
    timeline.put("b", 20);
    timeline.sync();
    timeline.put("c", 30);
  };
  run_cases({{"none", history, Ending::kPowerLoss, {}, true},
             {"one of two durable", history, Ending::kPowerLoss, {survivor("a", 10)}, true},
             {"all durable", history, Ending::kPowerLoss, {survivor("a", 10), survivor("b", 20)}, false}});
}

// Goal: a recovery settles what it found and what it did not. Method: of two unacknowledged writes the first is found;
// then a second power loss, by which it is gone, or the other one is back. Expectation: `lost`, `invented`, else fine.
TEST(OracleLostTest, ARecoverySettles) {
  const auto second_recovery = [](const std::vector<StoredEntry>& survivors) {
    Timeline timeline;
    timeline.start(false);
    timeline.begin("a", 10);
    timeline.begin("b", 20);
    timeline.recover(Ending::kPowerLoss, {survivor("a", 10)});
    EXPECT_FALSE(timeline.oracle.violation());
    timeline.start(false);
    timeline.recover(Ending::kPowerLoss, survivors);
    return timeline.oracle.violation() ? timeline.oracle.violation()->rule : "";
  };
  EXPECT_EQ(second_recovery({survivor("a", 10)}), "");
  EXPECT_EQ(second_recovery({}), "lost");
  EXPECT_EQ(second_recovery({survivor("a", 10), survivor("b", 20)}), "invented");
}

// Goal: the middle of what a recovery settled is not lost even to a lie. Method: an unacknowledged write and one after
// it are found; then on a lying disk both are gone, or the first alone.
TEST(OracleLostTest, SettledMiddleSurvivesLies) {
  for (const bool first_alone : {false, true}) {
    Timeline timeline;
    timeline.oracle.expect_lies();
    timeline.start(true);
    timeline.begin("a", 10);
    timeline.put("b", 20);
    timeline.recover(Ending::kPowerLoss, {survivor("a", 10), survivor("b", 20)});
    EXPECT_FALSE(timeline.oracle.violation());
    timeline.oracle.expect_lies();  // again: a recovery that was judged settled the first
    if (first_alone) {
      timeline.recover(Ending::kPowerLoss, {survivor("b", 20)});
    } else {
      timeline.recover(Ending::kPowerLoss, {});
    }
    EXPECT_EQ(timeline.lost(), first_alone);
  }
}

// Goal: the figure of acknowledged writes lost is right. Method: four unsynced writes, one unacknowledged; one
// survives.
TEST(OracleLostTest, CountsWhatMayBeLost) {
  Timeline timeline;
  unsynced_put(timeline);
  timeline.put("b", 20);
  timeline.begin("c", 30);
  timeline.put("d", 40);
  EXPECT_EQ(timeline.recover(Ending::kPowerLoss, {survivor("a", 10)}), 2U);
  EXPECT_FALSE(timeline.oracle.violation());
}

// Goal: what was lost is out of the model, and stamps for as-of reads are those that were acknowledged. Method: lose
// one of two, look at both keys; forget everything, look again.
TEST(OracleLostTest, TheModelFollows) {
  Timeline timeline;
  unsynced_put(timeline);
  timeline.put("b", 20);
  EXPECT_EQ(timeline.oracle.some_stamp(3), stamp(20));
  timeline.recover(Ending::kPowerLoss, {survivor("a", 10)});
  timeline.oracle.check_get("a", stamp(1000), "v");
  timeline.oracle.check_get("b", stamp(1000), std::nullopt);
  EXPECT_FALSE(timeline.lost());
  EXPECT_EQ(timeline.oracle.writes(), 1U);
  timeline.oracle.forget_everything();
  timeline.oracle.check_get("a", stamp(1000), std::nullopt);
  EXPECT_FALSE(timeline.lost());
  EXPECT_FALSE(timeline.oracle.some_stamp(0).has_value());
}

// Goal: as-of reads ask for stamps that are visible. Method: a lie takes 20 away; reads report 15.
TEST(OracleLostTest, StampsToAskForAreVisible) {
  Timeline timeline;
  timeline.oracle.expect_lies();
  synced_put(timeline);
  timeline.put("b", 20);
  timeline.oracle.check_recovered({.entries = {survivor("a", 10)}},
                                  {.ending = Ending::kPowerLoss, .first_visible = stamp(15)});
  for (std::uint64_t which = 0; which < 4; ++which) EXPECT_EQ(timeline.oracle.some_stamp(which), stamp(10));
}

}  // namespace
}  // namespace mylonite::sim
