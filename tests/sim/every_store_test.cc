// What the simulator asks of a store that is not Mylonite: only what every store can, and less of its stamps.
#include <string>

#include <gtest/gtest.h>

#include "sim/oracle/oracle.h"
#include "sim/scenario/generator.h"

namespace mylonite::sim {
namespace {

WriteBatch put(const std::string& key) {
  WriteBatch batch;
  batch.put(key, "value");
  return batch;
}

// Goal: another store is asked for nothing that only Mylonite can. Method: 60 seeds, with and without it.
// Expectation: without it nothing of Mylonite's is drawn; with it nearly every seed names some.
TEST(EveryStore, IsAskedForWhatItCan) {
  GeneratorOptions options{.operations = 300, .crashes = 5};
  int of_mylonite = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    of_mylonite += first_of_mylonite(generate(seed, options)).empty() ? 0 : 1;
    GeneratorOptions every = options;
    every.for_every_store = true;
    EXPECT_EQ(first_of_mylonite(generate(seed, every)), "") << seed;
  }
  EXPECT_GT(of_mylonite, 50);
}

// Goal: a scenario says by name what only Mylonite can follow. Method: one operation, or an open for reading.
TEST(EveryStore, NamesWhatIsOfMylonite) {
  Scenario scenario;
  scenario.incarnations.emplace_back().clients = {{op::Put{.key = "a", .value = "1"}}};
  EXPECT_EQ(first_of_mylonite(scenario), "");
  scenario.incarnations.emplace_back().clients = {{op::Sync{}}, {op::Get{.key = "a"}, op::Flush{}}};
  EXPECT_EQ(first_of_mylonite(scenario), "flush");
  scenario.incarnations[0].read_only_first = true;
  EXPECT_EQ(first_of_mylonite(scenario), "open for reading");
}

class CutTest : public testing::Test {
 protected:
  CutTest() {
    Options options;
    options.wal_flush_every_write = false;
    options.history_retention_seconds = 0;
    options.tombstone_retention_seconds = 0;
    oracle_.start_incarnation(options);
    for (std::uint64_t at = 1; at <= 3; ++at) {
      const Oracle::Ticket ticket = oracle_.begin();
      const WriteBatch batch = put(std::string(1, static_cast<char>('a' + at)));
      oracle_.begin_write(batch);
      oracle_.on_stamped(Timestamp{at}, batch);
      oracle_.end_write(ticket, batch, Timestamp{at});
      if (at == 1) oracle_.made_durable(oracle_.begin());
    }
  }

  static StoredEntry survivor(std::uint64_t at) {
    return {.key = std::string(1, static_cast<char>('a' + at)), .at = Timestamp{at}, .value = "value"};
  }
  // The rule that a recovery from a power loss breaks; empty: none.
  std::string recover(const StoredVersions& found, std::uint64_t newest) {
    oracle_.check_recovered(found, {.ending = Ending::kPowerLoss,
                                    .first_visible = Timestamp{newest},
                                    .floor = Timestamp{newest},
                                    .stamps_return = true});
    return oracle_.violation() ? oracle_.violation()->rule : "";
  }

  Oracle oracle_;
};

// Goal: lost stamps may be given again. Method: of three writes one is durable and survives; the next stamp is 2 again.
TEST_F(CutTest, StampsOfTheLostReturn) {
  EXPECT_EQ(recover({.entries = {survivor(1)}}, 1), "");
  const WriteBatch batch = put("again");
  oracle_.begin_write(batch);
  oracle_.on_stamped(Timestamp{2}, batch);
  EXPECT_FALSE(oracle_.violation());
}

// Goal: the store's word about its newest stamp binds it. Method: it holds less than that, or more, or says less than
// was durable. Expectation: the rule that it breaks.
TEST_F(CutTest, LessThanTheNewestStamp) { EXPECT_EQ(recover({.entries = {survivor(1)}}, 2), "lost"); }
TEST_F(CutTest, MoreThanTheNewestStamp) { EXPECT_EQ(recover({.entries = {survivor(1), survivor(2)}}, 1), "invented"); }
TEST_F(CutTest, LessThanWasDurable) { EXPECT_EQ(recover({}, 0), "lost"); }

}  // namespace
}  // namespace mylonite::sim
