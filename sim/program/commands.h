// The commands of `mylonite-sim`, and their arguments.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/cli/program.h"
#include "sim/report/campaign.h"
#include "sim/scenario/repro.h"

namespace mylonite::sim {

struct RunArguments {
  CampaignOptions campaign{};
  std::string program{};            // its name in messages
  std::string called_as{};          // its name in the commands that a failure prints
  std::string out_directory = ".";  // for scenario files
  std::string jsonl{};              // empty: none
  bool json = false;
  bool require_marks = false;
  bool show_marks = false;  // `marks`: the table instead of the summary
};
cli::Ending run_command(const RunArguments& arguments);

struct ReplayArguments {
  std::string program{};    // its name in messages
  std::string called_as{};  // its name in the commands that a failure prints
  std::string what{};       // a file, or a seed
  GeneratorOptions generator{};
  std::vector<std::string> generator_given{};  // those of its options that the command line has
  StoreFactory store{};                        // empty: Mylonite
  bool trace = false;
  std::uint64_t story_lines = 60;
};
cli::Ending replay_command(const ReplayArguments& arguments);

// Calls `work` with the scenario that the arguments name, and with its file's content; null: it is a seed.
using ScenarioWork = std::function<cli::Ending(const Scenario& scenario, const Repro* file)>;
cli::Ending with_scenario(const ReplayArguments& arguments, const ScenarioWork& work);

// How a run is started again: "mylonite-sim replay 42 --ops 1000 --crashes 10".
std::string replay_words(const ReplayArguments& arguments, bool by_seed);

struct ReportArguments {
  ReplayArguments replay{};
  std::string out{};       // `report`: the page
  std::string perfetto{};  // `trace`: the file of trace events; empty: events go to standard output
};
cli::Ending report_command(const ReportArguments& arguments);
cli::Ending trace_command(const ReportArguments& arguments);

// The options of a command line for the same scenarios: "--ops 1000 --crashes 10".
std::string generator_words(const GeneratorOptions& options);

// A word of a shell command, quoted if it must be.
std::string shell_word(const std::string& word);

}  // namespace mylonite::sim
