#include "experiments/program/amplification_command.h"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "core/cli/files.h"
#include "core/cli/output.h"
#include "core/cli/settings.h"
#include "experiments/program/ending.h"
#include "experiments/program/progress_line.h"

namespace mylonite::experiments {
namespace {

using cli::Ending;
using cli::Exit;

constexpr cli::Range kSeeds{.low = 1, .high = 100'000};
// Members of a spec that mean nothing beside a peer.
constexpr std::array<std::string_view, 4> kNotHere = {"--clients", "--load-percent", "--debt-samples", "--rests"};

Ending set_beside(LabArguments& arguments) {
  AmplificationArguments& beside = arguments.beside;
  for (const std::string& text : arguments.settings) {
    auto setting = cli::parse_setting(text);
    if (!setting.ok()) return failed(setting.error());
    beside.base.set[setting->name] = std::move(setting->value);
  }
  if (!beside.base.workload_file.empty()) beside.base.workload = kFileWorkload;
  std::optional<cli::LineFile> file;
  if (arguments.jsonl) {
    auto begun = cli::LineFile::create(*arguments.jsonl);
    if (!begun.ok()) return failed(begun.error());
    file = std::move(*begun);
  }
  Status written;
  std::string wrong;
  std::uint64_t done = 0;
  auto line = std::make_unique<ProgressLine>();
  const auto comparison = amplification(beside, arguments.policies, [&](const RunResult& result) {
    line->show(++done, beside.trees.size() * beside.seeds, "runs");
    if (cli::errors_go_to_a_terminal())
      cli::print_error(fmt::format("\r\033[K{}, seed {}", result.policy, result.spec.seed));
    if (file && written.ok()) written = file->add(result_json(result));
    if (wrong.empty() && !result.failure.empty()) {
      wrong = fmt::format("WRONG: {}, seed {}: {}\n", result.policy, result.spec.seed, result.failure);
    }
  });
  line.reset();
  if (!comparison.ok()) return failed(comparison.error());
  if (file && written.ok()) written = file->complete();
  if (!written.ok()) return failed(written.error());
  if (Status printed = cli::print(comparison_text(*comparison) + wrong); !printed.ok()) return printed;
  return wrong.empty() ? Exit::kDone : Exit::kFinding;
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
      {.name = "--jsonl", .to = &arguments.jsonl, .meaning = "a file that gets a line for each run, for `merge`"},
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
