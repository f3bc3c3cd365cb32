#include <gtest/gtest.h>

#include <set>

#include <mylonite/status.h>

#include "core/base/invariant.h"

namespace mylonite {
namespace {

// Goal: an error says what and where, and its builders return copies. Method: one error with facts added. Expect: the
// text with all facts; the first error unchanged.
TEST(Error, SaysWhatAndWhere) {
  const Error plain(Code::kCorruption, "bad sum");
  const Error full = plain.in("wal-3.log", 40).retryable().prefixed("replay");
  EXPECT_EQ(full.to_string(), "corruption: wal-3.log at byte 40: replay: bad sum");
  EXPECT_EQ(full.code(), Code::kCorruption);
  EXPECT_TRUE(full.can_retry());
  EXPECT_EQ(plain.to_string(), "corruption: bad sum");
  EXPECT_FALSE(plain.can_retry());
  EXPECT_FALSE(plain.offset());
  EXPECT_EQ(plain.in("CURRENT").to_string(), "corruption: CURRENT: bad sum");
}

// Goal: every code has a name of its own. Method: all codes. Expect: distinct names, none "unknown".
TEST(Error, CodesHaveNames) {
  std::set<std::string_view> names;
  for (int code = 0; code <= static_cast<int>(Code::kExhausted); ++code)
    names.insert(code_name(static_cast<Code>(code)));
  EXPECT_EQ(names.size(), static_cast<std::size_t>(Code::kExhausted) + 1);
  EXPECT_FALSE(names.contains("unknown"));
}

// Goal: results are made from values and errors alike. Method: both, of both kinds. Expect: ok() says which.
TEST(Result, HoldsAValueOrAnError) {
  const auto half = [](int x) -> Result<int> {
    if (x % 2 != 0) return Error(Code::kInvalidArgument, "odd");
    return x / 2;
  };
  EXPECT_EQ(*half(4), 2);
  EXPECT_FALSE(half(3).ok());
  EXPECT_EQ(half(3).error().message(), "odd");
  EXPECT_TRUE(Status{}.ok());
  EXPECT_FALSE(Status(Error(Code::kIo, "x")).ok());
}

// Goal: a broken invariant aborts, naming place, claim and values; a kept one does nothing. Method: both.
TEST(InvariantDeathTest, AbortsWithItsValues) {
  invariant(true, "never printed", 1);
  EXPECT_DEATH(invariant(false, "seven is even", 7, -1),
               "status_test.cc:[0-9]+: invariant broken: seven is even \\[7\\] \\[-1\\]");
}

}  // namespace
}  // namespace mylonite
