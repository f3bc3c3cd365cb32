// The page of a run: whole by itself, bounded, and what a run holds is text on it.
#include "sim/report/page.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "sim/oracle/rules.h"
#include "sim/report/moment_view.h"
#include "sim/report/page_data.h"
#include "tests/sim/recorded.h"

namespace mylonite::sim {
namespace {

using Json = nlohmann::json;

std::size_t count(const std::string& text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

Recording recorded(const Scenario& scenario) {
  StackPool stacks;
  Recording recording;
  run(scenario, stacks, {.recording = &recording});
  return recording;
}

Recording small_run(std::uint64_t seed) { return recorded(generate(seed, {.operations = 20, .crashes = 1})); }

Scenario one_client(std::vector<Operation> operations) {
  Scenario scenario;
  scenario.wall_start_ticks = kTicksPerSecond;
  IncarnationPlan& plan = scenario.incarnations.emplace_back();
  plan.options.data_dir = "db";
  plan.clients.push_back(std::move(operations));
  return scenario;
}

Json data_of(const std::string& page) {
  constexpr std::string_view kBegin = "id=\"data\">";
  const std::size_t begin = page.find(kBegin) + kBegin.size();
  return Json::parse(page.substr(begin, page.find("</script>", begin) - begin));
}

// Goal: the page needs nothing else and is small. Method: 30 small runs. Expectation: no address in it, at most
// 150 kB, and data whose texts are all there.
TEST(PageTest, IsWholeByItself) {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    const Recording recording = small_run(seed);
    const std::string page = run_page(recording, {.replay_command = "mylonite-sim replay 7", .made_by = "test"});
    for (const char* outside : {"http:", "https:", "src=", "href=", "@import", "url(", "fetch(", "XMLHttp"}) {
      EXPECT_EQ(count(page, outside), 0U) << outside;
    }
    EXPECT_LE(page.size(), 150'000U) << seed;
    EXPECT_EQ(count(page, "mylonite-sim replay 7"), 1U);
    const Json data = data_of(page);
    EXPECT_EQ(data["moments"].size(), recording.moments.size());
    EXPECT_EQ(data["ops"].size(), recording.operations.size());
    EXPECT_EQ(data["calls"].size(), recording.calls.size());
    EXPECT_EQ(data["crashes"].size(), recording.crashes.size());
    for (const Json& each : data["ops"]) EXPECT_LT(each[5].get<std::size_t>(), data["text"].size());
    EXPECT_TRUE(data["notes"].empty()) << data["notes"];
  }
}

// Goal: a long run's page is bounded and says what it leaves out. Method: 6,000 operations. Expectation: at most 1 MB;
// notes with numbers.
TEST(PageTest, IsBounded) {
  const Recording recording = recorded(generate(5, {.operations = 6'000, .crashes = 10}));
  const std::string page = run_page(recording, {});
  EXPECT_LE(page.size(), kPageBytesMax);
  const Json data = data_of(page);
  EXPECT_LT(data["calls"].size(), recording.calls.size());
  EXPECT_TRUE(std::ranges::any_of(data["notes"], [](const Json& note) {
    return note.get<std::string>().find("file calls are shown: the run is long") != std::string::npos;
  })) << data["notes"];
}

// Goal: what a run holds cannot become markup. Method: keys, values and a failure that try to. Expectation: the page
// has its own elements only, and the data holds the texts unchanged.
TEST(PageTest, ContentIsText) {
  const std::string key = "</script><script>alert(1)</script>";
  const std::string value = "<img src=x onerror=alert(2)><!--";
  Recording recording = recorded(one_client({op::Put{.key = key, .value = value}, op::Get{.key = key}}));
  recording.violations.push_back({.rule = "read</title>", .what = "get '<b>': expected '<i>1', found '<i>2'"});
  const std::string page = run_page(recording, {.replay_command = "x '<u>'"});
  EXPECT_EQ(count(page, "<script"), 2U);
  EXPECT_EQ(count(page, "</script"), 2U);
  EXPECT_EQ(count(page, "</title"), 1U);
  for (const char* markup : {"<img", "<!--", "<b>", "<i>", "<u>"}) EXPECT_EQ(count(page, markup), 0U) << markup;
  EXPECT_EQ(count(page, "&lt;i&gt;<mark>1</mark>"), 1U);
  const std::string texts = data_of(page)["text"].dump();
  EXPECT_NE(texts.find("<script>alert(1)"), std::string::npos);
  EXPECT_NE(texts.find("<img src=x"), std::string::npos);
}

// Goal: the head tells expected from found. Method: words of the oracle. Expectation: both parts, and the first place
// where they differ as a whole character.
TEST(PageTest, MarksTheFirstDifference) {
  const Expectation parts = expectation_in("get 'a' at stamp 3: expected 'v1', found absent");
  EXPECT_EQ(parts.before, "get 'a' at stamp 3");
  EXPECT_EQ(parts.expected, "'v1'");
  EXPECT_EQ(parts.found, "absent");
  EXPECT_EQ(expectation_in("it is gone").expected, "");
  EXPECT_EQ(first_difference("'v1'", "'v2'"), 2U);
  EXPECT_EQ(first_difference(R"(a\x00b)", R"(a\x01b)"), 1U);
  EXPECT_EQ(first_difference("a", "ab"), 1U);
  EXPECT_EQ(first_difference("", ""), 0U);
}

// Goal: every rule has a sentence. Method: the names in the calls of violate() in the sources, those of ends that are
// no violation, and one that is none.
TEST(PageTest, RulesHaveSentences) {
  std::set<std::string> rules = {"deadlock", "livelock", "crash", "invariant", "memory", "hang"};
  const std::regex call("violate\\(\\s*\"([a-z-]+)\"");
  for (const char* room : {"/sim/oracle", "/sim/run"}) {
    for (const auto& each : std::filesystem::directory_iterator(std::string(MYLONITE_SOURCE_DIR) + room)) {
      std::ostringstream text;
      text << std::ifstream(each.path()).rdbuf();
      const std::string source = text.str();
      for (std::sregex_iterator at(source.begin(), source.end(), call); at != std::sregex_iterator(); ++at) {
        rules.insert((*at)[1]);
      }
    }
  }
  EXPECT_GT(rules.size(), 20U);
  for (const std::string& rule : rules) EXPECT_TRUE(meaning_of_rule(rule).ends_with('.')) << rule;
  EXPECT_EQ(meaning_of_rule("none such"), "");
}

// Goal: of a store whose files only its own program can read, nothing is made up. Method: a run said to be of such a
// one. Expectation: files and the model; no tree and no pairs of the store.
TEST(PageTest, OfAnotherStoreLessIsShown) {
  Recording recording = small_run(4);
  recording.of_mylonite = false;
  const Json data = data_of(run_page(recording, {}));
  EXPECT_FALSE(data["own"].get<bool>());
  EXPECT_TRUE(data["tables"].empty());
  bool files = false;
  for (const Json& moment : data["moments"]) {
    files |= moment.contains("f");
    for (const char* of_the_store : {"r", "w", "l", "re", "we"}) EXPECT_FALSE(moment.contains(of_the_store));
  }
  EXPECT_TRUE(files);
}

// Goal: a moment shows what is durable and what a store would show. Method: one put without sync, then a sync.
// Expectation: after the put a new process has it and the worst power loss takes it; after the sync both have it.
TEST(PageTest, MomentsShowWhatSurvives) {
  Scenario scenario = one_client({op::Put{.key = "k", .value = "v"}, op::Sync{}});
  scenario.incarnations[0].options.wal_flush_every_write = false;
  const Recording recording = recorded(scenario);
  const auto after = [&](std::string_view what) {
    const auto found = std::ranges::find(recording.moments, what, &Recording::Moment::after);
    EXPECT_NE(found, recording.moments.end()) << what;
    return view_of(recording, *found);
  };
  const std::vector<std::pair<std::string, std::string>> pair = {{"k", "v"}};
  const MomentView unsynced = after("client 1: put key 'k' value 'v'");
  EXPECT_EQ(unsynced.reopened.error + unsynced.worst.error, "");
  EXPECT_EQ(unsynced.reopened.pairs, pair);
  EXPECT_TRUE(unsynced.worst.pairs.empty());
  EXPECT_TRUE(std::ranges::any_of(unsynced.files, [](const FileView& each) { return each.durable < each.visible; }));
  const MomentView synced = after("client 1: sync");
  EXPECT_EQ(synced.worst.pairs, pair);
  EXPECT_TRUE(std::ranges::all_of(synced.files, [](const FileView& each) { return each.durable == each.visible; }));
  EXPECT_FALSE(after("the start of incarnation 1").reopened.error.empty());  // there is no store yet
}

// Goal: after a clean end the store on the disk shows the model. Method: the last moment of clean runs. Expectation:
// the same pairs, in both cases, and a tree wherever there are tables on the disk.
TEST(PageTest, LastMomentOfACleanRunAgrees) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Recording recording = recorded(generate(seed, {.operations = 60, .crashes = 0, .liar = false}));
    if (!recording.violations.empty()) continue;
    const Recording::Moment& last = recording.moments.back();
    const MomentView view = view_of(recording, last);
    if (!view.reopened.error.empty()) continue;  // faults may have left it so
    EXPECT_EQ(view.reopened.pairs, last.pairs) << seed;
  }
}

}  // namespace
}  // namespace mylonite::sim
