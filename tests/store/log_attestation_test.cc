#include "core/store/log_attestation.h"

#include <gtest/gtest.h>

namespace mylonite {
namespace {

LogLength at(std::uint64_t log, std::uint64_t bytes) { return {.number = FileNumber{log}, .bytes = bytes}; }

// Goal: the manifest is told at the first sync of a log, then once in a second, and not while nothing is new. Method:
// syncs at chosen moments. Expectation: due when stated.
TEST(LogAttestation, IsDueAtOnceThenOnceInASecond) {
  LogAttestation log;
  EXPECT_FALSE(log.due_ns());
  log.synced(at(2, 100));
  EXPECT_TRUE(log.is_due(0)) << "the first of a log";
  log.ended(at(2, 100), true, 5);
  EXPECT_FALSE(log.due_ns()) << "nothing is new";
  log.synced(at(2, 200));
  EXPECT_FALSE(log.is_due(kAttestEveryNs + 4));
  EXPECT_TRUE(log.is_due(kAttestEveryNs + 5));
  log.ended(at(2, 200), true, kAttestEveryNs + 5);
  log.synced(at(3, 70));
  EXPECT_TRUE(log.is_due(kAttestEveryNs + 6)) << "another log";
}

// Goal: an attempt in vain is repeated, but not at once. Expectation: due again a second later, also for a new log.
TEST(LogAttestation, FailureIsTriedAgain) {
  LogAttestation log;
  log.synced(at(2, 100));
  log.ended(at(2, 100), false, 10);
  EXPECT_FALSE(log.is_due(11));
  EXPECT_TRUE(log.is_due(kAttestEveryNs + 10));
  log.ended(at(2, 100), true, kAttestEveryNs + 10);
  EXPECT_FALSE(log.due_ns());
}

// Goal: attempts that end in another order than they began do no harm. Expectation: the most counts.
TEST(LogAttestation, LateEndOfAnOlderAttempt) {
  LogAttestation log;
  log.synced(at(3, 100));
  log.ended(at(3, 100), true, 10);
  log.ended(at(2, 900), true, 11);
  EXPECT_FALSE(log.due_ns());
}

}  // namespace
}  // namespace mylonite
