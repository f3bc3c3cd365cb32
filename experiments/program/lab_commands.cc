#include "experiments/program/lab_commands.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "core/base/json.h"
#include "core/base/names.h"
#include "core/base/sizes.h"
#include "core/cli/files.h"
#include "core/cli/output.h"
#include "core/cli/settings.h"
#include "core/compaction/scheduler.h"
#include "experiments/machine/profiles.h"
#include "experiments/program/ending.h"
#include "experiments/program/merge_command.h"
#include "experiments/program/named_once.h"
#include "experiments/program/outputs.h"
#include "experiments/program/progress_line.h"
#include "experiments/run/run.h"
#include "experiments/workload/phases.h"

namespace mylonite::experiments {
namespace {

using cli::Ending;
using cli::Exit;
using cli::Parameter;
using cli::Range;
using Parameters = std::vector<Parameter>;

constexpr Range kSeeds{.low = 1, .high = 100'000};
constexpr Range kSeedsOfClaims{.low = 2, .high = 100'000};
constexpr Range kAnyNumber{.low = 0, .high = UINT64_MAX / 2};
constexpr Range kWorkers{.low = 1, .high = 256};
constexpr Range kPercent{.low = 0, .high = 100};

Ending run(const LabArguments& arguments) {
  auto spec = read_spec(arguments.spec);
  if (!spec.ok()) return {spec.error(), Exit::kUsage};
  if (!arguments.workload_file.empty()) {
    spec->workload = kFileWorkload;
    spec->workload_file = arguments.workload_file;
    spec->workload_hash.clear();
  }
  Result<RunResult> result = Error(Code::kIo, "nothing ran");
  {
    ProgressLine line;
    cli::take_interrupts();
    result = run_spec(*spec, arguments.policies, [&](std::uint64_t done, std::uint64_t all) {
      line.show(done, all, "operations");
      return !cli::interrupt_asked();
    });
  }
  if (!result.ok() && cli::interrupt_asked()) {
    return stopped(arguments.program, "before the run ended; nothing is kept");
  }
  if (!result.ok()) return failed(result.error());
  if (says_nothing(*result)) warn_of_silence(arguments.program, "the run says nothing", result->spec.buffer_entries);
  if (Status done = cli::print(arguments.json ? result_json(*result) : result_text(*result)); !done.ok()) return done;
  return result->failure.empty() ? Exit::kDone : Exit::kFinding;
}

// "2/8": the second of eight shards.
Result<Shard> parse_shard(const std::string& text) {
  Shard shard;
  if (text.empty()) return shard;
  std::uint64_t number = 0;
  const auto [slash, bad_number] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool split = bad_number == std::errc() && slash != text.data() + text.size() && *slash == '/';
  const auto [end, bad_count] = split ? std::from_chars(slash + 1, text.data() + text.size(), shard.of)
                                      : std::from_chars_result{.ptr = slash, .ec = std::errc::invalid_argument};
  if (bad_count != std::errc() || end != text.data() + text.size() || number == 0 || number > shard.of) {
    return Error(Code::kInvalidArgument, fmt::format("--shard {}: expected I/N with I from 1 to N, as in 2/8", text));
  }
  shard.index = number - 1;
  return shard;
}

Status prepare(LabArguments& arguments) {
  const auto settings = cli::parse_settings(arguments.settings);
  if (!settings.ok()) return settings.error();
  for (const auto& [name, value] : *settings) arguments.compare.base.set[name] = value;
  if (Status once = check_policies_once(arguments.compare.policies, arguments.policies); !once.ok()) return once;
  if (Status once = check_once("workload", arguments.workloads); !once.ok()) return once;
  const auto shard = parse_shard(arguments.shard);
  if (!shard.ok()) return shard.error();
  arguments.compare.shard = *shard;
  if (!arguments.compare.base.workload_file.empty()) arguments.compare.base.workload = kFileWorkload;
  if (arguments.workloads.empty()) arguments.workloads = {arguments.compare.base.workload};
  for (const std::string& workload : arguments.workloads) {
    RunSpec spec = arguments.compare.base;
    spec.workload = workload;
    if (Status good = check_names(spec); !good.ok()) return good;
  }
  if (shard->of == 1) return {};
  if (!arguments.jsonl) return Error(Code::kInvalidArgument, "a shard is for `merge`: --jsonl FILE is needed");
  if (arguments.compare.precision_percent == 0 && !arguments.html) return {};
  return Error(Code::kInvalidArgument, "--precision and --html need all results: not with --shard");
}

// What is left to do of a comparison that was stopped, as options; empty: it takes more than options to say. With
// several threads a later seed may be complete before an earlier one.
std::string rest_of(const LabArguments& arguments, const std::map<std::uint64_t, std::uint64_t>& runs_of_seed) {
  const CompareArguments& all = arguments.compare;
  if (arguments.workloads.size() > 1 || all.shard.of > 1 || all.precision_percent > 0) return "";
  std::uint64_t complete = 0;
  for (const auto& [seed, runs] : runs_of_seed) {
    if (seed != all.base.seed + complete || runs < all.policies.size()) break;
    ++complete;
  }
  return fmt::format("--seed {} --seeds {}", all.base.seed + complete, all.seeds - complete);
}

Ending compare_policies(LabArguments& arguments) {
  if (Status good = prepare(arguments); !good.ok()) return failed(good.error());
  Outputs outputs;
  if (Status good = outputs.open(arguments); !good.ok()) return failed(good.error());
  CompareArguments& compare_arguments = arguments.compare;
  const Shard& shard = compare_arguments.shard;
  const std::uint64_t all = arguments.workloads.size() * compare_arguments.seeds * compare_arguments.policies.size();
  std::vector<Comparison> comparisons;
  std::map<std::uint64_t, std::uint64_t> runs_of_seed;
  auto line = std::make_unique<ProgressLine>();
  cli::take_interrupts();
  compare_arguments.stop = cli::interrupt_asked;
  for (const std::string& workload : arguments.workloads) {
    compare_arguments.base.workload = workload;
    const auto comparison = compare(compare_arguments, arguments.policies, [&](const RunResult& result) {
      outputs.add(result);
      ++runs_of_seed[result.spec.seed];
      line->show(outputs.runs(), std::max(all / shard.of, outputs.runs()), "runs");
    });
    if (!comparison.ok()) {
      line.reset();
      if (!cli::interrupt_asked()) return outputs.fail(comparison.error());
      const std::string of = shard.of > 1 ? " of shard " + arguments.shard : "";
      const std::string count =
          fmt::format("after {}{} runs{}", outputs.runs(), of.empty() ? fmt::format(" of {}", all) : "", of);
      return outputs.stop(count, rest_of(arguments, runs_of_seed));
    }
    if (shard.of == 1) comparisons.push_back(*comparison);
  }
  line.reset();
  for (const Comparison& each : comparisons) {
    const std::uint64_t precision = compare_arguments.precision_percent;
    if (precision == 0 || is_precise(each, precision)) continue;
    cli::print_error(fmt::format("{}: {}: {} seeds do not give a precision of {} %; allow more, as with --seeds {}\n",
                                 arguments.program, workload_text(each.base), each.seeds(), precision,
                                 4 * compare_arguments.seeds));
  }
  std::string text;
  if (shard.of > 1) {
    text = fmt::format("shard {}: {} runs; `merge` makes one of all shards\n", arguments.shard, outputs.runs());
    if (outputs.runs() == 0) {
      cli::print_error(
          fmt::format("{}: shard {} has no runs, since all shards have {}; its empty file is good for `merge`\n",
                      arguments.program, arguments.shard, all));
    }
  }
  return outputs.complete(text, comparisons);
}

Ending judge(LabArguments& arguments) {
  if (Status once = check_once("claim", arguments.claims.names); !once.ok()) return failed(once.error());
  const auto all = runs_of_claims(arguments.claims);
  if (!all.ok()) return failed(all.error());
  std::uint64_t done = 0;
  auto line = std::make_unique<ProgressLine>();
  cli::take_interrupts();
  arguments.claims.stop = cli::interrupt_asked;
  const auto judged =
      judge_claims(arguments.claims, arguments.policies, [&](const RunResult&) { line->show(++done, *all, "runs"); });
  line.reset();
  if (!judged.ok() && cli::interrupt_asked()) {
    return stopped(arguments.program, fmt::format("after {} of {} runs; none of them is kept", done, *all));
  }
  if (!judged.ok()) return failed(judged.error());
  const std::string text = arguments.json ? claims_json(*judged) : claims_text(*judged);
  if (Status printed = cli::print(text); !printed.ok()) return printed;
  return judged->wrong.empty() ? Exit::kDone : Exit::kFinding;
}

Ending list_policies(const LabArguments& arguments) {
  std::string text;
  for (const CompactionPolicy& policy : arguments.policies) {
    text += fmt::format("{}\n  {}\n", policy.name, policy.what);
    if (!policy.source.empty()) text += fmt::format("  source: {}\n", policy.source);
    for (const PolicyParameter& each : policy.parameters) {
      text += fmt::format("  {}={} ({} to {}): {}\n", each.name, each.fallback, each.low, each.high, each.meaning);
    }
  }
  text +=
      "\nschedulers of merges: --set compaction_scheduler=NAME, with compaction_jobs_max above compaction_threads\n";
  for (const Scheduler& each : schedulers()) {
    text += fmt::format("{}\n  {}\n  source: {}\n", each.name, each.what, each.source);
  }
  return cli::print(text);
}

Ending list_workloads() {
  std::string text = "workloads\n";
  for (const WorkloadPlan& plan : workload_plans()) text += fmt::format("  {:<10}{}\n", plan.name, plan.what);
  text += "sizes of claims\n";
  for (const Tier& tier : tiers()) text += fmt::format("  {:<10}{}\n", tier.name, tier.what);
  text += "devices\n";
  for (const DeviceProfile& device : kDevices) text += fmt::format("  {:<10}{}\n", device.name, device.what);
  text += "processors\n";
  for (const ProcessorProfile& each : kProcessors) text += fmt::format("  {:<10}{}\n", each.name, each.what);
  return cli::print(text);
}

}  // namespace

std::vector<std::string> words_of(const std::vector<std::string_view>& names) { return {names.begin(), names.end()}; }

std::vector<std::string> policy_words(const CompactionPolicies& policies) {
  std::vector<std::string> words;
  for (const CompactionPolicy& policy : policies) words.emplace_back(policy.name);
  return words;
}

void add_spec_parameters(RunSpec& spec, Parameters& all) {
  for (const SpecRow& row : spec_table()) {
    if (row.name == "policy" || row.name == "workload" || row.name == "workload_hash") continue;
    Parameter parameter{.name = "--" + std::string(row.name), .to = &spec.rests, .meaning = std::string(row.meaning)};
    std::ranges::replace(parameter.name, '_', '-');
    if (const auto* text = std::get_if<std::string RunSpec::*>(&row.member)) parameter.to = &(spec.**text);
    if (const auto* flag = std::get_if<bool RunSpec::*>(&row.member)) parameter.to = &(spec.**flag);
    if (const auto* number = std::get_if<std::uint64_t RunSpec::*>(&row.member)) {
      parameter.to = &(spec.**number);
      parameter.range = Range{.low = row.low, .high = row.high};
      parameter.size = names_a_size(row.name);
    }
    if (row.name == "device") parameter.words = words_of(names_of(kDevices));
    if (row.name == "processor") parameter.words = words_of(names_of(kProcessors));
    if (row.name == "workload_file") parameter.offer = cli::Offer::kFiles;
    parameter.has_default = !std::holds_alternative<bool RunSpec::*>(row.member) && row.name != "workload_file";
    if (row.name == "workload_file") parameter.excludes = "--workload";
    if (row.name == "entries") parameter.excludes = "--workload-file";
    all.push_back(std::move(parameter));
  }
}

Parameter jsonl_parameter(LabArguments& arguments) {
  return {.name = "--jsonl",
          .to = &arguments.jsonl,
          .meaning = "a file that gets a line for each run, with every figure",
          .offer = cli::Offer::kFiles};
}
Parameter csv_parameter(LabArguments& arguments) {
  return {.name = "--csv", .to = &arguments.csv, .meaning = "the same as CSV", .offer = cli::Offer::kFiles};
}

Parameter html_parameter(LabArguments& arguments) {
  return {.name = "--html",
          .to = &arguments.html,
          .meaning = "a page that needs nothing else: intervals, trees over time",
          .offer = cli::Offer::kFiles};
}

namespace {

Parameters compare_parameters(LabArguments& arguments) {
  CompareArguments& compare = arguments.compare;
  Parameters all = {
      {.name = "POLICY",
       .to = &compare.policies,
       .meaning = "with parameters: lazy:T=4; the others are compared with the first",
       .required = true,
       .repeats = true,
       .words = policy_words(arguments.policies)},
      {.name = "--workload",
       .to = &arguments.workloads,
       .meaning = "its name; may be repeated: a table for each [" + compare.base.workload + "]",
       .repeats = true,
       .words = words_of(names_of(workload_plans()))},
      {.name = "--seeds", .to = &compare.seeds, .meaning = "how many", .has_default = true, .range = kSeeds},
      {.name = "--precision",
       .to = &compare.precision_percent,
       .meaning = "stop when write amplification differs by a known number of percent, give or take this; 0: never",
       .has_default = true,
       .range = kPercent},
      {.name = "--jobs", .to = &compare.workers, .meaning = "runs at once", .has_default = true, .range = kWorkers},
      {.name = "--shard",
       .to = &arguments.shard,
       .meaning = "carry out only the I-th of N parts of the runs, for `merge`",
       .type = "I/N"},
      jsonl_parameter(arguments),
      csv_parameter(arguments),
      html_parameter(arguments),
      {.name = "--set",
       .to = &arguments.settings,
       .meaning = "set an option of the store; may be repeated",
       .repeats = true,
       .type = "NAME=VALUE",
       .words = cli::setting_words()}};
  add_spec_parameters(compare.base, all);
  return all;
}

Parameters claims_parameters(LabArguments& arguments) {
  ClaimsArguments& claims = arguments.claims;
  return {
      {.name = "CLAIM", .to = &claims.names, .meaning = "its name, as 7a; without any, all", .repeats = true},
      {.name = "--tier", .to = &claims.tier, .meaning = "size of the runs: ci, standard, deep", .has_default = true},
      {.name = "--seeds", .to = &claims.seeds, .meaning = "how many", .has_default = true, .range = kSeedsOfClaims},
      {.name = "--seed", .to = &claims.seed, .meaning = "the first one", .has_default = true, .range = kAnyNumber},
      {.name = "--jobs", .to = &claims.workers, .meaning = "runs at once", .has_default = true, .range = kWorkers},
      {.name = "--json", .to = &arguments.json, .meaning = "a line for each claim"}};
}

}  // namespace

Result<RunSpec> read_spec(const std::string& file) {
  const auto text = cli::read_file(file);
  if (!text.ok()) return text.error();
  return parse_spec(*text, file);
}

std::vector<cli::Command> lab_commands(LabArguments& arguments, const std::string& program) {
  return {{.name = "run",
           .what = "run one spec in virtual time, and print its figures",
           .example = program + " run spec.json",
           .parameters = {{.name = "SPEC",
                           .to = &arguments.spec,
                           .meaning = "a file, JSON or (.toml) TOML",
                           .required = true,
                           .offer = cli::Offer::kFiles},
                          {.name = "--workload-file",
                           .to = &arguments.workload_file,
                           .meaning = "a file with a workload, in place of the spec's",
                           .offer = cli::Offer::kFiles},
                          {.name = "--json", .to = &arguments.json, .meaning = "one line with every figure"}},
           .run = [&] { return run(arguments); }},
          {.name = "compare",
           .what = "policies side by side on the same seeds, with intervals",
           .example = program + " compare full one_lvl lazy:T=4 --workload upd_u --seeds 10",
           .parameters = compare_parameters(arguments),
           .run = [&] { return compare_policies(arguments); }},
          merge_command(arguments, program),
          {.name = "claims",
           .what = "claims of the literature, measured: inequality, value with interval, verdict",
           .example = program + " claims 1 18a --tier ci --seeds 3",
           .parameters = claims_parameters(arguments),
           .run = [&] { return judge(arguments); }},
          {.name = "policies",
           .what = "every compaction policy: what it does, its source, its parameters",
           .example = program + " policies",
           .parameters = {},
           .run = [&] { return list_policies(arguments); }},
          {.name = "workloads",
           .what = "every workload, device and processor that a spec may name",
           .example = program + " workloads",
           .parameters = {},
           .run = [] { return list_workloads(); }}};
}

}  // namespace mylonite::experiments
