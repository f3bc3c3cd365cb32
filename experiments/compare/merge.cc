#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "core/base/hash.h"
#include "experiments/compare/compare.h"

namespace mylonite::experiments {
namespace {

using OfPolicy = std::map<std::uint64_t, RunResult>;  // by seed
using OfSpec = std::map<std::string, OfPolicy>;       // by policy as configured

Error lacks(const std::string& policy, std::uint64_t seed, const RunSpec& spec) {
  return Error(Code::kInvalidArgument,
               fmt::format("workload {}: there is no result of {} with seed {}, but another policy has one; a shard is "
                           "missing, or not complete: run it again",
                           workload_text(spec), policy, seed));
}

// How many runs are there, of how many; the latter by what results say of all.
struct Count {
  std::uint64_t runs = 0;
  std::uint64_t expected = 0;
  bool complete() const { return runs >= expected; }
  std::string text() const { return fmt::format("{} of {} runs are there", runs, expected); }
};
Count count_of(const OfSpec& policies) {
  Count count;
  for (const auto& [policy, results] : policies) {
    count.runs += results.size();
    for (const auto& [seed, result] : results) count.expected = std::max(count.expected, result.of_runs);
  }
  return count;
}

// Whether some shards are not there.
Status check_complete(const RunSpec& spec, const OfSpec& policies) {
  const Count count = count_of(policies);
  if (count.complete()) return {};
  return Error(Code::kInvalidArgument, fmt::format("workload {}: {}; a shard is missing, or not complete: run it again",
                                                   workload_text(spec), count.text()));
}

// Leaves the seeds that every policy has. The sentence says what is missing; empty: nothing.
std::string leave_complete_seeds(const RunSpec& spec, OfSpec& policies) {
  constexpr std::size_t kNamed = 3;
  std::map<std::uint64_t, std::string> incomplete;  // by seed: a policy that lacks it
  for (const auto& [policy, results] : policies) {
    for (const auto& [seed, unused] : results) {
      for (const auto& [other, of_other] : policies) {
        if (!of_other.contains(seed)) incomplete.emplace(seed, other);
      }
    }
  }
  const Count count = count_of(policies);
  if (count.complete() && incomplete.empty()) return "";
  std::string text = fmt::format("workload {}: {}", workload_text(spec),
                                 count.complete() ? std::string("some runs are missing") : count.text());
  std::size_t named = 0;
  for (const auto& [seed, policy] : incomplete) {
    for (auto& [unused, results] : policies) results.erase(seed);
    if (++named <= kNamed)
      text += fmt::format("{} seed {}, which {} lacks", named == 1 ? "; left out:" : ",", seed, policy);
  }
  return named > kNamed ? text + fmt::format(", and {} more seeds", named - kNamed) : text;
}

Error no_common_seed(const RunSpec& spec) {
  return Error(
      Code::kInvalidArgument,
      fmt::format("workload {}: no seed has results of all policies, so nothing can be compared", workload_text(spec)));
}

Error other_content(const RunSpec& spec, const std::string& hash) {
  return Error(Code::kInvalidArgument,
               fmt::format("results of two workload files named {}, with the hashes {} and {}: expected one content; "
                           "run those of one file again, or give one of them another name",
                           spec.workload_file, hash, spec.workload_hash));
}

// Members of a spec that every heading shows.
constexpr std::array<std::string_view, 12> kShown = {
    "policy", "workload", "workload_file",  "workload_hash", "device",       "processor",
    "seed",   "entries",  "buffer_entries", "size_ratio",    "load_percent", "arrivals_per_second"};

// What a heading does not show: options that are set, and other members, by name.
std::map<std::string, std::string> hidden_members(const RunSpec& spec) {
  std::map<std::string, std::string> members = spec.set;
  for (const SpecRow& row : spec_table()) {
    if (std::ranges::find(kShown, row.name) != kShown.end()) continue;
    std::string& text = members[std::string(row.name)];
    if (const auto* flag = std::get_if<bool RunSpec::*>(&row.member)) text = spec.**flag ? "true" : "false";
    if (const auto* number = std::get_if<std::uint64_t RunSpec::*>(&row.member)) text = std::to_string(spec.**number);
  }
  return members;
}

void say_differences(std::vector<Comparison>& comparisons) {
  std::vector<std::map<std::string, std::string>> members;
  std::set<std::string> names;
  for (const Comparison& each : comparisons) {
    members.push_back(hidden_members(each.base));
    for (const auto& [name, value] : members.back()) names.insert(name);
  }
  for (const std::string& name : names) {
    std::vector<std::string> texts;
    for (const auto& of_one : members) {
      const auto found = of_one.find(name);
      texts.push_back(found == of_one.end() ? name + " not set" : fmt::format("{}={}", name, found->second));
    }
    if (std::ranges::count(texts, texts.front()) == std::ssize(texts)) continue;
    for (std::size_t i = 0; i < texts.size(); ++i) {
      std::string& differs = comparisons[i].differs;
      differs += (differs.empty() ? "" : ", ") + texts[i];
    }
  }
}

Result<Comparison> comparison_of(RunSpec base, OfSpec policies, const std::string& first) {
  Comparison comparison{.base = std::move(base)};
  std::vector<std::pair<std::string, OfPolicy>> ordered(policies.begin(), policies.end());
  const auto is_first = [&](const auto& each) {
    return each.first == first || each.first.substr(0, each.first.find(':')) == first;
  };
  std::ranges::stable_partition(ordered, is_first);
  if (!first.empty() && !is_first(ordered.front())) {
    return Error(Code::kInvalidArgument,
                 fmt::format("workload {}: no result is of policy {}", workload_text(comparison.base), first));
  }
  const OfPolicy& most = std::ranges::max(ordered, {}, [](const auto& each) { return each.second.size(); }).second;
  comparison.base.seed = most.begin()->first;
  for (const auto& [policy, results] : ordered) {
    std::vector<RunResult>& row = comparison.results.emplace_back();
    for (const auto& [seed, unused] : most) {
      const auto found = results.find(seed);
      if (found == results.end()) return lacks(policy, seed, comparison.base);
      row.push_back(found->second);
    }
    for (const auto& [seed, unused] : results) {
      if (!most.contains(seed)) return lacks(ordered.front().first, seed, comparison.base);
    }
  }
  return comparison;
}

}  // namespace

Result<std::vector<Comparison>> merged(std::vector<RunResult> results, const std::string& base,
                                       std::vector<std::string>* missing) {
  std::map<std::string, std::pair<RunSpec, OfSpec>> specs;
  std::map<std::string, std::string> contents;  // of workload files, by name
  for (RunResult& each : results) {
    RunSpec spec = each.spec;
    const std::string& content = contents.emplace(spec.workload_file, spec.workload_hash).first->second;
    if (content != spec.workload_hash) return other_content(spec, content);
    spec.policy.clear();
    spec.seed = 0;
    auto& [shared, policies] = specs[spec_json(spec)];
    shared = spec;
    const auto [place, is_new] = policies[each.policy].emplace(each.spec.seed, each);
    if (!is_new && result_hash(place->second) != result_hash(each)) {
      return Error(
          Code::kCorruption,
          fmt::format("two results of {} under {}, seed {}, differ: {} and {}; the run is not "
                      "reproducible, or another version made one of them",
                      each.policy, workload_text(spec), each.spec.seed, result_hash(place->second), result_hash(each)));
    }
  }
  if (specs.empty()) return Error(Code::kInvalidArgument, "no results: expected a line for each run");
  std::vector<Comparison> comparisons;
  for (auto& [json, spec] : specs) {
    if (missing != nullptr) {
      std::string lacks_some = leave_complete_seeds(spec.first, spec.second);
      if (!lacks_some.empty()) missing->push_back(std::move(lacks_some));
      if (spec.second.begin()->second.empty()) return no_common_seed(spec.first);
    } else if (Status whole = check_complete(spec.first, spec.second); !whole.ok()) {
      return whole.error();
    }
    auto comparison = comparison_of(std::move(spec.first), std::move(spec.second), base);
    if (!comparison.ok()) return comparison.error();
    comparisons.push_back(std::move(*comparison));
  }
  say_differences(comparisons);
  return comparisons;
}

std::string results_hash(const Comparison& comparison) {
  std::vector<std::tuple<std::uint64_t, std::string, std::string>> hashes;
  for (const std::vector<RunResult>& row : comparison.results) {
    for (const RunResult& each : row) hashes.emplace_back(each.spec.seed, each.policy, result_hash(each));
  }
  std::ranges::sort(hashes);
  std::string all;
  for (const auto& [seed, policy, hash] : hashes) all += hash;
  return fmt::format("{:016x}", hash64(all));
}

}  // namespace mylonite::experiments
