// The commands of `mylonite-sim`, and their arguments.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/cli/program.h"
#include "sim/campaign/campaign.h"
#include "sim/program/scenario_source.h"

namespace mylonite::sim {

struct RunArguments {
  CampaignOptions campaign{};
  std::string program{};                     // its name in messages
  std::string called_as{};                   // its name in the commands that a failure prints
  std::string out_directory = ".";           // for scenario files
  std::string corpus{};                      // empty: none
  std::string junit{};                       // empty: none
  std::string jsonl{};                       // empty: none
  std::uint64_t shrink_ns = 10'000'000'000;  // for each signature that is told in full
  bool json = false;
  bool require_marks = false;
  bool show_marks = false;  // `marks`: the table instead of the summary
};
cli::Ending run_command(const RunArguments& arguments);

struct ReplayArguments {
  ScenarioArguments source{};
  bool trace = false;
  std::uint64_t story_lines = 60;
  bool adapt = false;                       // decisions that are not met any more are moved, or taken anew
  std::optional<std::uint64_t> until{};     // the run ends at this step of the incarnation that fails
  std::optional<std::uint64_t> break_at{};  // gdb is started, and stops there
};
cli::Ending replay_command(const ReplayArguments& arguments);

struct ShrinkArguments {
  ScenarioArguments source{};
  std::uint64_t time_ns = 30'000'000'000;
  std::string output{};  // empty: a name beside the file
  std::string test{};    // of the C++ test; empty: none
};
cli::Ending shrink_command(const ShrinkArguments& arguments);

struct ReportArguments {
  ScenarioArguments source{};
  std::string out{};       // `report`: the page
  std::string perfetto{};  // `trace`: the file of trace events; empty: events go to standard output
  std::string against{};   // `trace`: the output of another `trace`; empty: none
};
cli::Ending report_command(const ReportArguments& arguments);
cli::Ending trace_command(const ReportArguments& arguments);

struct MergeArguments {
  std::vector<std::string> files{};  // of --jsonl
  std::string program{};
  std::string page{};  // empty: none
  bool json = false;
};
cli::Ending merge_command(const MergeArguments& arguments);

}  // namespace mylonite::sim
