// Claims judged: the runs of some claims over seeds, each distinct spec once, and what follows for every claim.
// Thread-safety: one call at a time in a thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "experiments/claims/claim.h"

namespace mylonite::experiments {

enum class Verdict : std::uint8_t { kHolds, kFails, kOpen };

struct JudgedClaim {
  const Claim* claim;
  Interval value;
  Verdict verdict;
};

struct ClaimsArguments {
  std::vector<std::string> names{};  // empty: all
  std::string tier = "standard";
  std::uint64_t seeds = 5;
  std::uint64_t seed = 1;
  std::uint64_t workers = 1;
  std::function<bool()> stop{};  // as of a sweep
};

struct JudgedClaims {
  const Tier* tier;
  std::uint64_t seeds = 0;
  std::uint64_t seed = 0;
  std::uint64_t runs = 0;
  std::string hash;     // over all results: 16 hexadecimal digits
  std::string wrong{};  // the first wrong answer of a store; empty: none
  std::vector<JudgedClaim> claims{};
};

// How many runs they take. kInvalidArgument: a claim or a tier that does not exist.
Result<std::uint64_t> runs_of_claims(const ClaimsArguments& arguments);
// Errors: those of runs_of_claims and of a sweep.
Result<JudgedClaims> judge_claims(const ClaimsArguments& arguments, const CompactionPolicies& policies,
                                  const OnResult& on_result = {});

Verdict verdict_of(const Claim& claim, const Interval& value);
std::string claims_text(const JudgedClaims& judged);
std::string claims_json(const JudgedClaims& judged);  // a line for each claim

}  // namespace mylonite::experiments
