#include "core/base/bytes.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace mylonite {
namespace {

// Goal: hex is bytes and back. Method: random bytes. Expect: the same bytes.
RC_GTEST_PROP(Hex, RoundTrips, ()) {
  const auto bytes = *rc::gen::container<std::string>(rc::gen::arbitrary<char>());
  RC_ASSERT(to_hex(bytes).size() == 2 * bytes.size());
  RC_ASSERT(from_hex(to_hex(bytes)) == bytes);
}

// Goal: what is not hex is refused. Method: odd lengths, other letters; capitals are fine. Expect: empty; the bytes.
TEST(Hex, RefusesOtherText) {
  EXPECT_EQ(to_hex(std::string("\x00\xff\x1a", 3)), "00ff1a");
  EXPECT_EQ(from_hex("00FF1a"), std::string("\x00\xff\x1a", 3));
  EXPECT_EQ(from_hex(""), "");
  EXPECT_EQ(from_hex("0"), std::nullopt);
  EXPECT_EQ(from_hex("0g"), std::nullopt);
  EXPECT_EQ(from_hex("-1"), std::nullopt);
  EXPECT_EQ(from_hex("0x"), std::nullopt);
}

// Goal: messages show any bytes on one line, shortened. Method: text, control bytes, a backslash, a long string.
TEST(Printable, EscapesAndShortens) {
  EXPECT_EQ(printable("plain text"), "plain text");
  EXPECT_EQ(printable(std::string("a\n\x00\x7f\xff\\", 6)), "a\\x0a\\x00\\x7f\\xff\\x5c");
  EXPECT_EQ(printable(std::string(17, 'a'), 3), "aaa… (17 bytes)");
  EXPECT_EQ(printable(std::string(16, 'a'), 3), std::string(16, 'a')) << "a cut would save nothing";
  EXPECT_EQ(printable("abc", 3), "abc");
}

}  // namespace
}  // namespace mylonite
