// Specs as text: defaults, mistakes, and the way back.
#include "experiments/spec/run_spec.h"

#include <string>

#include <gtest/gtest.h>

namespace mylonite::experiments {
namespace {

std::string refusal(const std::string& json) {
  const auto spec = parse_spec(json, "a.json");
  if (!spec.ok()) return spec.error().to_string();
  const Status good = check_names(*spec);
  return good.ok() ? "" : good.error().to_string();
}

// Goal: what is not said has its default; a spec written as JSON reads back. Method: an empty one, one with all kinds.
TEST(RunSpecTest, RoundTrip) {
  EXPECT_EQ(*parse_spec("{}", "a.json"), RunSpec());
  RunSpec spec{.policy = "lazy:T=4", .workload = "seq", .seed = UINT64_MAX, .rests = true};
  spec.set["compression"] = "lz4";
  EXPECT_EQ(*parse_spec(spec_json(spec), "a.json"), spec);
  EXPECT_NE(spec_hash(spec), spec_hash(RunSpec()));
  const RunSpec filed{.workload = "file", .workload_file = "w.txt", .workload_hash = "12", .entries = 3};
  EXPECT_EQ(*parse_spec(spec_json(filed), "a.json"), filed);
  EXPECT_EQ(parse_spec(R"({"workload_file":"w.txt"})", "a.json")->workload, "file");
  EXPECT_EQ(spec_hash(RunSpec()), spec_hash(RunSpec()));
}

// Goal: each mistake is named with what would be right. Method: one of each kind.
TEST(RunSpecTest, Mistakes) {
  EXPECT_EQ(refusal("{}"), "");
  EXPECT_EQ(refusal(R"({"set":{"block_bytes":8192}})"), "");
  const auto has = [](const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; };
  EXPECT_TRUE(has(refusal(R"({"polcy":"full"})"), "did you mean 'policy'?"));
  EXPECT_TRUE(has(refusal(R"({"zzz":1})"), "there are: policy, workload"));
  EXPECT_TRUE(has(refusal(R"({"workload":"upd_v"})"), "did you mean 'upd_u'?"));
  EXPECT_TRUE(has(refusal(R"({"device":"nvmee"})"), "did you mean 'nvme'?"));
  EXPECT_TRUE(has(refusal(R"({"set":{"compresion":"lz4"}})"), "did you mean 'compression'?"));
  EXPECT_TRUE(has(refusal(R"({"set":{"compaction_policy":"tier"}})"), "the spec's own policy decides it"));
  EXPECT_TRUE(has(refusal(R"({"set":{"level_size_ratio":5}})"), "the spec's own size_ratio decides it"));
  EXPECT_TRUE(has(refusal(R"({"set":{"data_dir":"x"}})"), "a run decides it"));
  EXPECT_TRUE(has(refusal(R"({"entries":5})"), "from 1000 to"));
  EXPECT_TRUE(has(refusal(R"({"entries":"5"})"), "whole number"));
  EXPECT_TRUE(has(refusal(R"({"rests":1})"), "true or false"));
  EXPECT_TRUE(has(refusal(R"({"seed":-1})"), "whole number"));
  EXPECT_TRUE(has(refusal("{\"seed\":}"), "a.json, line 1: expected JSON, found '}' at column 9"));
  EXPECT_TRUE(has(refusal("{\n// mine\n  \"seed\": 1\n  wrong\n}"), "a.json, line 4: expected JSON, found 'wrong'"));
  EXPECT_TRUE(has(refusal("{\"seed\": 1,\n"), "line 2: expected the rest of the JSON, found the end"));
  EXPECT_TRUE(has(refusal(""), "a.json, line 1: expected the rest of the JSON, found the end"));
  EXPECT_TRUE(
      has(refusal("{\"seed\": 1e999}"), "a.json, line 1: expected numbers of at most 64 bits, found a larger one"));
  EXPECT_TRUE(has(refusal("{\"seed\": " + std::string(100'000, '[')), "a.json"));
  EXPECT_TRUE(has(refusal("{\"seed\": " + std::string(99, '[') + std::string(99, ']') + "}"), "few levels of values"));
  EXPECT_LT(refusal("{\"seed\": \"" + std::string(5000, 'x') + "\"}").size(), 300U);
  EXPECT_TRUE(has(refusal(R"({"workload_file":"w","workload":"upd_u"})"), "a run has one of both"));
  EXPECT_TRUE(has(refusal(R"({"workload":"file"})"), "workload_file is missing"));
  EXPECT_TRUE(has(refusal("[]"), "one JSON object"));
}

// Goal: what is said twice is refused, since one of both would be lost. Method: a member, an option; the same name at
// two levels, which is fine.
TEST(RunSpecTest, SaysEachThingOnce) {
  EXPECT_EQ(refusal(R"({"policy":"lo1","seed":1,"policy":"tier"})"),
            "invalid argument: a.json, line 1: expected each member once, found 'policy' twice");
  EXPECT_EQ(refusal(R"({"set":{"compression":"lz4","block_bytes":8192,"compression":"none"}})"),
            "invalid argument: a.json, line 1: expected each member once, found 'compression' twice");
  EXPECT_EQ(refusal("{\"policy\":\"lo1\",\n\"policy\":\"lo1\"}"),
            "invalid argument: a.json: expected each member once, found 'policy' twice");
  EXPECT_EQ(refusal(R"({"set":{"compression":"lz4"},"policy":"lo1"})"), "");
}

// Goal: a spec is the same whatever editor saved it, and numbers are digits. Method: marks and line ends of others in
// both forms; UTF-16; exponents; kinds of values that no option has.
TEST(RunSpecTest, FormsOfText) {
  const std::string mark = "\xEF\xBB\xBF";
  const RunSpec plain{.entries = 5000, .set = {{"block_bytes", "8192"}}};
  EXPECT_EQ(*parse_spec(mark + "{\"entries\": 5000,\r\n\"set\": {\"block_bytes\": 8192}}\r\n", "a.json"), plain);
  const auto toml = parse_spec(mark + "entries = 5000\r\n[set]\r\nblock_bytes = 8192\r\n", "a.toml");
  if (toml.ok() || toml.error().code() != Code::kUnsupported) {
    EXPECT_EQ(*toml, plain);
    EXPECT_EQ(parse_spec("entries = 5e3", "a.toml").error().to_string(),
              "invalid argument: a.toml, line 1: entries is a whole number from 1000 to 100000000 in digits alone, not "
              "5000.0");
  }
  for (const char* file : {"a.json", "a.toml"}) {
    const auto wide = parse_spec(std::string("\xFF\xFE{\0}\0", 6), file);
    ASSERT_FALSE(wide.ok());
    EXPECT_EQ(wide.error().message(), "expected text in UTF-8, found UTF-16: save it as UTF-8");
    EXPECT_TRUE(wide.error().file().starts_with(file));
  }
  EXPECT_EQ(refusal(R"({"entries":5e3})"),
            "invalid argument: a.json: entries is a whole number from 1000 to 100000000 in digits alone, not 5000.0");
  EXPECT_EQ(refusal(R"({"set":{"block_bytes":null}})"),
            "invalid argument: a.json: set.block_bytes: expected a text, a number, true or false, found null");
}

// Goal: a spec in TOML is the same spec, and a mistake has its line. Method: one of each kind.
TEST(RunSpecTest, Toml) {
  const auto spec = parse_spec(
      "# mine\npolicy = 'lazy:T=4'\nentries = 20_000\nrests = true\n[set]\ncompression = \"lz4\"\n"
      "compaction_threads = 1\n",
      "a.toml");
  if (!spec.ok() && spec.error().code() == Code::kUnsupported) GTEST_SKIP() << spec.error().to_string();
  ASSERT_TRUE(spec.ok()) << spec.error().to_string();
  EXPECT_EQ(*spec, (RunSpec{.policy = "lazy:T=4",
                            .entries = 20'000,
                            .rests = true,
                            .set = {{"compaction_threads", "1"}, {"compression", "lz4"}}}));
  const auto wrong = [](const std::string& toml) {
    const auto read = parse_spec(toml, "a.toml");
    return read.ok() ? "" : read.error().to_string();
  };
  const auto has = [](const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; };
  EXPECT_TRUE(
      has(wrong("seed = 1\npolcy = 'full'"), "a.toml, line 2: no member of a spec is named 'polcy'; did you mean"));
  EXPECT_TRUE(has(wrong("[set]\n\ncompresion = 'lz4'"), "a.toml, line 3: no option of the store"));
  EXPECT_TRUE(has(wrong("seed = 1\nentries = 5"), "a.toml, line 2: entries is a whole number from 1000"));
  EXPECT_TRUE(has(wrong("seed = 1.5"), "a.toml, line 1: seed is a whole number from 0 to"));
  EXPECT_TRUE(has(wrong("seed = inf"), "a.toml, line 1: seed: expected a text, a number"));
  EXPECT_EQ(*parse_spec("[set]\nbloom_false_positive_rate = 0.05", "a.toml"),
            *parse_spec(R"({"set":{"bloom_false_positive_rate":0.05}})", "a.json"));
  EXPECT_TRUE(has(wrong("seed = -1"), "line 1: seed is a whole number"));
  EXPECT_TRUE(has(wrong("seed = 1\nseed = 2"), "a.toml, line 2: not TOML"));
  // A text without its quotes, whose first letter may look like another kind of value.
  for (const std::string word : {"tier", "hdd", "full", "inf_lvl", "lazy:T=4"}) {
    const std::string refused = wrong("seed = 1\n\ndevice = " + word + "  # fast\nclients = 1");
    EXPECT_TRUE(has(refused, "a.toml, line 3: device: expected a text in quotes (\"" + word + "\")")) << refused;
  }
  EXPECT_TRUE(has(wrong("{\"seed\": 1}"), "a.toml, line 1: not TOML"));
  EXPECT_EQ(*parse_spec("", "a.toml"), RunSpec());
}

// Goal: an open loop without time, or with clients that rest, is refused. Method: one of each, and a sound one.
TEST(RunSpecTest, OpenLoopNeedsTime) {
  EXPECT_TRUE(check_names({.load_percent = 80}).ok());
  EXPECT_FALSE(check_names({.load_percent = 80, .rests = true}).ok());
  EXPECT_FALSE(check_names({.device = "none", .processor = "none", .load_percent = 80}).ok());
  EXPECT_FALSE(check_names({.workload = "burst"}).ok());
  EXPECT_TRUE(check_names({.workload = "burst", .load_percent = 80}).ok());
  EXPECT_TRUE(check_names({.workload = "burst", .arrivals_per_second = 1000}).ok());
  EXPECT_FALSE(check_names({.arrivals_per_second = 1000, .rests = true}).ok());
  EXPECT_FALSE(check_names({.load_percent = 80, .arrivals_per_second = 1000}).ok()) << "one of both";
  EXPECT_FALSE(check_names({.workload = "ts", .arrivals_per_second = 1000}).ok()) << "it has times of its own";
}

}  // namespace
}  // namespace mylonite::experiments
