#include "core/base/json.h"

#include <limits>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace mylonite {
namespace {

constexpr std::uint64_t kLargest = std::numeric_limits<std::uint64_t>::max();

// Goal: an object is one line, members in order, whole numbers exact. Method: one member of each kind. Expectation: the
// very text.
TEST(Json, ObjectsAreOneLine) {
  EXPECT_EQ(JsonObject().object(), "{}");
  EXPECT_EQ(JsonArray().array(), "[]");
  const std::string inner = JsonArray().number(1).signed_number(-2).number_text(3).real(0.5).text("x").array();
  EXPECT_EQ(inner, R"([1,-2,"3",0.5,"x"])");
  EXPECT_EQ(JsonObject()
                .number("z", kLargest)
                .signed_number("a", std::numeric_limits<std::int64_t>::min())
                .number_text("n", kLargest)
                .real("r", 1)
                .flag("f", true)
                .raw("o", inner)
                .line(),
            R"({"z":18446744073709551615,"a":-9223372036854775808,"n":"18446744073709551615","r":1.0,"f":true,)"
            R"("o":[1,-2,"3",0.5,"x"]})"
            "\n");
}

// Goal: real numbers read back the same, and what is no number is null. Method: parse what was written.
TEST(Json, RealNumbers) {
  for (const double value : {0.1, 1e300, -2.5e-10, 12345678.9}) {
    EXPECT_EQ(nlohmann::json::parse(json_real(value)).get<double>(), value);
  }
  EXPECT_EQ(json_real(std::numeric_limits<double>::infinity()), "null");
}

// Goal: any text is a JSON string. Method: escapes, UTF-8, bytes that are none. Expectation: parsed, the same text; for
// text() U+FFFD in place of the bytes, for bytes() their hex under another name; hex also where it is asked for.
TEST(Json, Text) {
  for (const std::string text : {"", "plain", "a \"quoted\" \\ path", "tab\tline\nbell\a", "æøå €", "\x7f"}) {
    EXPECT_EQ(nlohmann::json::parse(json_text(text)).get<std::string>(), text);
    EXPECT_EQ(nlohmann::json::parse(JsonObject().bytes("k", text, false).object())["k"], text);
  }
  EXPECT_EQ(json_text("a\xff"), "\"a\xef\xbf\xbd\"");
  EXPECT_EQ(JsonObject().bytes("k", "a\xff", false).object(), R"({"k_hex":"61ff"})");
  EXPECT_EQ(JsonObject().bytes("k", "ab", true).object(), R"({"k_hex":"6162"})");
}

// Goal: people read the same value with a line a member. Method: nested and empty ones. Expectation: the very text.
TEST(Json, Indented) {
  EXPECT_EQ(indented(R"({"b":[1,{"x":2.0}],"a":{}})", 1),
            "{\n \"b\": [\n  1,\n  {\n   \"x\": 2.0\n  }\n ],\n \"a\": {}\n}\n");
}

}  // namespace
}  // namespace mylonite
