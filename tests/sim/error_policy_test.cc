// Which errors a store may answer, and when.
#include "sim/run/error_policy.h"

#include <set>

#include <gtest/gtest.h>

namespace mylonite::sim {
namespace {

constexpr Code kCodes[] = {Code::kInvalidArgument, Code::kNotFound,   Code::kAlreadyExists, Code::kIo,
                           Code::kNoSpace,         Code::kCorruption, Code::kUnsupported,   Code::kNotAStore,
                           Code::kLocked,          Code::kReadOnly,   Code::kClosed,        Code::kOutOfRange,
                           Code::kExhausted};

// The codes that have this meaning.
std::set<Code> codes(ErrorMeaning meaning, const ErrorContext& context) {
  std::set<Code> found;
  for (const Code code : kCodes) {
    if (meaning_of(code, context) == meaning) found.insert(code);
  }
  return found;
}

// Goal: nothing excuses an error on a sound machine. Method: every code. Expectation: violations all.
TEST(ErrorPolicyTest, HealthyMachine) {
  EXPECT_EQ(codes(ErrorMeaning::kViolation, {}), std::set<Code>(std::begin(kCodes), std::end(kCodes)));
}

// Goal: each excuse covers its own codes only. Method: every code under one excuse at a time.
TEST(ErrorPolicyTest, EachExcuse) {
  using enum ErrorMeaning;
  EXPECT_EQ(codes(kClosing, {.closing = true}), (std::set{Code::kClosed}));
  EXPECT_EQ(codes(kReportedDamage, {.lied_to = true}), (std::set{Code::kCorruption, Code::kReadOnly}));
  EXPECT_EQ(codes(kReportedError, {.call_failed = true}), (std::set{Code::kIo, Code::kNoSpace, Code::kReadOnly}));
  EXPECT_EQ(codes(kViolation, {.closing = true}).size(), std::size(kCodes) - 1);
  EXPECT_EQ(codes(kViolation, {.lied_to = true}).size(), std::size(kCodes) - 2);
  EXPECT_EQ(codes(kViolation, {.call_failed = true}).size(), std::size(kCodes) - 3);
}

// Goal: where two excuses fit, the graver one counts, since it ends the incarnation. Method: read-only after a lie and
// a failed call.
TEST(ErrorPolicyTest, DamageBeforeFailure) {
  EXPECT_EQ(meaning_of(Code::kReadOnly, {.lied_to = true, .call_failed = true}), ErrorMeaning::kReportedDamage);
}

}  // namespace
}  // namespace mylonite::sim
