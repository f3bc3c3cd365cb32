// Which errors a store may answer, and when.
#include "sim/run/error_policy.h"

#include <set>
#include <vector>

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
    if (meaning_of(Error(code, "an error"), context) == meaning) found.insert(code);
  }
  return found;
}

// One fault of this kind, on a table.
std::vector<StruckFault> struck(faultfs::Fault fault) { return {{.fault = fault, .path = "db/sst-4.sst"}}; }

// Goal: nothing excuses an error on a sound machine. Method: every code. Expectation: violations all.
TEST(ErrorPolicyTest, HealthyMachine) {
  EXPECT_EQ(codes(ErrorMeaning::kViolation, {}), std::set<Code>(std::begin(kCodes), std::end(kCodes)));
}

// Goal: each excuse covers its own codes only. Method: every code under one excuse at a time.
TEST(ErrorPolicyTest, EachExcuse) {
  using enum ErrorMeaning;
  EXPECT_EQ(codes(kClosing, {.closing = true}), (std::set{Code::kClosed}));
  EXPECT_EQ(codes(kReportedDamage, {.lied_to = true}), (std::set{Code::kCorruption, Code::kReadOnly}));
  EXPECT_EQ(codes(kViolation, {.closing = true}).size(), std::size(kCodes) - 1);
  EXPECT_EQ(codes(kViolation, {.lied_to = true}).size(), std::size(kCodes) - 2);
}

// Goal: a fault excuses what it may make a store answer. Method: every code after each fault of the table. Expectation:
// after one that makes a call fail: i/o, no space, read-only; after a lie that no power loss followed: nothing.
TEST(ErrorPolicyTest, EachFault) {
  for (const faultfs::FaultRow& row : faultfs::kFaultTable) {
    const auto faults = struck(row.fault);
    const std::set<Code> reported = codes(ErrorMeaning::kReportedError, {.faults = faults});
    if (row.answers) {
      EXPECT_EQ(reported, (std::set{Code::kIo, Code::kNoSpace, Code::kReadOnly})) << row.name;
    }
    if (is_lie(row.fault)) {
      EXPECT_EQ(reported, std::set<Code>()) << row.name;
    }
  }
}

// Goal: a store that was answered wrong bytes names the place. Method: corruption of the file struck, of another, of
// none, and without an offset. Expectation: the first is reported damage, the others are violations.
TEST(ErrorPolicyTest, WrongBytesAreNamedByPlace) {
  const auto faults = struck(faultfs::Fault::kFlippedBits);
  const auto meaning = [&](const Error& error) { return meaning_of(error, {.faults = faults}); };
  const Error damaged(Code::kCorruption, "checksum");
  EXPECT_EQ(meaning(damaged.in("sst-4.sst", 0)), ErrorMeaning::kReportedError);
  EXPECT_EQ(meaning(damaged.in("sst-5.sst", 0)), ErrorMeaning::kViolation);
  EXPECT_EQ(meaning(damaged.in("sst-4.sst")), ErrorMeaning::kViolation);
  EXPECT_EQ(meaning(damaged), ErrorMeaning::kViolation);
  EXPECT_EQ(meaning(Error(Code::kReadOnly, "stopped")), ErrorMeaning::kReportedError);
  EXPECT_EQ(meaning(Error(Code::kIo, "failed").in("sst-4.sst", 0)), ErrorMeaning::kViolation);
}

// Goal: where two excuses fit, the graver one counts, since it ends the incarnation. Method: read-only after a lie and
// a failed call.
TEST(ErrorPolicyTest, DamageBeforeFailure) {
  const auto faults = struck(faultfs::Fault::kIoError);
  EXPECT_EQ(meaning_of(Error(Code::kReadOnly, "stopped"), {.lied_to = true, .faults = faults}),
            ErrorMeaning::kReportedDamage);
}

}  // namespace
}  // namespace mylonite::sim
