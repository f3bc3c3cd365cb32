#include "core/version/json_view.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <mylonite/random.h>

#include "core/version/edit_json.h"

namespace mylonite {
namespace {

using Json = nlohmann::ordered_json;

std::string random_space(Random& random) { return random.chance(1, 4) ? std::string(random.below(3), ' ') : ""; }

std::string random_string(Random& random) {
  std::string text;
  const std::uint64_t size = random.below(6);
  for (std::uint64_t i = 0; i < size; ++i) {
    constexpr std::string_view kParts[] = {"a", "{", "]", ",", ":", "\\\"", "\\\\", "\\u0041", " "};
    text += kParts[random.below(std::size(kParts))];
  }
  return '"' + text + '"';
}

// Any JSON, with spaces where they may be.
std::string random_json(Random& random, int depth) {
  const std::uint64_t kind = random.below(depth > 0 ? 6 : 4);
  std::string text = random_space(random);
  if (kind == 0) text += std::vector<std::string>{"true", "false", "null"}[random.below(3)];
  if (kind == 1) text += std::to_string(static_cast<std::int64_t>(random.below(2000)) - 1000);
  if (kind == 2 || kind == 3) text += random_string(random);
  if (kind >= 4) {
    const std::uint64_t count = random.below(4);
    text += kind == 4 ? '[' : '{';
    for (std::uint64_t i = 0; i < count; ++i) {
      if (i > 0) text += random_space(random) + ",";
      if (kind == 5) text += "\"m" + std::to_string(i) + "\"" + random_space(random) + ":";
      text += random_json(random, depth - 1);
    }
    text += random_space(random) + (kind == 4 ? ']' : '}');
  }
  return text + random_space(random);
}

// What the view says, put together again level by level.
std::string rebuilt(const JsonView& view) {
  std::string text;
  if (view.kind == JsonKind::kString) return '"' + std::string(view.text) + '"';
  if (view.kind == JsonKind::kArray) {
    const auto elements = json_elements(view);
    if (!elements) return "!";
    for (const JsonView& element : *elements) text += (text.empty() ? "" : ",") + rebuilt(element);
    return "[" + text + "]";
  }
  if (view.kind == JsonKind::kObject) {
    const auto members = json_members(view);
    if (!members) return "!";
    for (const JsonMember& member : *members) {
      text += (text.empty() ? "\"" : ",\"") + std::string(member.name) + "\":" + rebuilt(member.value);
    }
    return "{" + text + "}";
  }
  return std::string(view.text);
}

// Goal: any JSON is read as a whole parser reads it. Method: 20,000 random documents, split to the last level and put
// together again. Expectation: the other parser finds the same document in it.
TEST(JsonView, ReadsWhatAParserReads) {
  Random random(1);
  for (int i = 0; i < 20'000; ++i) {
    const std::string text = random_json(random, 4);
    const auto view = json_value(text);
    ASSERT_TRUE(view) << text;
    EXPECT_EQ(Json::parse(rebuilt(*view)), Json::parse(text)) << text;
  }
}

// Goal: text that is not JSON is refused at the latest when the level that is wrong is split. Method: change one byte
// of random documents. Expectation: what the other parser refuses does not split to the last level, save for what
// stands inside strings and numbers (escapes and digits are their readers' business).
TEST(JsonView, RefusesWhatAParserRefuses) {
  Random random(2);
  int refused = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string text = random_json(random, 4);
    const std::uint64_t at = random.below(text.size());
    text[at] = "{}[]\",: x"[random.below(9)];
    if (!Json::parse(text, nullptr, false).is_discarded() || text.find_first_of("\\-0123456789") != std::string::npos) {
      continue;
    }
    ++refused;
    const auto view = json_value(text);
    EXPECT_TRUE(!view || rebuilt(*view).find('!') != std::string::npos) << text;
  }
  EXPECT_GT(refused, 500);
}

// Goal: kinds are told apart. Method: one wrong use of each. Expectation: nothing.
TEST(JsonView, KindsAreToldApart) {
  EXPECT_FALSE(json_members(*json_value("[]")));
  EXPECT_FALSE(json_elements(*json_value("{}")));
  EXPECT_FALSE(json_elements(*json_value("\"[]\"")));
  for (const char* text :
       {"", " ", "{} {}", "[1,]", "{\"a\":1,}", "{\"a\"}", "{a:1}", "\"a", "[}", "yes", "{\"a\":}"}) {
    const auto view = json_value(text);
    EXPECT_TRUE(!view || rebuilt(*view) == "!") << text;
  }
}

// Goal: the manifest's text stays byte for byte what it was. Method: an edit with everything in it, and an empty one.
TEST(EditJson, TextIsFixed) {
  VersionEdit edit{.next_file = FileNumber{12}, .first_log = FileNumber{11}, .ceiling = Timestamp{1ULL << 60}};
  edit.history_floor = Timestamp{3};
  edit.closed_log = LogLength{.number = FileNumber{11}, .bytes = 400};
  for (const std::uint64_t number : {7U, 9U}) {
    VersionEdit::Added& added = edit.added.emplace_back();
    added.level = 2;
    added.run = RunId{7};
    added.table.number = FileNumber{number};
    added.table.file_bytes = 1000;
    added.table.footer_hash = 0xabcdef;
    added.table.smallest = "a\xff";
    added.table.largest = "b";
    added.table.entries = 5;
    added.table.oldest = Timestamp{1};
    added.table.newest = Timestamp{2};
  }
  edit.removed = {FileNumber{1}, FileNumber{2}};
  const auto table = [](const std::string& number) {
    return R"({"level":2,"run":"7","table":")" + number +
           R"(","bytes":"1000","footer":"0000000000abcdef","smallest":"61ff","largest":"62","entries":"5",)"
           R"("tombstones":"0","range_deletes":"0","oldest":"1","newest":"2","oldest_tombstone":")" +
           std::to_string(kTimestampMax.ticks) + "\"}";
  };
  const std::string expected =
      R"({"next_file":"12","first_log":"11","ceiling":"1152921504606846976","history_floor":"3","closed_log":"11",)"
      R"("closed_log_bytes":"400","add":[)" +
      table("7") + "," + table("9") + R"(],"remove":["1","2"]})";
  EXPECT_EQ(encode_edit(edit), expected);
  EXPECT_EQ(Json::parse(expected).dump(), expected);
  EXPECT_EQ(decode_edit(expected).value(), edit);
  EXPECT_EQ(encode_edit({}), "{}");
}

// Goal: members of later versions are ignored, spaces too. Method: an edit with both.
TEST(EditJson, UnknownMembersAreIgnored) {
  const auto edit = decode_edit(R"( { "later" : {"a":["]}",1e5,null]} , "next_file" : "7" } )");
  ASSERT_TRUE(edit.ok());
  EXPECT_EQ(*edit, VersionEdit{.next_file = FileNumber{7}});
}

}  // namespace
}  // namespace mylonite
