#include "experiments/program/decision_commands.h"

#include <algorithm>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "core/cli/output.h"
#include "experiments/compare/compare.h"
#include "experiments/decisions/decisions.h"
#include "experiments/decisions/headroom.h"
#include "experiments/program/ending.h"
#include "experiments/program/progress_line.h"

namespace mylonite::experiments {
namespace {

using cli::Ending;
using cli::Exit;

constexpr cli::Range kDecisions{.low = 1, .high = UINT64_MAX / 2};
constexpr cli::Range kPaths{.low = 1, .high = 1'000'000};
constexpr cli::Range kCandidates{.low = 2, .high = 1'000'000};
constexpr cli::Range kRuns{.low = 1, .high = 1'000'000'000};
constexpr cli::Range kWorkers{.low = 1, .high = 256};

Ending explain(const LabArguments& arguments) {
  const auto spec = read_spec(arguments.spec);
  if (!spec.ok()) return {spec.error(), Exit::kUsage};
  if (arguments.decision == 0) {
    const auto all = fork(*spec, {}, arguments.policies);
    if (!all.ok()) return failed(all.error());
    return cli::print(arguments.json ? decisions_json(*all) : decisions_text(*all));
  }
  const auto run = watch(*spec, arguments.decision, arguments.policies);
  if (!run.ok()) return failed(run.error());
  return cli::print(arguments.json ? decision_json(*run) : decision_text(*run));
}

Result<std::vector<Deviation>> deviations_of(const LabArguments& arguments) {
  std::vector<Deviation> deviations;
  for (const std::string& text : arguments.forks) {
    const auto deviation = parse_deviation(text, arguments.candidate);
    if (!deviation.ok()) return deviation.error();
    deviations.push_back(*deviation);
  }
  std::ranges::sort(deviations);
  return deviations;
}

// The run as it was and as it would have been, side by side.
Ending fork_run(const LabArguments& arguments) {
  const auto spec = read_spec(arguments.spec);
  if (!spec.ok()) return {spec.error(), Exit::kUsage};
  const auto deviations = deviations_of(arguments);
  if (!deviations.ok()) return failed(deviations.error());
  const Deviation& first = deviations->front();
  const auto was = watch(*spec, first.decision, arguments.policies);
  if (!was.ok()) return failed(was.error());
  const auto other = fork(*spec, *deviations, arguments.policies);
  if (!other.ok()) return failed(other.error());
  Comparison comparison{.base = was->result.spec, .results = {{was->result}, {other->result}}};
  comparison.results[1][0].policy += " forked";
  const std::string& chosen = was->watched.front().job.why.chosen;
  std::string text = fmt::format("decision {} of {}: {}\n", first.decision, was->decisions.size(), chosen);
  text += fmt::format("forked, candidate {}: {}\n", first.candidate, other->watched.front().job.why.chosen);
  if (other->watched.front().job.why.chosen == chosen) {
    text += "which is the same merge: the candidate is the one that was chosen, or is not legal there\n";
  }
  for (std::size_t i = 1; i < deviations->size(); ++i) {
    const Deviation& each = (*deviations)[i];
    text += fmt::format("then decision {}, candidate {}: {}\n", each.decision, each.candidate,
                        other->watched[i].job.why.chosen);
  }
  return cli::print(text + "\n" + comparison_text(comparison));
}

Ending search_headroom(LabArguments& arguments, const std::string& program) {
  const auto spec = read_spec(arguments.spec);
  if (!spec.ok()) return {spec.error(), Exit::kUsage};
  arguments.headroom.spec = *spec;
  auto line = std::make_unique<ProgressLine>();
  cli::take_interrupts();
  arguments.headroom.stop = cli::interrupt_asked;
  const auto found = headroom(arguments.headroom, arguments.policies, [&](const HeadroomProgress& at) {
    line->show(at.runs, std::max(at.runs, arguments.headroom.runs),
               fmt::format("runs, decision {} of {}", at.decision, at.decisions));
  });
  line.reset();
  if (!found.ok() && cli::interrupt_asked()) return stopped(program, "before the policy's own run ended");
  if (!found.ok()) return failed(found.error());
  std::string text;
  if (arguments.json) {
    text = headroom_json(*found, arguments.headroom);
  } else {
    text = headroom_text(*found, arguments.headroom, fmt::format("{} fork {}", program, arguments.spec));
    if (!found->deviations.empty()) {
      Comparison comparison{.base = *spec, .results = {{found->policy}, {found->best}}};
      comparison.results[1][0].policy += " forked";
      text += "\n" + comparison_text(comparison);
    }
    if (!found->wrong.empty()) text += fmt::format("WRONG: {}\n", found->wrong);
  }
  if (Status printed = cli::print(text); !printed.ok()) return printed;
  if (found->stopped) return stopped(program, fmt::format("after {} runs", found->runs));
  return found->wrong.empty() ? Exit::kDone : Exit::kFinding;
}

cli::Parameter spec_parameter(LabArguments& arguments) {
  return {.name = "SPEC",
          .to = &arguments.spec,
          .meaning = "a file, JSON or (.toml) TOML, with \"set\": {\"compaction_threads\": 1}",
          .required = true,
          .offer = cli::Offer::kFiles};
}
cli::Parameter decision_parameter(LabArguments& arguments) {
  return {.name = "N",
          .to = &arguments.decision,
          .meaning = "which merge or move of the run, the first is 1; none: all in brief",
          .range = kDecisions};
}

std::vector<cli::Parameter> headroom_parameters(LabArguments& arguments) {
  HeadroomArguments& to = arguments.headroom;
  return {spec_parameter(arguments),
          {.name = "--figure",
           .to = &to.figure,
           .meaning = "that shall be small: write_amplification, or a figure of `run --json`",
           .has_default = true,
           .type = "NAME"},
          {.name = "--width", .to = &to.width, .meaning = "paths that are kept", .has_default = true, .range = kPaths},
          {.name = "--candidates",
           .to = &to.candidates,
           .meaning = "tried at a merge, the policy's best ones, its first included",
           .has_default = true,
           .range = kCandidates},
          {.name = "--first",
           .to = &to.first,
           .meaning = "the first merge that may be taken otherwise",
           .has_default = true,
           .range = kDecisions},
          {.name = "--decisions",
           .to = &to.decisions,
           .meaning = "from there on, that may be taken otherwise",
           .has_default = true,
           .range = kDecisions},
          {.name = "--runs",
           .to = &to.runs,
           .meaning = "at most; the search ends when they are spent",
           .has_default = true,
           .range = kRuns},
          {.name = "--jobs", .to = &to.workers, .meaning = "runs at once", .has_default = true, .range = kWorkers},
          {.name = "--json", .to = &arguments.json, .meaning = "one line"}};
}

}  // namespace

std::vector<cli::Command> decision_commands(LabArguments& arguments, const std::string& program) {
  return {
      {.name = "explain",
       .what =
           "the merges of a run, or one of them: the tree, every trigger and candidate with its score, what it cost",
       .example = program + " explain spec.json 12",
       .parameters = {spec_parameter(arguments),
                      decision_parameter(arguments),
                      {.name = "--json", .to = &arguments.json, .meaning = "one line, with every candidate"}},
       .run = [&] { return explain(arguments); }},
      {.name = "fork",
       .what = "the same run with other candidates taken at some merges, beside the run as it was",
       .example = program + " fork spec.json 12:1 40:2",
       .parameters = {spec_parameter(arguments),
                      {.name = "N[:C]",
                       .to = &arguments.forks,
                       .meaning = "a merge or move of the run, the first is 1, and the candidate that it takes",
                       .required = true,
                       .repeats = true},
                      {.name = "--candidate",
                       .to = &arguments.candidate,
                       .meaning = "where N stands alone; its number in what `explain` lists",
                       .has_default = true}},
       .run = [&] { return fork_run(arguments); }},
      {.name = "headroom",
       .what = "how far below the policy's figure other candidates come: a beam search over forks",
       .example = program + " headroom spec.json --width 4 --runs 2000 --jobs 2",
       .parameters = headroom_parameters(arguments),
       .run = [&arguments, program] { return search_headroom(arguments, program); }}};
}

}  // namespace mylonite::experiments
