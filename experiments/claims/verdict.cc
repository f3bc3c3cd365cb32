#include "experiments/claims/verdict.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "core/base/hash.h"
#include "core/base/json.h"
#include "core/base/names.h"

namespace mylonite::experiments {
namespace {

constexpr std::array<std::string_view, 3> kVerdicts = {"holds", "fails", "open"};

std::string_view text_of(Verdict verdict) { return kVerdicts[static_cast<std::size_t>(verdict)]; }
std::string_view text_of(Bound bound) { return bound == Bound::kAtLeast ? "at least" : "at most"; }

// What is to be run: each distinct spec once.
struct Plan {
  const Tier* tier = nullptr;
  std::vector<const Claim*> claims{};
  std::vector<RunSpec> specs{};
  std::map<std::string, std::size_t> places{};  // of the specs, by their text
};

Result<Plan> plan_of(const ClaimsArguments& arguments) {
  Plan plan;
  const auto tier = row_named("tier", arguments.tier, tiers());
  if (!tier.ok()) return tier.error();
  plan.tier = *tier;
  for (const std::string& name : arguments.names) {
    const auto claim = row_named("claim", name, claims());
    if (!claim.ok()) return claim.error();
    plan.claims.push_back(*claim);
  }
  if (arguments.names.empty()) {
    for (const Claim& each : claims()) plan.claims.push_back(&each);
  }
  for (const Claim* claim : plan.claims) {
    for (const ClaimRun& run : claim->runs) {
      RunSpec spec = spec_of(run, *plan.tier, arguments.seed);
      if (plan.places.emplace(spec_json(spec), plan.specs.size()).second) plan.specs.push_back(std::move(spec));
    }
  }
  return plan;
}

JudgedClaim judge(const Claim& claim, const Plan& plan, std::uint64_t seed, const SweepResults& results) {
  std::vector<double> values;
  for (std::size_t i = 0; i < results.front().size(); ++i) {
    std::vector<const RunFigures*> figures;
    for (const ClaimRun& run : claim.runs) {
      figures.push_back(&results[plan.places.at(spec_json(spec_of(run, *plan.tier, seed)))][i].figures);
    }
    values.push_back(claim.measure(figures));
  }
  const Interval value = interval_of(values);
  return {.claim = &claim, .value = value, .verdict = verdict_of(claim, value)};
}

}  // namespace

Result<std::uint64_t> runs_of_claims(const ClaimsArguments& arguments) {
  const auto plan = plan_of(arguments);
  if (!plan.ok()) return plan.error();
  return plan->specs.size() * arguments.seeds;
}

Result<JudgedClaims> judge_claims(const ClaimsArguments& arguments, const CompactionPolicies& policies,
                                  const OnResult& on_result) {
  const auto plan = plan_of(arguments);
  if (!plan.ok()) return plan.error();
  JudgedClaims judged{.tier = plan->tier, .seeds = arguments.seeds, .seed = arguments.seed, .hash = {}};
  std::string hashes;
  SweepArguments runs{.specs = plan->specs, .seeds = arguments.seeds, .workers = arguments.workers};
  runs.stop = arguments.stop;
  const auto results = sweep(runs, policies, [&](const RunResult& result) {
    ++judged.runs;
    hashes += result_hash(result);
    if (judged.wrong.empty() && !result.failure.empty()) {
      judged.wrong = fmt::format("{} under {}, seed {}: {}", result.policy, result.spec.workload, result.spec.seed,
                                 result.failure);
    }
    if (on_result) on_result(result);
  });
  if (!results.ok()) return results.error();
  judged.hash = fmt::format("{:016x}", hash64(hashes));
  for (const Claim* claim : plan->claims) judged.claims.push_back(judge(*claim, *plan, arguments.seed, *results));
  return judged;
}

Verdict verdict_of(const Claim& claim, const Interval& value) {
  const double low = value.mean - value.half;
  const double high = value.mean + value.half;
  const auto keeps = [&](double each) {
    return claim.bound == Bound::kAtLeast ? each >= claim.limit : each <= claim.limit;
  };
  if (keeps(low) && keeps(high)) return Verdict::kHolds;
  return keeps(low) || keeps(high) ? Verdict::kOpen : Verdict::kFails;
}

std::string claims_text(const JudgedClaims& judged) {
  std::string text;
  std::array<std::size_t, kVerdicts.size()> counts{};
  for (const JudgedClaim& each : judged.claims) {
    const Claim& claim = *each.claim;
    ++counts[static_cast<std::size_t>(each.verdict)];
    text += fmt::format("{:<4} {:<6} {}\n            {}: {:.3f}{}, {} {}\n            source: {}\n", claim.name,
                        text_of(each.verdict), claim.says, claim.value, each.value.mean,
                        std::isfinite(each.value.half) ? fmt::format(" ± {:.3f}", each.value.half) : "",
                        text_of(claim.bound), claim.limit, claim.source);
    if (each.verdict != Verdict::kHolds && !claim.finding.empty()) {
      text += fmt::format("            finding: {}\n", claim.finding);
    }
  }
  text += fmt::format("{} claims: {} hold, {} fail, {} open; tier {} ({}), {} seeds from {}, {} runs\n",
                      judged.claims.size(), counts[0], counts[1], counts[2], judged.tier->name, judged.tier->what,
                      judged.seeds, judged.seed, judged.runs);
  if (judged.tier != &tiers().back()) text += "the bounds were set for trees of the size `deep`\n";
  if (!judged.wrong.empty()) text += fmt::format("WRONG: {}\n", judged.wrong);
  return text + fmt::format("  results {}\n", judged.hash);
}

std::string claims_json(const JudgedClaims& judged) {
  std::string lines;
  for (const JudgedClaim& each : judged.claims) {
    JsonObject object;
    object.text("claim", each.claim->name)
        .text("says", each.claim->says)
        .text("source", each.claim->source)
        .text("value", each.claim->value)
        .text("bound", text_of(each.claim->bound))
        .raw("limit", fmt::format("{}", each.claim->limit))
        .raw("mean", fmt::format("{:.6f}", each.value.mean))
        .raw("half", std::isfinite(each.value.half) ? fmt::format("{:.6f}", each.value.half) : "null")
        .text("verdict", text_of(each.verdict))
        .text("tier", judged.tier->name)
        .number("seeds", judged.seeds)
        .number("seed", judged.seed)
        .text("results", judged.hash);
    lines += object.line();
  }
  return lines;
}

}  // namespace mylonite::experiments
