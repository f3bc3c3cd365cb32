// The oracle against random lives of a small store that loses and drops all it may: it accuses nobody who keeps the
// rules, and what it lets pass it has understood.
#include <string>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "sim/oracle/oracle.h"
#include "tests/sim/small_store.h"

namespace mylonite::sim {
namespace {

// The oracle's model and the store give one answer, at every stamp from the floor on.
void expect_agreement(Oracle& oracle, const SmallStore& store) {
  for (char key = SmallStore::kFirst; key < SmallStore::kEnd; ++key) {
    for (const std::uint64_t at : store.stamps()) {
      oracle.check_get(std::string(1, key), Timestamp{at}, store.get({key}, at));
    }
  }
}

// Goal: a store that keeps the rules is never accused, and the model follows it. Method: random lives of a small store
// that loses and drops whatever it may; after each crash the oracle judges.
TEST(OraclePropertyTest, NeverAccusesTheHonest) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed, bool all_acknowledged) {
    Random random(seed);
    SmallStore store(seed, {.all_acknowledged = all_acknowledged, .retention_seconds = random.below(12)});
    Oracle oracle;
    for (int life = 0; life < 4; ++life) {
      store.live(oracle);
      const StoredVersions found = store.crash(oracle);
      oracle.check_recovered(found, store.recovery());
      if (!oracle.violation()) expect_agreement(oracle, store);
      if (oracle.violation()) RC_FAIL(oracle.violation()->rule + ": " + oracle.violation()->what);
    }
  }));
}

// Goal: what the oracle lets pass, it has understood; and where everything was acknowledged, nothing that shows passes.
// Method: the same, then one version taken away. Expectation: an accusation, or agreement from the floor on; an
// accusation wherever an acknowledged answer changed.
TEST(OraclePropertyTest, SeesWhatIsMissing) {
  std::uint64_t accused = 0;
  EXPECT_TRUE(rc::check([&](std::uint64_t seed, bool all_acknowledged) {
    SmallStore store(seed, {.all_acknowledged = all_acknowledged, .retention_seconds = seed % 12});
    Oracle oracle;
    store.live(oracle);
    static_cast<void>(store.crash(oracle));
    const auto before = store.answers();
    if (!store.damage()) return;
    oracle.check_recovered(store.versions(), store.recovery());
    if (oracle.violation()) {
      ++accused;
      return;
    }
    if (all_acknowledged) RC_ASSERT(before == store.answers());
    expect_agreement(oracle, store);
    if (oracle.violation()) RC_FAIL(oracle.violation()->rule + ": " + oracle.violation()->what);
  }));
  EXPECT_GT(accused, 10U);
}

}  // namespace
}  // namespace mylonite::sim
