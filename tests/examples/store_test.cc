// The example of a program's own store (own_store.h), under the simulator as a user runs it.
#include "tests/examples/own_store.h"

#include <filesystem>
#include <iterator>
#include <set>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sim/campaign/campaign.h"
#include "sim/machine/fiber.h"
#include "sim/run/replay.h"
#include "tests/sim_tool/program.h"

namespace mylonite::sim {
namespace {

class OwnStoreTest : public ProgramTest {
 protected:
  Said sound(const std::string& arguments) const { return shell("'" OWN_STORE "' " + arguments); }
  Said mistaken(const std::string& arguments) const { return shell("'" OWN_STORE_MISTAKEN "' " + arguments); }
};

// Goal: a sound store of one's own is clean. Method: 2,000 seeds with all faults, some run twice. Expectation: exit 0.
TEST_F(OwnStoreTest, SoundIsClean) {
  const Said said = sound("run --seeds 0:2000 --ops 200 --crashes 5 --jobs 2");
  EXPECT_EQ(said.code, 0) << said.err;
  EXPECT_TRUE(said.out.starts_with("2000 seeds clean in ")) << said.out;
  EXPECT_EQ(std::ranges::count(said.out, '\n'), 5) << "what only Mylonite does is left out: " << said.out;
  const Said marks = sound("run --seeds 0:2 --require-marks");
  EXPECT_EQ(marks.code, 2);
  EXPECT_TRUE(contains(marks.err, "the store of this program has none")) << marks.err;
}

// Goal: a planted mistake is found, told and replayed. Method: seeds until one fails; replay its file, by the mistaken
// program and by the sound one. Expectation: rule `lost`, a story that shows the rename without its sync; the same rule
// and trace again; and with the sound store the file's decisions are not met.
TEST_F(OwnStoreTest, MistakeIsFoundToldAndReplayed) {
  const Said found = mistaken("run --seeds 0:5000 --until-failure --out found");
  ASSERT_EQ(found.code, 1) << found.out << found.err;
  EXPECT_TRUE(contains(found.err, "rule lost")) << found.err;
  EXPECT_TRUE(contains(found.err, "rename db/fresh to db/log")) << found.err;
  const std::string word = "scenario:  ";
  const std::size_t begin = found.err.find(word) + word.size();
  const std::string file = found.err.substr(begin, found.err.find('\n', begin) - begin);
  EXPECT_TRUE(contains(read(file), R"("program": "own_store_mistaken")")) << file;
  const Said again = mistaken("replay " + file);
  EXPECT_EQ(again.code, 1) << again.err;
  EXPECT_TRUE(contains(again.out, "reproduced: lost")) << again.out;
  const Said other = sound("replay " + file);
  EXPECT_EQ(other.code, 6) << other.out;
  EXPECT_TRUE(contains(other.err, "stale")) << other.err;
  EXPECT_TRUE(contains(other.err, "the file was made by own_store_mistaken, this is own_store: another store"))
      << other.err;
}

// Goal: a scenario file is not overwritten by another. Method: the same failing seed twice; then with another
// file of that name, twice; then with two. Expectation: the same text takes the same name; other files stay.
TEST_F(OwnStoreTest, ScenarioFilesAreKept) {
  const std::string hunt = "run --seeds 0:5000 --until-failure --shrink 0s --check-determinism 0 --out found";
  ASSERT_EQ(mistaken(hunt).code, 1);
  ASSERT_EQ(mistaken(hunt).code, 1);
  ASSERT_EQ(std::distance(std::filesystem::directory_iterator(path("found")), std::filesystem::directory_iterator()),
            1);
  const std::string name = std::filesystem::directory_iterator(path("found"))->path().stem();
  const std::string first = read("found/" + name + ".repro");
  write("found/" + name + ".repro", "kept");
  for (int i = 0; i < 2; ++i) {
    const Said said = mistaken(hunt);
    EXPECT_TRUE(contains(said.err, "scenario:  found/" + name + "-2.repro\n")) << said.err;
    EXPECT_TRUE(contains(said.err, " replay found/" + name + "-2.repro\n")) << said.err;
    EXPECT_EQ(read("found/" + name + ".repro"), "kept");
    EXPECT_EQ(read("found/" + name + "-2.repro"), first);
  }
  write("found/" + name + "-2.repro", "kept, too");
  mistaken(hunt);
  EXPECT_EQ(read("found/" + name + "-3.repro"), first);
}

// Goal: a file that asks for what only Mylonite can is refused in words. Method: a file that mylonite-sim wrote.
TEST_F(OwnStoreTest, OperationsOfMyloniteAreRefused) {
  StackPool stacks;
  const Scenario scenario = generate(7, {.operations = 200, .crashes = 2});
  ASSERT_NE(first_of_mylonite(scenario), "");
  write("mylonites.repro", encode_repro(repro_of(run(scenario, stacks)), {}));
  const Said said = sound("replay mylonites.repro");
  EXPECT_EQ(said.code, 5) << said.out;
  EXPECT_TRUE(
      contains(said.err, fmt::format("mylonites.repro: '{}' is Mylonite's own; the store of this program cannot",
                                     first_of_mylonite(scenario))))
      << said.err;
}

// The rules that a store with this mistake breaks in some seeds.
std::set<std::string> rules_broken(own_store::Mistake mistake) {
  CampaignOptions options{.end_seed = 400, .determinism_percent = 0};
  options.generator = {.operations = 200, .crashes = 5, .for_every_store = true};
  options.store = own_store::own_store(mistake);
  std::set<std::string> rules;
  const std::atomic<bool> interrupt{false};
  run_campaign(options, interrupt, {.on_seed = [&](const SeedResult& result) {
                 if (result.outcome.failure) rules.insert(result.outcome.failure->rule);
               }});
  return rules;
}

// Goal: each planted mistake breaks the rule that it is about, through the library as through the program.
TEST(OwnStoreMistakes, BreakTheirRules) {
  using own_store::Mistake;
  EXPECT_EQ(rules_broken(Mistake::kNone), std::set<std::string>());
  EXPECT_TRUE(rules_broken(Mistake::kNameNotSynced).contains("lost"));
  EXPECT_TRUE(rules_broken(Mistake::kAnswersEarly).contains("lost"));
  const std::set<std::string> torn = rules_broken(Mistake::kTakesTornRecords);
  EXPECT_TRUE(torn.contains("invented") || torn.contains("batch-torn")) << torn.size();
  EXPECT_TRUE(rules_broken(Mistake::kKeepsTheEnd).contains("read"));
  EXPECT_EQ(rules_broken(Mistake::kReadsAfterClose), std::set<std::string>{"closed"});
}

}  // namespace
}  // namespace mylonite::sim
