// Lines of results: what is wrong with one is said with its place, what was expected and what was found.
#include "experiments/result/run_result.h"

#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace mylonite::experiments {
namespace {

using Json = nlohmann::json;

Json good() {
  RunResult result{.spec = {}, .policy = "full", .of_runs = 4, .figures = {}};
  result.figures.levels.resize(2);
  result.figures.latencies.push_back({.kind = "read", .operations = 3});
  return Json::parse(result_json(result));
}

std::string refusal(const std::string& line) {
  const auto result = parse_result(line, "a.jsonl", 3);
  return result.ok() ? "" : result.error().to_string();
}
std::string refusal_of(const Json& line) { return refusal(line.dump()); }
std::string with(const char* name, const Json& value) {
  Json line = good();
  line[name] = value;
  return refusal_of(line);
}

const std::string kPlace = "invalid argument: a.jsonl, line 3: ";

// Goal: no message is the JSON library's own. Method: each way in which a line can be wrong. Expectation: file, line,
// the member, what was expected, what was found.
TEST(RunResultTest, NamesWhatIsWrongWithALine) {
  EXPECT_EQ(refusal_of(good()), "");
  const std::string whole = good().dump();
  EXPECT_EQ(refusal("policy,workload,device"), kPlace + "expected JSON, found 'policy,workload,device' at column 1");
  EXPECT_EQ(refusal(whole.substr(0, 99)), kPlace + "expected the rest of the JSON, found the end");
  EXPECT_EQ(refusal(whole + whole.substr(0, 9)),
            kPlace + "expected JSON, found '{\"buffer_' at column " + std::to_string(whole.size() + 1));
  EXPECT_EQ(refusal("[1]"), kPlace + "expected a result as a JSON object, found '[1]'");
  EXPECT_EQ(refusal("{}"), kPlace + "expected an object as spec, found no such member");
  EXPECT_EQ(with("policy", 7), kPlace + "expected a text as policy, found 7");
  EXPECT_EQ(with("spec", "x"), kPlace + "expected an object as spec, found \"x\"");
  EXPECT_EQ(with("spec", {{"polcy", "full"}}).substr(0, 70), kPlace + "no member of a spec is named 'polcy");
  EXPECT_EQ(with("buffer_bytes", 1.5), kPlace + "expected a whole number as buffer_bytes, found 1.5");
  EXPECT_EQ(with("of_runs", "4"), kPlace + "expected a whole number as of_runs, found \"4\"");
  Json line = good();
  line["figures"].erase("merges");
  EXPECT_EQ(refusal_of(line), kPlace + "expected a whole number as figures.merges, found no such member");
  line = good();
  line["figures"]["levels"][1] = {1};
  EXPECT_EQ(refusal_of(line), kPlace + "expected pairs of whole numbers as figures.levels, found [1]");
  line = good();
  line["figures"]["latencies"]["read"] = {1, 2};
  EXPECT_EQ(refusal_of(line), kPlace + "expected six whole numbers a kind as figures.latencies, found [1,2]");
  line = good();
  line["figures"]["merges"] = 1;
  EXPECT_TRUE(refusal_of(line).starts_with(kPlace + "expected a result whose hash is ")) << refusal_of(line);
  EXPECT_TRUE(refusal_of(line).ends_with(": another version wrote it, or it was changed")) << refusal_of(line);
  EXPECT_EQ(refusal(whole.substr(0, whole.size() - 1) + ",\"policy\":\"tier\"}"),
            kPlace + "expected each member once, found 'policy' twice");
}

}  // namespace
}  // namespace mylonite::experiments
