// Which decisions of a failure decide, on failures of a small store with planted bugs.
#include "sim/shrink/decisions.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "sim/machine/fiber.h"
#include "sim/scenario/generator.h"
#include "sim/shrink/shrink.h"
#include "tests/examples/own_store.h"

namespace mylonite::sim {
namespace {

using own_store::Mistake;

RunSettings with(Mistake mistake) { return {.store = own_store::own_store(mistake)}; }

Outcome small_failure(Mistake mistake, StackPool& stacks) {
  GeneratorOptions options{.operations = 100, .crashes = 2};
  options.for_every_store = true;
  for (std::uint64_t seed = 0;; ++seed) {
    const Outcome outcome = run(generate(seed, options), stacks, with(mistake));
    if (outcome.failure) return shrink(outcome.recorded, stacks, with(mistake), {}).outcome;
  }
}

// Goal: the decision that matters is named. Method: a store that does not sync the name of its log. Expectation: the
// power loss and the lost name are needed, the words say which name, and the failure is certain at last.
TEST(DecisionsTest, NamesWhatWasLost) {
  StackPool stacks;
  const Outcome failure = small_failure(Mistake::kNameNotSynced, stacks);
  const DecisionEffects effects = effects_of_decisions(failure.recorded, stacks, with(Mistake::kNameNotSynced));
  ASSERT_FALSE(effects.decisions.empty());
  EXPECT_LT(effects.at_first, effects.futures);
  const DecisionEffect& last = effects.decisions.back();
  EXPECT_TRUE(last.needed);
  EXPECT_NE(last.decision.find("rename db/fresh to db/log"), std::string::npos) << last.decision;
  EXPECT_NE(last.decision.find(" lost"), std::string::npos) << last.decision;
  EXPECT_EQ(last.failures, effects.futures);
  EXPECT_NE(to_string(effects).find("(without it: no failure)"), std::string::npos) << to_string(effects);
}

// Goal: each loss is a decision of its own. Method: a store that takes torn records; a page is torn, then a sector
// lost. Expectation: with the page alone the failure is not certain, with both it is.
TEST(DecisionsTest, LossesCountOneByOne) {
  StackPool stacks;
  const Outcome failure = small_failure(Mistake::kTakesTornRecords, stacks);
  const DecisionEffects effects = effects_of_decisions(failure.recorded, stacks, with(Mistake::kTakesTornRecords));
  ASSERT_GE(effects.decisions.size(), 3U) << to_string(effects);
  const DecisionEffect& page = effects.decisions[effects.decisions.size() - 2];
  EXPECT_LT(page.failures, effects.futures) << to_string(effects);
  EXPECT_EQ(effects.decisions.back().failures, effects.futures) << to_string(effects);
}

// Goal: with all decisions kept, the failure is certain. Method: the failing incarnation has a power loss planned,
// which it does not live to see. Expectation: no future puts one before the failure.
TEST(DecisionsTest, AFailureBeforeItsCrashIsCertain) {
  StackPool stacks;
  Scenario failing = small_failure(Mistake::kNameNotSynced, stacks).recorded;
  failing.incarnations.back().ending = Ending::kPowerLoss;
  const DecisionEffects effects = effects_of_decisions(failing, stacks, with(Mistake::kNameNotSynced));
  ASSERT_FALSE(effects.decisions.empty());
  EXPECT_EQ(effects.decisions.back().failures, effects.futures) << to_string(effects);
}

// Goal: nothing is said where nothing was decided. Method: a clean scenario, and a bug that needs no decision.
TEST(DecisionsTest, NothingToSay) {
  StackPool stacks;
  const Outcome clean = run(generate(0, {.operations = 5, .crashes = 0}), stacks);
  EXPECT_TRUE(effects_of_decisions(clean.recorded, stacks, {}).decisions.empty());
  const Outcome failure = small_failure(Mistake::kKeepsTheEnd, stacks);
  const DecisionEffects effects = effects_of_decisions(failure.recorded, stacks, with(Mistake::kKeepsTheEnd));
  EXPECT_EQ(to_string(effects).empty(), effects.decisions.empty());
}

}  // namespace
}  // namespace mylonite::sim
