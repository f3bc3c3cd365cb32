#include "core/format/internal_key.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace mylonite {
namespace {

std::string small_key() { return *rc::gen::container<std::string>(rc::gen::element('\0', 'a', '\xff')); }
Timestamp small_stamp() { return Timestamp{*rc::gen::inRange<std::uint64_t>(0, 4)}; }
Kind any_kind() { return *rc::gen::element(Kind::kDelete, Kind::kPut); }

// Goal: what is encoded is parsed. Method: random parts, any stamp of 56 bits. Expect: the parts.
RC_GTEST_PROP(InternalKey, RoundTrips, (std::uint64_t ticks)) {
  const std::string user_key = small_key();
  const Timestamp at{ticks & kTimestampMax.ticks};
  const Kind kind = any_kind();
  const std::string key = internal_key(user_key, at, kind);
  RC_ASSERT(is_internal_key(key));
  const ParsedKey parsed = parse_internal_key(key);
  RC_ASSERT(parsed.user_key == user_key);
  RC_ASSERT(parsed.at == at);
  RC_ASSERT(parsed.kind == kind);
}

// Goal: the order is user key up, stamp down, put before delete. Method: random pairs that collide often, compared by
// the definition. Expect: the same order, and equality only of equal keys.
RC_GTEST_PROP(InternalKey, OrdersNewestFirst, ()) {
  const std::string user_a = small_key();
  const std::string user_b = *rc::gen::element(user_a, small_key());
  const Timestamp at_a = small_stamp();
  const Timestamp at_b = small_stamp();
  const Kind kind_a = any_kind();
  const Kind kind_b = any_kind();
  auto expected = std::strong_ordering::equal;
  if (user_a != user_b) {
    expected = std::basic_string_view<char>(user_a) <=> user_b;
  } else if (at_a != at_b) {
    expected = at_b <=> at_a;
  } else {
    expected = static_cast<int>(kind_b) <=> static_cast<int>(kind_a);
  }
  const std::string a = internal_key(user_a, at_a, kind_a);
  const std::string b = internal_key(user_b, at_b, kind_b);
  RC_ASSERT(compare_internal(a, b) == expected);
  RC_ASSERT((compare_internal(a, b) == 0) == (a == b));
}

// Goal: a seek for a stamp lands between newer entries and those not above it. Method: all stamps against one, both
// ends included. Expect: newer before the target, others after it.
TEST(InternalKey, SeekTargetSplitsVersions) {
  for (Timestamp at : {kTimestampMin, Timestamp{1}, Timestamp{77}, kTimestampMax}) {
    std::string target;
    append_internal_key(target, "key", seek_trailer(at));
    for (Kind kind : {Kind::kDelete, Kind::kPut}) {
      EXPECT_TRUE(compare_internal(target, internal_key("key", at, kind)) < 0);
      if (at < kTimestampMax) {
        EXPECT_TRUE(compare_internal(internal_key("key", Timestamp{at.ticks + 1}, kind), target) < 0);
      }
    }
  }
}

// Goal: bytes that are no internal key are told apart. Method: short bytes, unknown kinds.
TEST(InternalKey, RefusesOtherBytes) {
  EXPECT_FALSE(is_internal_key(""));
  EXPECT_FALSE(is_internal_key("1234567"));
  EXPECT_FALSE(is_internal_key(std::string("\x03\0\0\0\0\0\0\0", 8)));
  EXPECT_FALSE(is_internal_key(std::string("key\xff\0\0\0\0\0\0\0", 11)));
  EXPECT_TRUE(is_internal_key(std::string("\x02\0\0\0\0\0\0\0", 8)));
}

}  // namespace
}  // namespace mylonite
