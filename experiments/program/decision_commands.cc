#include "experiments/program/decision_commands.h"

#include <utility>

#include <fmt/format.h>

#include "core/cli/output.h"
#include "experiments/compare/compare.h"
#include "experiments/decisions/decisions.h"
#include "experiments/program/ending.h"

namespace mylonite::experiments {
namespace {

using cli::Ending;
using cli::Exit;

constexpr cli::Range kDecisions{.low = 1, .high = UINT64_MAX};

Ending explain(const LabArguments& arguments) {
  const auto spec = read_spec(arguments.spec);
  if (!spec.ok()) return {spec.error(), Exit::kUsage};
  const auto run = watch(*spec, arguments.decision, arguments.policies);
  if (!run.ok()) return failed(run.error());
  return cli::print(arguments.json ? decision_json(*run) : decision_text(*run));
}

// The run as it was and as it would have been, side by side.
Ending fork_run(const LabArguments& arguments) {
  const auto spec = read_spec(arguments.spec);
  if (!spec.ok()) return {spec.error(), Exit::kUsage};
  const auto was = watch(*spec, arguments.decision, arguments.policies);
  if (!was.ok()) return failed(was.error());
  const auto other = fork(*spec, arguments.decision, arguments.candidate, arguments.policies);
  if (!other.ok()) return failed(other.error());
  Comparison comparison{.base = was->result.spec, .results = {{was->result}, {other->result}}};
  comparison.results[1][0].policy += " forked";
  std::string text =
      fmt::format("decision {} of {}: {}\n", arguments.decision, was->decisions, was->watched.job.why.chosen);
  text += fmt::format("forked, candidate {}: {}\n", arguments.candidate, other->watched.job.why.chosen);
  if (other->watched.job.why.chosen == was->watched.job.why.chosen) {
    text += "which is the same merge: the candidate is the one that was chosen, or is not legal there\n";
  }
  return cli::print(text + "\n" + comparison_text(comparison));
}

cli::Parameter spec_parameter(LabArguments& arguments) {
  return {.name = "SPEC",
          .to = &arguments.spec,
          .meaning = "a file, JSON or (.toml) TOML, with \"set\": {\"compaction_threads\": 1}",
          .required = true};
}
cli::Parameter decision_parameter(LabArguments& arguments) {
  return {.name = "N",
          .to = &arguments.decision,
          .meaning = "which merge or move of the run, the first is 1",
          .required = true,
          .range = kDecisions};
}

}  // namespace

std::vector<cli::Command> decision_commands(LabArguments& arguments, const std::string& program) {
  return {{.name = "explain",
           .what = "one merge of a run: the tree, every trigger and candidate with its score, what it cost",
           .example = program + " explain spec.json 12",
           .parameters = {spec_parameter(arguments),
                          decision_parameter(arguments),
                          {.name = "--json", .to = &arguments.json, .meaning = "one line, with every candidate"}},
           .run = [&] { return explain(arguments); }},
          {.name = "fork",
           .what = "the same run with another candidate taken at one merge, beside the run as it was",
           .example = program + " fork spec.json 12 --candidate 1",
           .parameters = {spec_parameter(arguments),
                          decision_parameter(arguments),
                          {.name = "--candidate",
                           .to = &arguments.candidate,
                           .meaning = "its number in what `explain` lists",
                           .has_default = true}},
           .run = [&] { return fork_run(arguments); }}};
}

}  // namespace mylonite::experiments
