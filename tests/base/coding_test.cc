#include "core/base/coding.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace mylonite {
namespace {

// Goal: what is encoded is decoded, with the rest left over. Method: random values, widths mixed, a random tail.
RC_GTEST_PROP(Coding, RoundTrips,
              (std::uint32_t narrow, std::uint64_t wide, const std::string& text, const std::string& tail)) {
  const std::uint64_t small = wide >> *rc::gen::inRange(0, 64);
  std::string bytes;
  put_fixed32(bytes, narrow);
  put_fixed64(bytes, wide);
  put_varint(bytes, small);
  put_varint(bytes, narrow);
  put_length_prefixed(bytes, text);
  bytes += tail;
  std::string_view in = bytes;
  std::uint32_t narrow_back = 0;
  std::uint64_t wide_back = 0;
  std::string_view text_back;
  RC_ASSERT(get_fixed32(in, narrow_back) && narrow_back == narrow);
  RC_ASSERT(get_fixed64(in, wide_back) && wide_back == wide);
  RC_ASSERT(get_varint64(in, wide_back) && wide_back == small);
  RC_ASSERT(get_varint32(in, narrow_back) && narrow_back == narrow);
  RC_ASSERT(get_length_prefixed(in, text_back) && text_back == text);
  RC_ASSERT(in == tail);
}

// Goal: the layout is little-endian and fixed for ever. Method: known values. Expect: known bytes.
TEST(Coding, HasAFixedLayout) {
  std::string bytes;
  put_fixed32(bytes, 0x01020304);
  put_fixed64(bytes, 0x0102030405060708ULL);
  EXPECT_EQ(bytes, std::string("\x04\x03\x02\x01\x08\x07\x06\x05\x04\x03\x02\x01"));
  bytes.clear();
  put_varint(bytes, 0);
  put_varint(bytes, 127);
  put_varint(bytes, 128);
  put_varint(bytes, 300);
  EXPECT_EQ(bytes, std::string("\x00\x7f\x80\x01\xac\x02", 6));
  bytes.clear();
  put_varint(bytes, UINT64_MAX);
  EXPECT_EQ(bytes, std::string(9, '\xff') + '\x01');
}

// Goal: a decoder never reads past the end. Method: every cut of an encoding. Expect: false each time.
TEST(Coding, RefusesEveryCut) {
  std::string fixed;
  put_fixed64(fixed, 7);
  std::string varint;
  put_varint(varint, UINT64_MAX);
  std::string text;
  put_length_prefixed(text, std::string(200, 'x'));
  const auto refuses_cuts = [](const std::string& whole, auto decode) {
    for (std::size_t size = 0; size < whole.size(); ++size) {
      // A copy of its own, so that ASan sees a read past it.
      const std::vector<char> cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
      std::string_view in(cut.data(), cut.size());
      if (decode(in)) return false;
    }
    std::string_view in = whole;
    return decode(in);
  };
  std::uint64_t wide = 0;
  std::string_view view;
  EXPECT_TRUE(refuses_cuts(fixed, [&](std::string_view& in) { return get_fixed64(in, wide); }));
  EXPECT_TRUE(refuses_cuts(varint, [&](std::string_view& in) { return get_varint64(in, wide); }));
  EXPECT_TRUE(refuses_cuts(text, [&](std::string_view& in) { return get_length_prefixed(in, view); }));
}

// Goal: a varint that does not fit its type is refused. Method: the largest that fits and the next one, too many bytes,
// a length far beyond the end. Expect: accepted, refused.
TEST(Coding, RefusesWhatDoesNotFit) {
  const auto decodes32 = [](std::uint64_t value) {
    std::string bytes;
    put_varint(bytes, value);
    std::string_view in = bytes;
    std::uint32_t out = 0;
    return get_varint32(in, out) && out == value;
  };
  EXPECT_TRUE(decodes32(UINT32_MAX));
  EXPECT_FALSE(decodes32(UINT32_MAX + 1ULL));
  std::uint64_t wide = 0;
  const std::string too_large = std::string(9, '\xff') + '\x02';
  std::string_view in = too_large;
  EXPECT_FALSE(get_varint64(in, wide));
  const std::string too_long = std::string(10, '\xff') + '\x01';
  in = too_long;
  EXPECT_FALSE(get_varint64(in, wide));
  std::string huge_length;
  put_varint(huge_length, UINT64_MAX);
  in = huge_length;
  std::string_view view;
  EXPECT_FALSE(get_length_prefixed(in, view));
}

}  // namespace
}  // namespace mylonite
