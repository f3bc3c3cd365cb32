// The oracle and a store in which data expires: what may go, when, and that it stays away.
#include <gtest/gtest.h>

#include <deque>
#include <set>
#include <string>

#include "sim/oracle/oracle.h"

namespace mylonite::sim {
namespace {

// Stamps are small numbers; every write puts one key.
class ExpiringStore {
 public:
  ExpiringStore() { oracle.start_incarnation(Options()); }
  void put(const std::string& key, std::uint64_t at) {
    WriteBatch& batch = batches_.emplace_back();
    batch.put(key, "v");
    const Oracle::Ticket ticket = oracle.begin();
    oracle.begin_write(batch);
    oracle.on_stamped(Timestamp{at}, batch);
    oracle.end_write(ticket, batch, Timestamp{at});
  }
  void expire(std::uint64_t through) {
    oracle.begin_expiry(Timestamp{through});
    oracle.end_expiry(Timestamp{through});
  }
  void get(const std::string& key, std::uint64_t at, std::uint64_t expired, bool there) {
    const Oracle::Ticket ticket = oracle.begin();
    const ReadMoment moment{Timestamp{at}, Timestamp{expired}};
    oracle.check_get(key, moment, there ? std::optional<std::string>("v") : std::nullopt);
    oracle.end_read(ticket, moment, std::nullopt);
  }
  void recover(const std::vector<StoredEntry>& entries, std::uint64_t expired) {
    oracle.start_incarnation(Options());
    oracle.check_recovered({.entries = entries}, {.ending = Ending::kPowerLoss,
                                                  .first_visible = Timestamp{30},
                                                  .floor = Timestamp{expired},
                                                  .expired_through = Timestamp{expired},
                                                  .expired_before = oracle.begin().expired});
  }
  std::string rule() const { return oracle.violation() ? oracle.violation()->rule : "none"; }

  Oracle oracle;

 private:
  std::deque<WriteBatch> batches_;
};

StoredEntry entry(const std::string& key, std::uint64_t at) { return {.key = key, .at = Timestamp{at}, .value = "v"}; }

// Goal: what the rules allow is allowed. Method: expiry of two of three writes; reads before, meanwhile and after; a
// power loss. Expectation: no violation, though two durable writes are gone.
TEST(OracleExpiry, WhatIsAllowed) {
  ExpiringStore store;
  store.put("a", 10);
  store.put("b", 20);
  store.put("c", 30);
  store.get("a", 30, 0, true);
  store.oracle.begin_expiry(Timestamp{20});
  store.get("a", 30, 0, true);
  store.oracle.end_expiry(Timestamp{20});
  store.get("a", 30, 20, false);
  store.get("c", 30, 20, true);
  store.oracle.check_floor(store.oracle.begin(), Timestamp{20});
  store.recover({entry("c", 30)}, 20);
  store.get("b", 30, 20, false);
  EXPECT_EQ(store.rule(), "none") << store.oracle.violation()->what;
}

// Goal: each broken promise is one of the rule. Method: one for each. Expectation: `expired`, but a wrong answer is
// `read`.
TEST(OracleExpiry, WhatIsNot) {
  const auto after = [](auto wrong) {
    ExpiringStore store;
    store.put("a", 10);
    store.put("b", 20);
    store.put("c", 30);
    wrong(store);
    return store.rule();
  };
  EXPECT_EQ(after([](ExpiringStore& store) { store.get("a", 30, 20, false); }), "expired") << "not announced";
  EXPECT_EQ(after([](ExpiringStore& store) {
              store.expire(20);
              store.get("a", 30, 0, true);
            }),
            "expired")
      << "seen again";
  EXPECT_EQ(after([](ExpiringStore& store) {
              store.expire(20);
              store.get("a", 30, 20, true);
            }),
            "read");
  EXPECT_EQ(after([](ExpiringStore& store) { store.expire(31); }), "expired") << "not written yet";
  EXPECT_EQ(after([](ExpiringStore& store) {
              store.oracle.end_snapshot(store.oracle.begin(), Timestamp{30});
              store.expire(20);
            }),
            "expired")
      << "under a snapshot";
  EXPECT_EQ(after([](ExpiringStore& store) {
              store.oracle.begin_expiry(Timestamp{20});
              store.oracle.end_snapshot(store.oracle.begin(), Timestamp{30});
            }),
            "expired")
      << "a snapshot meanwhile";
  EXPECT_EQ(after([](ExpiringStore& store) {
              store.expire(20);
              store.oracle.end_read(store.oracle.begin(), {Timestamp{15}, Timestamp{20}}, Timestamp{15});
            }),
            "expired")
      << "a read below";
  EXPECT_EQ(after([](ExpiringStore& store) {
              store.expire(20);
              store.recover({entry("a", 10), entry("b", 20), entry("c", 30)}, 0);
            }),
            "expired")
      << "back after a crash";
  EXPECT_EQ(after([](ExpiringStore& store) {
              store.expire(20);
              store.recover({entry("b", 20), entry("c", 30)}, 20);
            }),
            "expired")
      << "held after a crash";
  EXPECT_EQ(after([](ExpiringStore& store) {
              store.expire(20);
              store.recover({}, 20);
            }),
            "lost");
}

// Goal: reads of the past can be sent to where data has just expired. Method: all places, before and after an expiry of
// ten of twenty writes was announced. Expectation: any stamp; then the six up to it, and the two behind.
TEST(OracleExpiry, StampsNearIt) {
  ExpiringStore store;
  EXPECT_FALSE(store.oracle.stamp_near_expiry(0));
  for (std::uint64_t at = 1; at <= 20; ++at) store.put("a", at);
  const auto all = [&] {
    std::set<std::uint64_t> stamps;
    for (std::uint64_t which = 0; which < 40; ++which) stamps.insert(store.oracle.stamp_near_expiry(which)->ticks);
    return stamps;
  };
  EXPECT_EQ(all().size(), 20U);
  store.oracle.begin_expiry(Timestamp{10});
  EXPECT_EQ(all(), (std::set<std::uint64_t>{5, 6, 7, 8, 9, 10, 11, 12}));
}

}  // namespace
}  // namespace mylonite::sim
