// sim/scenario/repro.schema.json describes what is written, no less and no more.
#include <algorithm>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "sim/run/replay.h"
#include "sim/scenario/file_roles.h"
#include "sim/scenario/repro.h"
#include "tests/sim/recorded.h"

namespace mylonite::sim {
namespace {

using Json = nlohmann::json;

Json read_schema() {
  std::ostringstream text;
  text << std::ifstream(MYLONITE_SOURCE_DIR "/sim/scenario/repro.schema.json").rdbuf();
  return Json::parse(text.str(), nullptr, false);
}

// The part of JSON Schema that the schema uses; any other keyword is an error. Notes which properties were met.
class Validator {
 public:
  explicit Validator(const Json& root) : root_(root) {}

  void check(const Json& schema, const Json& value, const std::string& at) {
    for (const auto& [keyword, rule] : schema.items()) check_keyword(schema, keyword, value, at);
    if (schema.contains("properties")) check_members(schema, value, at);
  }
  const std::vector<std::string>& wrong() const { return wrong_; }
  const std::set<const Json*>& met() const { return met_; }

 private:
  void check_keyword(const Json& schema, const std::string& keyword, const Json& value, const std::string& at) {
    const Json& rule = schema.at(keyword);
    if (keyword == "$ref") {
      check(root_.at(Json::json_pointer(rule.get<std::string>().substr(1))), value, at);
    } else if (keyword == "type") {
      expect(is_of_type(value, rule), at, "type " + rule.dump());
    } else if (keyword == "enum") {
      expect(std::ranges::find(rule, value) != rule.end(), at, "one of " + rule.dump());
    } else if (keyword == "pattern") {
      expect(value.is_string() && std::regex_search(value.get<std::string>(), std::regex(rule.get<std::string>())), at,
             "pattern " + rule.dump());
    } else if (keyword == "required") {
      for (const Json& name : rule) expect(value.contains(name), at, "member " + name.dump());
    } else if (keyword == "items") {
      for (std::size_t i = 0; value.is_array() && i < value.size(); ++i)
        check(rule, value[i], fmt::format("{}/{}", at, i));
    } else if (keyword == "minItems") {
      expect(value.size() >= rule.get<std::size_t>(), at, "at least " + rule.dump());
    } else if (keyword == "maxItems") {
      expect(value.size() <= rule.get<std::size_t>(), at, "at most " + rule.dump());
    } else if (keyword == "additionalProperties") {
      check_additional(schema, value, at);
    } else {
      static const std::set<std::string> kOthers = {"$schema", "title", "description", "properties", "$defs"};
      expect(kOthers.contains(keyword), at, "a keyword this test knows, not " + keyword);
    }
  }
  void check_additional(const Json& schema, const Json& value, const std::string& at) {
    const Json& rule = schema.at("additionalProperties");
    if (!value.is_object()) return;
    for (const auto& [name, member] : value.items()) {
      if (schema.contains("properties") && schema.at("properties").contains(name)) continue;
      if (rule.is_boolean()) {
        expect(rule.get<bool>(), at, "no member '" + name + "'");
      } else {
        check(rule, member, at + "/" + name);
      }
    }
  }
  void check_members(const Json& schema, const Json& value, const std::string& at) {
    for (const auto& [name, rule] : schema.at("properties").items()) {
      if (!value.contains(name)) continue;
      met_.insert(&rule);
      check(rule, value.at(name), at + "/" + name);
    }
  }
  static bool is_of_type(const Json& value, const std::string& type) {
    if (type == "object") return value.is_object();
    if (type == "array") return value.is_array();
    if (type == "string") return value.is_string();
    if (type == "boolean") return value.is_boolean();
    return type == "integer" && value.is_number_integer();
  }
  void expect(bool holds, const std::string& at, const std::string& what) {
    if (!holds) wrong_.push_back(at + ": expected " + what);
  }

  const Json& root_;
  std::vector<std::string> wrong_;
  std::set<const Json*> met_;  // for counting only
};

std::size_t properties_in(const Json& schema) {
  std::size_t count = 0;
  if (schema.is_object() && schema.contains("properties")) count = schema.at("properties").size();
  for (const Json& part : schema) {
    if (part.is_structured()) count += properties_in(part);
  }
  return count;
}

Json document(std::uint64_t seed) {
  const Outcome outcome = run_mixed(seed);
  return Json::parse(encode_repro(repro_of(outcome), outcome.recent));
}

// A run that was struck by one fault of each kind, each in a form of its own.
Json every_fault() {
  Recorded recorded;
  for (const faultfs::FaultRow& row : faultfs::kFaultTable) {
    recorded.faults.push_back({.at = {.role = "wal", .generation = 1}, .strike = {.fault = row.fault, .detail = 7}});
  }
  Scenario scenario;
  scenario.incarnations.emplace_back().recorded = recorded;
  const std::string hash(32, '0');
  return Json::parse(encode_repro({.scenario = scenario, .operation = "get", .trace_hash = hash}, {}));
}

// Goal: schema and writer cannot drift apart. Method: validate files of 100 runs of all kinds, and one with every
// fault. Expectation: nothing is wrong, and every property of the schema occurs.
TEST(ReproSchemaTest, DescribesWhatIsWritten) {
  const Json schema = read_schema();
  ASSERT_TRUE(schema.is_object());
  Validator validator(schema);
  for (std::uint64_t seed = 0; seed < 100; ++seed) validator.check(schema, document(seed), "");
  validator.check(schema, every_fault(), "");
  EXPECT_TRUE(validator.wrong().empty()) << validator.wrong()[0];
  EXPECT_EQ(validator.met().size(), properties_in(schema)) << "the schema has a property that is never written";
}

// Goal: lists of names are whole. Method: compare with the writer's own tables.
TEST(ReproSchemaTest, NamesAreAllListed) {
  const Json schema = read_schema();
  const std::vector<std::string> operations(kOperationNames.begin(), kOperationNames.end());
  std::vector<std::string> calls;
  for (std::size_t i = 0; i < faultfs::kCallKinds; ++i) {
    calls.emplace_back(faultfs::call_kind_name(static_cast<faultfs::CallKind>(i)));
  }
  std::vector<std::string> faults;
  for (const faultfs::FaultRow& row : faultfs::kFaultTable) {
    if (row.fault != faultfs::Fault::kLie) faults.emplace_back(row.name);  // they have a list of their own
  }
  const auto names = [&](const char* place) {
    return schema.at(Json::json_pointer(place)).get<std::vector<std::string>>();
  };
  EXPECT_EQ(names("/$defs/operation/properties/op/enum"), operations);
  EXPECT_EQ(names("/$defs/anchor/properties/call/enum"), calls);
  EXPECT_EQ(names("/$defs/recorded/properties/failed_calls/items/properties/how/enum"), faults);
  EXPECT_TRUE(std::ranges::equal(names("/$defs/anchor/properties/role/enum"), kFileRoles));
  EXPECT_TRUE(std::ranges::equal(names("/$defs/incarnation/properties/ending/enum"), kEndingNames));
  EXPECT_TRUE(std::ranges::equal(names("/$defs/incarnation/properties/death/enum"), kCrashModeNames));
  EXPECT_TRUE(std::ranges::equal(names("/$defs/recorded/properties/crash_at_end/enum"), kPhaseNames));
  EXPECT_TRUE(std::ranges::equal(names("/properties/world/properties/fs/enum"), kNameOrderNames));
}

// The schema of a field's type, and of an operation, as the list of operations has them.
Json type_of(const std::string&) { return {{"$ref", "#/$defs/bytes"}}; }
Json type_of(std::uint64_t) { return {{"$ref", "#/$defs/number"}}; }
Json type_of(std::int64_t) { return {{"$ref", "#/$defs/signed"}}; }
Json type_of(std::uint32_t) { return {{"type", "integer"}}; }
Json type_of(bool) { return {{"type", "boolean"}}; }
template <IsRecord Record>
Json type_of(const Record&);
template <class T>
Json type_of(const std::optional<T>&) {
  return type_of(T());
}
template <class T>
Json type_of(const std::vector<T>&) {
  return {{"type", "array"}, {"items", type_of(T())}};
}
template <class Record>
void add_fields(Json& properties) {
  for_each_field<Record>([&](const auto& field) {
    const Json type = type_of(Record{}.*field.member);
    EXPECT_TRUE(!properties.contains(field.name) || properties[field.name] == type)
        << field.name << " has two types; give one of the fields another name";
    properties[field.name] = type;
  });
}
template <IsRecord Record>
Json type_of(const Record&) {
  Json properties = Json::object();
  add_fields<Record>(properties);
  return {{"type", "object"}, {"additionalProperties", false}, {"properties", properties}};
}

void drop_descriptions(Json& schema) {
  if (schema.is_object()) schema.erase("description");
  for (Json& part : schema) {
    if (part.is_structured()) drop_descriptions(part);
  }
}

// Goal: the schema's operation is the list's. Method: make one of all fields of all operations, and compare; words for
// people count for nothing. Expectation: the same.
TEST(ReproSchemaTest, OperationsFollowFromTheList) {
  Json properties{{"op", {{"enum", kOperationNames}}}};
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    (add_fields<std::variant_alternative_t<I, Operation>>(properties), ...);
  }(std::make_index_sequence<kOperations>());
  Json found = read_schema().at("$defs").at("operation");
  drop_descriptions(found);
  const Json expected{
      {"type", "object"}, {"required", {"op"}}, {"additionalProperties", false}, {"properties", properties}};
  EXPECT_EQ(found, expected) << "expected " << expected.dump(1);
}

// Goal: the validator itself finds what is wrong. Method: one planted fault of each kind. Expectation: one complaint.
TEST(ReproSchemaTest, PlantedFaultsAreFound) {
  const Json schema = read_schema();
  const Json good = document(3);
  const auto complaints = [&](const char* place, const Json& value) {
    Json bad = good;
    bad[Json::json_pointer(place)] = value;
    Validator validator(schema);
    validator.check(schema, bad, "");
    return validator.wrong().size();
  };
  EXPECT_EQ(complaints("/format", 1), 0U);
  EXPECT_EQ(complaints("/format", "1"), 1U);
  EXPECT_EQ(complaints("/extra", 1), 1U);
  EXPECT_EQ(complaints("/world", {{"fs", "posix"}, {"lie_one_in", 0}, {"sync_ns", 0}}), 1U);
  EXPECT_EQ(complaints("/world/fs", "fat"), 1U);
  EXPECT_EQ(complaints("/provenance/seed", "-1"), 1U);
  EXPECT_EQ(complaints("/incarnations/0/recorded/schedule", {{1, 2}}), 1U);
  EXPECT_EQ(complaints("/incarnations/0/recorded/schedule", {{1, 2, 3, 4}}), 1U);
  EXPECT_EQ(complaints("/incarnations/0/options/block_bytes", 4096), 1U);
}

}  // namespace
}  // namespace mylonite::sim
