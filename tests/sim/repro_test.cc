// Scenario files: they hold the whole run, and whatever is damaged in them is named.
#include "sim/scenario/repro.h"
#include "sim/run/replay.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <nlohmann/json.hpp>

#include "core/base/hash.h"
#include "tests/sim/recorded.h"

namespace mylonite::sim {
namespace {

using Json = nlohmann::ordered_json;

std::string encoded(const Outcome& outcome) { return encode_repro(repro_of(outcome), outcome.recent); }

Json without_checksum(const std::string& text) {
  Json json = Json::parse(text);
  json.erase("checksum");
  return json;
}

// As if the writer had meant it: the checksum is that of the edited document.
std::string sealed(Json json) {
  json["checksum"] = fmt::format("{:016x}", hash64(json.dump()));
  return json.dump();
}

std::string message(const std::string& text, Code code = Code::kCorruption) {
  const auto repro = decode_repro(text);
  if (repro.ok()) return "read well";
  EXPECT_EQ(repro.error().code(), code) << repro.error().to_string();
  return repro.error().message();
}

// Every place of the document, parents before children.
void places_of(const Json& json, const std::string& at, std::vector<std::string>& places) {
  if (json.is_object()) {
    for (const auto& [name, member] : json.items()) {
      places.push_back(at + "/" + name);
      places_of(member, std::string(places.back()), places);
    }
  } else if (json.is_array()) {
    for (std::size_t i = 0; i < json.size(); ++i) {
      places.push_back(fmt::format("{}/{}", at, i));
      places_of(json[i], std::string(places.back()), places);
    }
  }
}

Json& at_place(Json& json, const std::string& place) { return json[Json::json_pointer(place)]; }

// A scenario that uses every member of the format.
const Outcome& rich_outcome() {
  static const Outcome kOutcome = [] {
    for (std::uint64_t seed = 9;; ++seed) {
      Outcome outcome = run_mixed(seed);
      const std::string text = encoded(outcome);
      const std::vector<std::string> wanted = {
          "\"crash\":", "\"crash_at_end\":", "\"items\":", "\"value\":", "\"as_of\":", "\"nth\":", "hex:", "\"step\":"};
      const bool faults = outcome.stats.lies > 0 && outcome.stats.failed_calls > 0;
      if (faults &&
          std::ranges::all_of(wanted, [&](const auto& word) { return text.find(word) != std::string::npos; })) {
        return outcome;
      }
    }
  }();
  return kOutcome;
}

// Goal: a file says what the run was. Method: 100 runs of all kinds, written, read, written. Expectation: the same
// text, and the same words of what was observed.
TEST(ReproTest, ReadsBackWhatWasWritten) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const Outcome outcome = run_mixed(seed);
    Repro written = repro_of(outcome);
    written.rule = "a rule";
    written.what = "expected \"this\", found\nthat";
    written.incarnation = 3;
    written.step = 1ULL << 60;
    const auto read = decode_repro(encode_repro(written, outcome.recent));
    ASSERT_TRUE(read.ok()) << read.error().to_string();
    EXPECT_EQ(encode_repro(*read, outcome.recent), encode_repro(written, outcome.recent));
    EXPECT_EQ(read->rule, written.rule);
    EXPECT_EQ(read->what, written.what);
    EXPECT_EQ(read->incarnation, 3U);
    EXPECT_EQ(read->step, 1ULL << 60);
    EXPECT_EQ(read->trace_hash, outcome.trace_hash);
    EXPECT_EQ(read->scenario.seed, seed);
    EXPECT_NE(read->made_by.find("mylonite-sim"), std::string::npos);
  }
}

// Goal: keys and values are bytes. Method: random bytes, and texts that look like the notation itself. Expectation: the
// same bytes back.
TEST(ReproTest, AnyBytesSurvive) {
  const auto there_and_back = [](const std::string& bytes) {
    const op::Batch batch{.items = {{.key = bytes, .value = bytes}, {.key = bytes, .value = std::nullopt}}};
    const op::WalkCursor walk{.bounds = {.low = bytes, .high = bytes},
                              .steps = {.seed = UINT64_MAX, .targets = {bytes}}};
    Scenario scenario;
    scenario.incarnations.emplace_back().clients = {{batch, walk}, {}};
    const auto read = decode_repro(encode_repro({.scenario = scenario}, {}));
    return read.ok() && read->scenario.incarnations.at(0).clients == scenario.incarnations[0].clients;
  };
  for (const char* text : {"", "plain", "hex:", "hex:00", "HEX:zz", "\"\\/", "é", "\x7f"}) {
    EXPECT_TRUE(there_and_back(text)) << text;
  }
  EXPECT_TRUE(rc::check([&](const std::string& bytes) { RC_ASSERT(there_and_back(bytes)); }));
}

std::vector<Operation> every_operation() {
  std::vector<Operation> operations;
  for (std::size_t i = 0; i < kOperations; ++i) operations.push_back(default_operation(i));
  return operations;
}

// Gives every field of a record another value than its default.
template <IsRecord Record>
void fill(Record& record);
void fill(std::string& bytes) { bytes = "bytes"; }
void fill(std::uint64_t& number) { number = UINT64_MAX; }
void fill(std::int64_t& number) { number = INT64_MIN; }
void fill(std::uint32_t& number) { number = UINT32_MAX; }
void fill(bool& yes) { yes = true; }
template <class T>
void fill(std::optional<T>& value) {
  fill(value.emplace());
}
template <class T>
void fill(std::vector<T>& values) {
  values.resize(2);
  fill(values[1]);
}
template <IsRecord Record>
void fill(Record& record) {
  for_each_field<Record>([&](const auto& field) { fill(record.*field.member); });
}

// Goal: every field of every operation is in the file. Method: each operation, with defaults and with every field set.
// Expectation: the same operation back, and another name for each; and a name that nobody knows is refused.
TEST(ReproTest, EveryOperationSurvives) {
  std::vector<Operation> all = every_operation();
  for (std::size_t i = 0; i < kOperations; ++i) {
    std::visit([](auto& each) { fill(each); }, all.emplace_back(default_operation(i)));
    EXPECT_EQ(default_operation(kOperationNames[i]), default_operation(i));
  }
  EXPECT_EQ(std::set(kOperationNames.begin(), kOperationNames.end()).size(), kOperations);
  EXPECT_FALSE(default_operation("explode"));
  Scenario scenario;
  scenario.incarnations.emplace_back().clients = {all};
  const auto read = decode_repro(encode_repro({.scenario = scenario}, {}));
  ASSERT_TRUE(read.ok()) << read.error().to_string();
  EXPECT_EQ(read->scenario.incarnations.at(0).clients.at(0), all);
}

// Goal: an operation that is not wholly understood is not run. Method: an unknown field in an operation, and in a
// record inside one; an operation of no name. Expectation: each is named.
TEST(ReproTest, UnknownFields) {
  Scenario scenario;
  scenario.incarnations.emplace_back().clients = {{op::Scan{.bounds = {.low = "a"}}}};
  const Json json = without_checksum(encode_repro({.scenario = scenario}, {}));
  const auto with = [&](const char* place, const char* value) {
    Json edited = json;
    edited["incarnations"][0]["clients"][0][0][Json::json_pointer(place)] = value;
    return message(sealed(edited));
  };
  EXPECT_EQ(with("/colour", "red"), "incarnation 1: 'colour' is absent or malformed");
  EXPECT_EQ(with("/bounds/colour", "red"), "incarnation 1: 'colour' is absent or malformed");
  EXPECT_EQ(with("/op", "explode"), "incarnation 1: 'op' is absent or malformed");
}

// Goal: half a file is no file. Method: cut at many lengths. Expectation: all are corruption.
TEST(ReproTest, Truncated) {
  const std::string text = encoded(rich_outcome());
  for (std::size_t length = 0; length < text.size() - 2; length += 1 + length / 50) {
    EXPECT_EQ(message(text.substr(0, length)), "not a JSON document") << length;
  }
  EXPECT_EQ(message("[1]"), "not a JSON document");
  EXPECT_EQ(message("{}"), "not a scenario file: 'min_reader' is absent or malformed");
}

// Goal: an edited file says that it was edited. Method: change one letter or digit at a time, all over the document.
// Expectation: a refusal; by the checksum, unless the edit hit the outermost names or the JSON itself.
TEST(ReproTest, Edited) {
  const std::string text = encoded(rich_outcome());
  std::size_t by_checksum = 0;
  std::size_t edits = 0;
  for (std::size_t at = 0; at < text.size(); at += 97) {
    std::string edited = text;
    if (edited[at] == ' ' || edited[at] == '\n') continue;
    edited[at] = edited[at] == '1' ? '2' : '1';
    const auto read = decode_repro(edited);
    ASSERT_FALSE(read.ok()) << edited.substr(at > 40 ? at - 40 : 0, 80);
    by_checksum += read.error().message().starts_with("checksum: expected ") ? 1 : 0;
    ++edits;
  }
  EXPECT_GT(by_checksum, edits / 4);
}

// Goal: a reader that is too old says so before anything else. Method: a newer min_reader, the rest anyhow.
TEST(ReproTest, TooNew) {
  const std::string newer = fmt::format("{}", kReproFormat + 1);
  EXPECT_EQ(message("{\"min_reader\":" + newer + "}", Code::kUnsupported),
            "needs a reader of format " + newer + "; this program reads " + std::to_string(kReproFormat));
}

// Goal: a file asks for a reader of the format that it is written in, since older ones know no typed fields.
TEST(ReproTest, NeedsItsOwnFormat) {
  const Json json = Json::parse(encode_repro({.scenario = {}}, {}));
  EXPECT_EQ(json["format"], kReproFormat);
  EXPECT_EQ(json["min_reader"], kReproFormat);
}

// Goal: a newer writer's file with an old min_reader reads. Method: raise `format` alone, add a member.
TEST(ReproTest, NewerButReadable) {
  Json json = without_checksum(encoded(rich_outcome()));
  json["format"] = kReproFormat + 1;
  json["novelty"] = true;
  EXPECT_EQ(message(sealed(json)), "read well");
}

// Goal: nothing is silently made up. Method: take every member away in turn, checksum mended. Expectation: an error
// that names it, but for members that may be absent by the schema, and those that no reader needs.
TEST(ReproTest, MissingMembers) {
  const Json whole = without_checksum(encoded(rich_outcome()));
  std::vector<std::string> places;
  places_of(whole, "", places);
  const std::set<std::string> optional = {
      "crash",         "crash_at_end",    "format",        "last_events", "program",      "version",
      "compiler",      "after",           "operation",     "recorded",    "foreign_file", "entropy_seed",
      "refused_first", "failed_calls",    "fail_one_in",   "death",       "schedule",     "image",
      "lies",          "read_only_first", "second_opener", "damage"};
  std::set<std::string> seen;
  for (const std::string& place : places) {
    const std::size_t slash = place.rfind('/');
    const std::string name = place.substr(slash + 1);
    if (name[0] >= '0' && name[0] <= '9') continue;  // a row of an array
    const bool option = place.find("/options/") != std::string::npos;
    // Operations are many and alike: once each kind of member is enough.
    if (!seen.insert(option ? "option" : name).second) continue;
    Json json = whole;
    at_place(json, place.substr(0, slash)).erase(name);
    const std::string found = message(sealed(json));
    const bool field =
        name != "op" && place.find("/clients/") != std::string::npos;  // of an operation: else its default
    if (option || field || optional.contains(name)) {
      EXPECT_EQ(found, "read well") << place;
    } else {
      EXPECT_NE(found.find("'" + name + "' is absent or malformed"), std::string::npos) << place << ": " << found;
    }
  }
  EXPECT_GT(seen.size(), 28U);
  EXPECT_NE(message(whole.dump()).find("checksum: expected "), std::string::npos);
}

// Goal: a member of the wrong type is an error, never a crash. Method: put a value of every type in every place.
// Expectation: read well only where that type is right.
TEST(ReproTest, WrongTypes) {
  const Json whole = without_checksum(encoded(rich_outcome()));
  std::vector<std::string> places;
  places_of(whole, "", places);
  const std::vector<Json> values = {nullptr, true, -1, 1.5, "?", Json::array(), Json::array({1, 2, 3}), Json::object()};
  for (std::size_t i = 0; i < places.size(); i += 1 + i / 60) {
    for (const Json& value : values) {
      Json json = whole;
      Json& target = at_place(json, places[i]);
      if (target.type() == value.type() || places[i].starts_with("/made_by") || places[i] == "/format" ||
          places[i].starts_with("/observed/last_events"))
        continue;
      target = value;
      EXPECT_NE(message(sealed(json)), "read well") << places[i] << " " << value.dump();
    }
  }
}

// Goal: an option that this program does not know is not passed over: the run would be another. Method: add one.
TEST(ReproTest, UnknownOption) {
  Json json = without_checksum(encoded(rich_outcome()));
  json["incarnations"][0]["options"]["warp_factor"] = "9";
  EXPECT_EQ(message(sealed(json)), "incarnation 1: 'warp_factor' is absent or malformed");
}

// Goal: an error says where. Method: damage the second incarnation. Expectation: it is named.
TEST(ReproTest, ErrorsNameTheIncarnation) {
  Json json = without_checksum(encoded(rich_outcome()));
  json["incarnations"][1]["ending"] = "explosion";
  EXPECT_EQ(message(sealed(json)), "incarnation 2: 'ending' is absent or malformed");
  json["incarnations"][1]["ending"] = "close";
  json["observed"].erase("rule");
  EXPECT_EQ(message(sealed(json)), "'rule' is absent or malformed");
}

// Goal: the file is all that a replay needs. Method: run what was read. Expectation: same trace, faithful, same rule.
TEST(ReproTest, Replays) {
  StackPool stacks;
  for (std::uint64_t seed = 0; seed < 36; ++seed) {
    const Outcome first = run_mixed(seed);
    const auto read = decode_repro(encoded(first));
    ASSERT_TRUE(read.ok());
    const Outcome again = run(read->scenario, stacks);
    EXPECT_EQ(again.trace_hash, first.trace_hash) << seed;
    EXPECT_TRUE(again.faithful) << seed;
    EXPECT_EQ(encoded(again), encoded(first)) << seed;
  }
}

// Goal: the short hash of options tells scenarios with other options apart. Method: change one option.
TEST(ReproTest, OptionsHash) {
  Scenario scenario = mixed_scenario(1);
  const std::string before = options_hash(scenario);
  EXPECT_EQ(options_hash(mixed_scenario(1)), before);
  scenario.incarnations.back().options.block_bytes += 1;
  EXPECT_NE(options_hash(scenario), before);
}

}  // namespace
}  // namespace mylonite::sim
