#include "experiments/program/merge_command.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/cli/files.h"
#include "core/cli/output.h"
#include "experiments/program/ending.h"
#include "experiments/program/outputs.h"

namespace mylonite::experiments {
namespace {

using cli::Ending;
using cli::Exit;

// Adds the results of a file. What was stopped may end within a line, which is then left out.
Status take_lines(const std::string& file, std::string_view text, std::vector<RunResult>& results) {
  if (cli::is_partial(file)) text = text.substr(0, text.rfind('\n') + 1);
  std::uint64_t number = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    at = end + 1;
    ++number;
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    auto result = parse_result(line, file, number);
    if (!result.ok()) return result.error();
    results.push_back(std::move(*result));
  }
  return {};
}

// Results of two programs may differ for that reason alone.
std::string commits_note(const std::vector<Comparison>& comparisons) {
  std::set<std::string> commits;
  for (const Comparison& comparison : comparisons) {
    for (const std::vector<RunResult>& row : comparison.results) {
      for (const RunResult& each : row) commits.insert(each.commit);
    }
  }
  if (commits.size() < 2) return "";
  std::string text;
  for (const std::string& each : commits) text += (text.empty() ? "" : ", ") + each;
  return "the results are of several commits: " + text;
}

Ending merge(const LabArguments& arguments) {
  std::vector<RunResult> results;
  for (const std::string& file : arguments.files) {
    const auto text = cli::read_file(file);
    if (!text.ok()) {
      Ending ending = text.error();
      ending.next = cli::advice_for_unread(file, text.error());
      return ending;
    }
    if (Status taken = take_lines(file, *text, results); !taken.ok()) {
      Ending ending = failed(taken.error());
      ending.next = "a file for `merge` is what `compare --jsonl FILE` wrote, line by line; make this one again";
      return ending;
    }
  }
  std::vector<std::string> missing;
  const bool may_lack = std::ranges::any_of(arguments.files, cli::is_partial);
  const auto comparisons = merged(std::move(results), arguments.base_policy, may_lack ? &missing : nullptr);
  if (!comparisons.ok()) return failed(comparisons.error());
  Outputs outputs;
  if (Status good = outputs.open(arguments); !good.ok()) return failed(good.error());
  for (const Comparison& comparison : *comparisons) {
    for (std::size_t seed = 0; seed < comparison.seeds(); ++seed) {
      for (const std::vector<RunResult>& row : comparison.results) outputs.add(row[seed]);
    }
  }
  if (const std::string note = commits_note(*comparisons); !note.empty()) {
    cli::print_error(fmt::format("{}: {}\n", arguments.program, note));
  }
  for (const std::string& each : missing) cli::print_error(fmt::format("{}: {}\n", arguments.program, each));
  return outputs.complete("", *comparisons);
}

}  // namespace

cli::Command merge_command(LabArguments& arguments, const std::string& program) {
  return {.name = "merge",
          .what = "one comparison from the result files of shards, in any order, each result checked by its hash",
          .example = program + " merge shard-1.jsonl shard-2.jsonl --base full",
          .parameters = {{.name = "FILE",
                          .to = &arguments.files,
                          .meaning = "of --jsonl; FILE.part of a run that was stopped may lack runs",
                          .required = true,
                          .repeats = true},
                         {.name = "--base",
                          .to = &arguments.base_policy,
                          .meaning = "the policy that the others are compared with; otherwise the first by name"},
                         jsonl_parameter(arguments),
                         csv_parameter(arguments),
                         html_parameter(arguments)},
          .run = [&] { return merge(arguments); }};
}

}  // namespace mylonite::experiments
