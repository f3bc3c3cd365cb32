// The generator: one seed gives one scenario for ever, as much work as asked, and everything it can draw is drawn.
#include "sim/scenario/generator.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "core/base/hash.h"
#include "sim/scenario/repro.h"

namespace mylonite::sim {
namespace {

// Everything a scenario says, plans included. Options that have their default value are left out, so that a new option
// changes nothing here until the generator draws it.
std::string describe(const Scenario& scenario) {
  const auto document = nlohmann::ordered_json::parse(encode_repro({.scenario = scenario}, {}));
  std::string text = document["provenance"].dump() + document["world"].dump() + "\n";
  for (std::size_t i = 0; i < scenario.incarnations.size(); ++i) {
    const IncarnationPlan& life = scenario.incarnations[i];
    for (const OptionRow& row : option_table()) {
      const std::string value = option_text(life.options, row);
      if (value != option_text(Options(), row)) text += fmt::format("{}={} ", row.name, value);
    }
    const std::string only =
        life.crash.only ? std::string(faultfs::call_kind_name(*life.crash.only)) : std::string("any");
    text +=
        fmt::format("{} {} {} {} {} | {} {} {} {} | {} {} {}\n", kEndingNames[static_cast<std::size_t>(life.ending)],
                    kPhaseNames[static_cast<std::size_t>(life.crash.phase)], only, life.crash.call, life.crash.after,
                    kStrategyNames[static_cast<std::size_t>(life.schedule.kind)], life.schedule.parameter,
                    life.schedule.spurious_one_in, life.schedule.seed, life.close_after_ns, life.foreign_file,
                    life.image_seed, life.entropy_seed);
    text += document["incarnations"][i]["clients"].dump() + "\n";
  }
  return text;
}

std::vector<GeneratorOptions> many_options() {
  std::vector<GeneratorOptions> all;
  for (const char* profile : {"smoke", "default", "harsh"}) {
    all.push_back({.operations = 50, .crashes = 4, .profile = profile});
  }
  all.push_back({.operations = 1, .crashes = 0});
  all.push_back({.operations = 7, .crashes = 30});
  return all;
}

// Goal: one seed, one scenario. Method: 50 seeds twice, and their neighbours. Expectation: equal text; all differ.
TEST(GeneratorTest, OneSeedOneScenario) {
  for (const GeneratorOptions& options : many_options()) {
    std::set<std::string> all;
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
      const std::string text = describe(generate(seed, options));
      EXPECT_EQ(text, describe(generate(seed, options)));
      all.insert(text);
    }
    EXPECT_EQ(all.size(), 50U);
  }
}

// Goal: no change of the generator goes unnoticed: seeds in bug reports and CI mean something only as long as it draws
// the same. Method: a hash over 50 scenarios. If you changed the generator on purpose: put the new hash here, and raise
// kGeneratorVersion in the first change after a release.
TEST(GeneratorTest, DrawsWhatItAlwaysDrew) {
  constexpr std::string_view kGolden = "d38ea0a2f4043881";
  std::string text;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const auto options = many_options();
    text += describe(generate(seed, options[seed % options.size()]));
  }
  EXPECT_EQ(fmt::format("{:016x}", hash64(text)), kGolden);
}

// Goal: the work is what was asked for. Method: count operations and crash endings. Expectation: exactly as many; the
// last incarnation closes; where an open is to crash there is no client work behind it.
TEST(GeneratorTest, WorkIsAsAsked) {
  for (const GeneratorOptions& options : many_options()) {
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
      const Scenario scenario = generate(seed, options);
      EXPECT_EQ(operations_of(scenario), options.operations) << seed;
      std::uint64_t crashes = 0;
      for (const IncarnationPlan& life : scenario.incarnations) {
        crashes += life.ending != Ending::kClose ? 1 : 0;
        if (life.ending == Ending::kClose || life.crash.phase != Phase::kOpen) continue;
        for (const auto& client : life.clients) EXPECT_TRUE(client.empty());
      }
      EXPECT_EQ(crashes, options.crashes) << seed;
      EXPECT_EQ(scenario.incarnations.back().ending, Ending::kClose);
      EXPECT_EQ(scenario.seed, seed);
    }
  }
}

// Goal: the store never refuses the options drawn. Method: validate those of 200 seeds of every kind.
TEST(GeneratorTest, OptionsAreValid) {
  for (const GeneratorOptions& options : many_options()) {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
      for (const IncarnationPlan& life : generate(seed, options).incarnations) {
        const Status valid = validate(life.options);
        EXPECT_TRUE(valid.ok()) << valid.error().to_string();
      }
    }
  }
}

// Goal: an option in the table cannot stay unsimulated. Method: the values of 100 seeds. Expectation: every option has
// two at least, but for the directory, for creating it and for refusing one that is there.
TEST(GeneratorTest, EveryOptionIsDrawn) {
  std::map<std::string_view, std::set<std::string>> values;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    for (const IncarnationPlan& plan : generate(seed, {.operations = 1, .crashes = 3}).incarnations) {
      for (const OptionRow& row : option_table()) values[row.name].insert(option_text(plan.options, row));
    }
  }
  for (const auto& [name, drawn] : values) {
    const bool fixed = name == "data_dir" || name == "create_if_missing" || name == "error_if_exists";
    EXPECT_EQ(drawn.size() == 1, fixed) << name;
  }
}

// Goal: nothing the generator can draw is dead. Method: gather what occurs in 200 seeds. Expectation: every operation,
// ending, phase, strategy, name order, kind of crash, lie and clock start.
TEST(GeneratorTest, EverythingOccurs) {
  std::array<std::uint64_t, kOperations> operations{};
  std::set<Ending> endings;
  std::set<Phase> phases;
  std::set<StrategyKind> strategies;
  std::set<faultfs::NameOrder> orders;
  std::set<std::uint64_t> lies, failures;
  std::array<std::uint64_t, kFaultDraws.size()> drawn{};
  std::set<std::uint64_t> wall_starts;
  std::set<std::optional<faultfs::CallKind>> crash_calls;
  std::set<std::size_t> clients;
  std::set<bool> after, foreign, sync_on, spurious, dropped;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const Scenario scenario = generate(seed, {.operations = 200, .crashes = 8});
    orders.insert(scenario.names);
    lies.insert(scenario.lie_one_in);
    failures.insert(scenario.fail_one_in);
    for (std::size_t i = 0; i < drawn.size(); ++i) drawn[i] += scenario.drawn[i] > 0 ? 1 : 0;
    wall_starts.insert(scenario.wall_start_ticks);
    for (const IncarnationPlan& life : scenario.incarnations) {
      endings.insert(life.ending);
      strategies.insert(life.schedule.kind);
      spurious.insert(life.schedule.spurious_one_in > 0);
      foreign.insert(life.foreign_file);
      sync_on.insert(life.options.wal_flush_every_write);
      clients.insert(life.clients.size());
      if (life.ending != Ending::kClose) {
        phases.insert(life.crash.phase);
        crash_calls.insert(life.crash.only);
        after.insert(life.crash.after);
        dropped.insert(life.crash_mode == CrashMode::kAbandon);
      }
      for (const auto& client : life.clients) {
        for (const Operation& operation : client) ++operations[operation.index()];
      }
    }
  }
  for (std::size_t i = 0; i < kOperations; ++i) EXPECT_GT(operations[i], 0U) << kOperationNames[i];
  EXPECT_EQ(endings.size(), kEndingNames.size());
  EXPECT_EQ(phases.size(), kPhaseNames.size());
  EXPECT_EQ(strategies.size(), kStrategyNames.size());
  EXPECT_EQ(orders.size(), kNameOrderNames.size());
  EXPECT_EQ(lies.size(), 4U) << "never, and one sync in 2, 5, 20";
  EXPECT_EQ(failures.size(), 4U) << "never, and one read in 30, 100, 500";
  for (std::size_t i = 0; i < drawn.size(); ++i) EXPECT_GT(drawn[i], 0U) << kFaultDraws[i].stream();
  EXPECT_EQ(wall_starts.size(), 3U) << "now, the beginning and the end of time";
  EXPECT_EQ(crash_calls.size(), 9U) << "any call, and each of eight rare kinds";
  EXPECT_EQ(clients, (std::set<std::size_t>{1, 2, 3, 4}));
  EXPECT_EQ(after.size() + foreign.size() + sync_on.size() + spurious.size() + dropped.size(), 10U);
}

bool reads_near_expiry(const Operation& operation) {
  const auto* get = std::get_if<op::GetAsOf>(&operation);
  return get != nullptr && get->as_of.near_expiry;
}

// Goal: seeds about data that expires are a few, and are what they are to be. Method: 300 seeds, those with reads near
// what has expired. Expectation: between a tenth and a quarter; several incarnations under one expiring policy, and
// others; clocks that jump to no usable reading; none in scenarios for every store, nor without such a policy.
TEST(GeneratorTest, SomeSeedsAreAboutExpiry) {
  GeneratorOptions options{.operations = 200, .crashes = 6};
  const auto count = [](const GeneratorOptions& given) {
    std::map<std::string, std::uint64_t> counts;
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
      bool near = false, far = false;
      std::map<std::string, std::uint64_t> policies;
      for (const IncarnationPlan& life : generate(seed, given).incarnations) {
        ++policies[life.options.compaction_policy];
        for (const auto& client : life.clients) {
          near = near || std::ranges::any_of(client, reads_near_expiry);
          far = far || std::ranges::any_of(client, [](const Operation& each) {
                  const auto* jump = std::get_if<op::ClockJump>(&each);
                  return jump != nullptr && jump->ticks >= 1LL << 56;
                });
        }
      }
      const auto most = std::ranges::max_element(policies, {}, [](const auto& each) { return each.second; });
      const bool expiring = most->first.starts_with("fifo:") || most->first.starts_with("twcs:");
      counts["near"] += near ? 1 : 0;
      counts["several"] += near && expiring && most->second >= 3 ? 1 : 0;
      counts["others"] += near && policies.size() > 1 ? 1 : 0;
      counts["far"] += far ? 1 : 0;
    }
    return counts;
  };
  auto counts = count(options);
  EXPECT_GT(counts["near"], 30U);
  EXPECT_LT(counts["near"], 75U);
  EXPECT_GT(counts["several"], counts["near"] / 3);
  EXPECT_GT(counts["others"], counts["near"] / 3);
  EXPECT_GT(counts["far"], 2U);
  GeneratorOptions every = options;
  every.for_every_store = true;
  EXPECT_EQ(count(every)["near"] + count(every)["far"], 0U);
  std::erase_if(options.policies, [](const auto& each) { return each.name == "fifo" || each.name == "twcs"; });
  EXPECT_EQ(count(options)["near"], 0U);
}

std::vector<std::string> values_of(const Operation& operation) {
  std::vector<std::string> values;
  const auto add = [&](const std::vector<BatchItem>& items) {
    for (const BatchItem& item : items) {
      if (item.value) values.push_back(*item.value);
    }
  };
  if (const auto* put = std::get_if<op::Put>(&operation)) values.push_back(put->value);
  if (const auto* batch = std::get_if<op::Batch>(&operation)) add(batch->items);
  if (const auto* ingest = std::get_if<op::Ingest>(&operation)) add(ingest->items);
  return values;
}

// Goal: a read tells which write it saw. Method: gather all values of a scenario. Expectation: none twice.
TEST(GeneratorTest, ValuesAreUnique) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    std::set<std::string> values;
    std::size_t count = 0;
    for (const IncarnationPlan& life : generate(seed, {.operations = 300, .crashes = 3}).incarnations) {
      for (const auto& client : life.clients) {
        for (const Operation& operation : client) {
          for (const std::string& value : values_of(operation)) {
            values.insert(value);
            ++count;
          }
        }
      }
    }
    EXPECT_EQ(values.size(), count) << seed;
  }
}

// Goal: what the caller fixes is not drawn, and fixing it shifts no other draw. Method: fix the name order; compare.
TEST(GeneratorTest, FixedSettingsAreKept) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const GeneratorOptions drawn{.operations = 30, .crashes = 2};
    for (const auto order :
         {faultfs::NameOrder::kOrdered, faultfs::NameOrder::kReordering, faultfs::NameOrder::kPosix}) {
      GeneratorOptions fixed = drawn;
      fixed.names = order;
      Scenario scenario = generate(seed, fixed);
      EXPECT_EQ(scenario.names, order);
      const Scenario free = generate(seed, drawn);
      scenario.names = free.names;
      EXPECT_EQ(describe(scenario), describe(free));
    }
    GeneratorOptions liar = drawn;
    liar.liar = true;
    EXPECT_GT(generate(seed, liar).lie_one_in, 0U);
    liar.liar = false;
    EXPECT_EQ(generate(seed, liar).lie_one_in, 0U);
    for (const IncarnationPlan& life :
         generate(seed, {.operations = 30, .crashes = 2, .profile = "smoke"}).incarnations) {
      EXPECT_EQ(life.clients.size(), 1U);
      EXPECT_EQ(life.schedule.kind, StrategyKind::kDefault);
    }
  }
}

}  // namespace
}  // namespace mylonite::sim
