#include "experiments/amplification/amplification.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/base/names.h"
#include "core/compaction/policies.h"
#include "experiments/run/run.h"
#include "experiments/run/workload_source.h"

namespace mylonite::experiments {
namespace {

const PeerTreeKind* kind_named(const std::vector<PeerTreeKind>& kinds, std::string_view name) {
  const auto found = std::ranges::find(kinds, name, &PeerTreeKind::name);
  return found == kinds.end() ? nullptr : &*found;
}

// A name that is no peer's is a policy.
Status check_tree(const std::vector<PeerTreeKind>& kinds, const std::string& name, const CompactionPolicies& policies) {
  if (kind_named(kinds, name) != nullptr) return {};
  for (const std::string_view peer : {"rocksdb", "leveldb"}) {
    if (!name.starts_with(peer)) continue;
    const auto of_peer = [&](const PeerTreeKind& kind) { return kind.name.starts_with(peer); };
    if (std::ranges::any_of(kinds, of_peer)) return unknown_name("tree", name, names_of(kinds));
    return Error(
        Code::kInvalidArgument,
        fmt::format("{}: this program was built without the library; install lib{}-dev and build again", name, peer));
  }
  const auto policy = configure_policy(policies, name);
  return policy.ok() ? Status() : Status(policy.error());
}

// What the figures leave out must not be asked for.
Status check_spec(const RunSpec& spec) {
  if (Status good = check_names(spec); !good.ok()) return good;
  if (spec.clients == 1 && !spec.open_loop() && spec.debt_samples == 0) return {};
  return Error(Code::kInvalidArgument,
               "peers have one client, no arrivals and no debt: expected the defaults of these");
}

}  // namespace

RunSpec amplification_spec() {
  return {.entries = 1'000'000,
          .buffer_entries = 8000,
          .base_buffers = 10,
          .level0_runs = 4,
          .rests = true,
          .set = {{"compaction_threads", "1"}}};
}

std::vector<PeerTreeKind> peer_trees() {
  std::vector<PeerTreeKind> all;
  for (const auto kinds : {rocksdb_trees(), leveldb_trees()}) all.insert(all.end(), kinds.begin(), kinds.end());
  return all;
}

Result<Comparison> amplification(const AmplificationArguments& arguments, const CompactionPolicies& policies,
                                 const OnResult& on_result) {
  const std::vector<PeerTreeKind> kinds = peer_trees();
  if (Status good = check_spec(arguments.base); !good.ok()) return good.error();
  for (const std::string& name : arguments.trees) {
    if (Status good = check_tree(kinds, name, policies); !good.ok()) return good.error();
  }
  const auto source = workload_source(arguments.base);
  if (!source.ok()) return source.error();
  for (const std::string& name : arguments.trees) {
    const PeerTreeKind* kind = kind_named(kinds, name);
    if (kind == nullptr) continue;
    if (Status good = check_peer(arguments.base, *kind); !good.ok()) return good.error();
  }
  Progress goes_on;
  if (arguments.stop) goes_on = [&](std::uint64_t, std::uint64_t) { return !arguments.stop(); };
  Comparison comparison{.base = source->spec, .results = SweepResults(arguments.trees.size())};
  for (std::uint64_t i = 0; i < arguments.seeds; ++i) {
    for (std::size_t tree = 0; tree < arguments.trees.size(); ++tree) {
      RunSpec spec = arguments.base;
      spec.policy = arguments.trees[tree];
      spec.seed += i;
      const PeerTreeKind* kind = kind_named(kinds, spec.policy);
      if (goes_on && !goes_on(0, 0)) return Error(Code::kClosed, "the runs were given up");
      auto result = kind == nullptr ? run_spec(spec, policies, goes_on) : run_peer(spec, *kind);
      if (!result.ok()) return result.error();
      result->of_runs = arguments.trees.size() * arguments.seeds;
      if (on_result) on_result(*result);
      comparison.results[tree].push_back(std::move(*result));
    }
  }
  return comparison;
}

}  // namespace mylonite::experiments
