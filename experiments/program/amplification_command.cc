#include "experiments/program/amplification_command.h"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "core/cli/output.h"
#include "core/cli/settings.h"
#include "experiments/program/ending.h"
#include "experiments/program/named_once.h"
#include "experiments/program/outputs.h"
#include "experiments/program/progress_line.h"

namespace mylonite::experiments {
namespace {

using cli::Ending;

constexpr cli::Range kSeeds{.low = 1, .high = 100'000};
// Members of a spec that mean nothing beside a peer.
constexpr std::array<std::string_view, 5> kNotHere = {"--clients", "--load-percent", "--arrivals-per-second",
                                                      "--debt-samples", "--rests"};

Ending set_beside(LabArguments& arguments) {
  AmplificationArguments& beside = arguments.beside;
  const auto settings = cli::parse_settings(arguments.settings);
  if (!settings.ok()) return failed(settings.error());
  for (const auto& [name, value] : *settings) beside.base.set[name] = value;
  if (Status once = check_policies_once(beside.trees, arguments.policies); !once.ok()) return failed(once.error());
  if (!beside.base.workload_file.empty()) beside.base.workload = kFileWorkload;
  Outputs outputs;
  if (Status good = outputs.open(arguments); !good.ok()) return failed(good.error());
  const std::uint64_t all = beside.trees.size() * beside.seeds;
  auto line = std::make_unique<ProgressLine>();
  cli::take_interrupts();
  beside.stop = cli::interrupt_asked;
  const auto comparison = amplification(beside, arguments.policies, [&](const RunResult& result) {
    outputs.add(result);
    line->show(outputs.runs(), all, fmt::format("runs, the last of {}, seed {}", result.policy, result.spec.seed));
  });
  line.reset();
  if (!comparison.ok() && cli::interrupt_asked()) {
    const std::uint64_t seeds = outputs.runs() / beside.trees.size();
    return outputs.stop(fmt::format("after {} of {} runs", outputs.runs(), all),
                        fmt::format("--seed {} --seeds {}", beside.base.seed + seeds, beside.seeds - seeds));
  }
  if (!comparison.ok()) return outputs.fail(comparison.error());
  return outputs.complete("", {*comparison});
}

std::string list_of_peers() {
  std::string text = "trees of other stores, in this build:\n";
  const std::vector<PeerTreeKind> kinds = peer_trees();
  if (kinds.empty()) text += "  none: neither librocksdb-dev nor libleveldb-dev was found\n";
  for (const PeerTreeKind& kind : kinds) {
    text += fmt::format("  {:<19}{} (nearest policy: {})\n", kind.name, kind.what, kind.like);
  }
  return text;
}

}  // namespace

cli::Command amplification_command(LabArguments& arguments, const std::string& program) {
  AmplificationArguments& beside = arguments.beside;
  beside.base = amplification_spec();
  std::vector<cli::Parameter> all = {
      {.name = "TREE",
       .to = &beside.trees,
       .meaning = "policies and trees of other stores; the others are compared with the first",
       .required = true,
       .repeats = true},
      {.name = "--workload", .to = &beside.base.workload, .meaning = "its name", .has_default = true},
      {.name = "--seeds", .to = &beside.seeds, .meaning = "how many", .has_default = true, .range = kSeeds},
      {.name = "--jsonl",
       .to = &arguments.jsonl,
       .meaning = "a file that gets a line for each run, for `merge`",
       .offer = cli::Offer::kFiles},
      {.name = "--set",
       .to = &arguments.settings,
       .meaning = "set an option of Mylonite; may be repeated",
       .repeats = true,
       .type = "NAME=VALUE"}};
  add_spec_parameters(beside.base, all);
  std::erase_if(all,
                [](const cli::Parameter& each) { return std::ranges::find(kNotHere, each.name) != kNotHere.end(); });
  return {.name = "amplification",
          .what = "policies beside the trees of RocksDB and LevelDB, on the same operations",
          .example = program + " amplification lo1 rocksdb_leveled leveldb --workload upd_u",
          .parameters = std::move(all),
          .run = [&] { return set_beside(arguments); },
          .more = list_of_peers()};
}

}  // namespace mylonite::experiments
