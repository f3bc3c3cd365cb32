#include "sim/program/parameters.h"

#include <utility>

namespace mylonite::sim {
namespace {

using cli::Parameter;
using cli::Range;

constexpr Range kOperations{.low = 1, .high = 10'000'000};
constexpr Range kCrashes{.low = 0, .high = 100'000};
constexpr Range kWorkers{.low = 1, .high = 256};
constexpr Range kSteps{.low = 1, .high = 1'000'000'000};
constexpr Range kPercent{.low = 0, .high = 100};

Parameters generator_parameters(GeneratorOptions& options, Words& words) {
  Parameters all = {{.name = "--ops",
                     .to = &options.operations,
                     .meaning = "operations a seed",
                     .has_default = true,
                     .range = kOperations},
                    {.name = "--crashes",
                     .to = &options.crashes,
                     .meaning = "crashes a seed",
                     .has_default = true,
                     .range = kCrashes},
                    {.name = "--profile",
                     .to = &options.profile,
                     .meaning = "how wild",
                     .has_default = true,
                     .one_of = {"smoke", "default", "harsh"}},
                    {.name = "--fs",
                     .to = &words.fs,
                     .meaning = "what an unsynced name may do at a power loss (default: drawn)",
                     .one_of = {"ordered", "reordering", "posix"}},
                    {.name = "--liar",
                     .to = cli::Switch{.to = &options.liar, .value = true},
                     .meaning = "syncs may lie (default: in one seed of ten)"},
                    {.name = "--no-liar",
                     .to = cli::Switch{.to = &options.liar, .value = false},
                     .meaning = "syncs never lie",
                     .excludes = "--liar"}};
  for (Parameter& each : all) each.given = &words.generator_given;
  return all;
}

Parameters source_parameters(ScenarioArguments& arguments, Words& words) {
  Parameters all = {{.name = "SEED_OR_FILE",
                     .to = &arguments.what,
                     .meaning = "a seed (then with the run's --ops, --crashes, …), or a .repro file",
                     .required = true,
                     .offer = cli::Offer::kFiles}};
  for (Parameter& each : generator_parameters(arguments.generator, words)) all.push_back(std::move(each));
  return all;
}

}  // namespace

Parameters campaign_parameters(CampaignOptions& campaign, Words& words) {
  Parameters all = {
      {.name = "--seeds", .to = &words.seeds, .meaning = "A:B, half-open", .has_default = true},
      {.name = "--seed", .to = &words.seed, .meaning = "one seed", .excludes = "--seeds"},
      {.name = "--time", .to = &words.time, .meaning = "from seed A on for 60s, 5m or 2h; stops between seeds"},
      {.name = "--shard", .to = &words.shard, .meaning = "I/N: every N-th seed, from the I-th (0 ≤ I < N)"},
      {.name = "--jobs", .to = &campaign.workers, .meaning = "worker threads", .has_default = true, .range = kWorkers},
      {.name = "--check-determinism",
       .to = &campaign.determinism_percent,
       .meaning = "percent of seeds to run again, from the seed and from its record",
       .has_default = true,
       .range = kPercent}};
  for (Parameter& each : generator_parameters(campaign.generator, words)) all.push_back(std::move(each));
  return all;
}

Parameters run_parameters(RunArguments& arguments, Words& words) {
  Parameters all = campaign_parameters(arguments.campaign, words);
  all.push_back({.name = "--until-failure",
                 .to = &arguments.campaign.until_failure,
                 .meaning = "stop after the first seed that fails"});
  all.push_back({.name = "--unreadable-arenas",
                 .to = &arguments.campaign.unreadable_heaps,
                 .meaning = "a dead machine's memory is left without access, so that a stray access faults"});
  all.push_back(
      {.name = "--require-marks", .to = &arguments.require_marks, .meaning = "fail when a mark was never reached"});
  all.push_back({.name = "--shrink",
                 .to = &words.shrink,
                 .meaning = "time to shrink each kind of failure that is told: 10s (the default), 2m; 0s: none"});
  all.push_back({.name = "--jsonl",
                 .to = &arguments.jsonl,
                 .meaning = "write one JSON object a line to this file; FILE.part until it is complete",
                 .offer = cli::Offer::kFiles});
  all.push_back({.name = "--corpus",
                 .to = &arguments.corpus,
                 .meaning = "replay the kept failures of this directory first (`corpus run`)",
                 .offer = cli::Offer::kDirectories});
  all.push_back({.name = "--junit",
                 .to = &arguments.junit,
                 .meaning = "write the results as JUnit XML to this file, for continuous integration",
                 .offer = cli::Offer::kFiles});
  all.push_back({.name = "--out",
                 .to = &arguments.out_directory,
                 .meaning = "directory for scenario files",
                 .has_default = true,
                 .offer = cli::Offer::kDirectories});
  all.push_back({.name = "--json", .to = &arguments.json, .meaning = "the summary as JSON"});
  return all;
}

Parameters shrink_parameters(ShrinkArguments& arguments, Words& words) {
  Parameters all = source_parameters(arguments.source, words);
  all.push_back({.name = "--time", .to = &words.time, .meaning = "stop after 30s (the default), 5m or 2h"});
  all.push_back({.name = "-o",
                 .to = &arguments.output,
                 .meaning = "the smaller scenario file (default: SEED_OR_FILE.small.repro)",
                 .offer = cli::Offer::kFiles});
  all.push_back({.name = "--as-test",
                 .to = &arguments.test,
                 .meaning = "also write a C++ test of it to this file",
                 .offer = cli::Offer::kFiles});
  return all;
}

Parameters replay_parameters(ReplayArguments& arguments, Words& words) {
  Parameters all = source_parameters(arguments.source, words);
  all.push_back({.name = "--trace", .to = &arguments.trace, .meaning = "print every event"});
  all.push_back({.name = "--story",
                 .to = &arguments.story_lines,
                 .meaning = "last lines of the story to print",
                 .has_default = true});
  all.push_back({.name = "--adapt",
                 .to = &arguments.adapt,
                 .meaning = "after the code has changed: say whether the file is reproduced, fixed or stale"});
  all.push_back({.name = "--until",
                 .to = &arguments.until,
                 .meaning = "end at this step of the incarnation that fails",
                 .range = kSteps});
  all.push_back({.name = "--break",
                 .to = &arguments.break_at,
                 .meaning = "start gdb, and stop in it at this step of the incarnation that fails",
                 .range = kSteps});
  return all;
}

Parameters report_parameters(ReportArguments& arguments, Words& words) {
  Parameters all = source_parameters(arguments.source, words);
  all.push_back(
      {.name = "-o", .to = &arguments.out, .meaning = "the page", .required = true, .offer = cli::Offer::kFiles});
  return all;
}

Parameters trace_parameters(ReportArguments& arguments, Words& words) {
  Parameters all = source_parameters(arguments.source, words);
  all.push_back({.name = "--perfetto",
                 .to = &arguments.perfetto,
                 .meaning = "write trace events for ui.perfetto.dev to this file instead",
                 .offer = cli::Offer::kFiles});
  all.push_back({.name = "--against",
                 .to = &arguments.against,
                 .meaning = "print the first event that differs from what another `trace` printed to this file",
                 .excludes = "--perfetto",
                 .offer = cli::Offer::kFiles});
  return all;
}

Parameters merge_parameters(MergeArguments& arguments) {
  return {{.name = "FILE",
           .to = &arguments.files,
           .meaning = "of `run --jsonl`; FILE.part of a run that was stopped, or goes on",
           .required = true,
           .repeats = true,
           .offer = cli::Offer::kFiles},
          {.name = "-o", .to = &arguments.page, .meaning = "also draw it as an HTML page", .offer = cli::Offer::kFiles},
          {.name = "--json", .to = &arguments.json, .meaning = "the result as JSON"}};
}

Parameters corpus_parameters(CorpusArguments& arguments) {
  return {{.name = "DIR",
           .to = &arguments.directory,
           .meaning = "the corpus: a directory of .repro files",
           .required = true,
           .offer = cli::Offer::kDirectories}};
}

Parameters corpus_add_parameters(CorpusArguments& arguments, Words& words) {
  Parameters all = corpus_parameters(arguments);
  all.push_back({.name = "FILE",
                 .to = &arguments.files,
                 .meaning = "scenario files of failures",
                 .required = true,
                 .repeats = true,
                 .offer = cli::Offer::kFiles});
  all.push_back({.name = "--time", .to = &words.time, .meaning = "shrink each for 10s (the default), 5m or 2h"});
  return all;
}

}  // namespace mylonite::sim
