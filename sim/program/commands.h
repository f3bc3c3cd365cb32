// The commands of `mylonite-sim`, and what they are given.
#pragma once

#include <cstdint>
#include <string>

#include "core/cli/program.h"
#include "sim/report/campaign.h"

namespace mylonite::sim {

struct RunArguments {
  CampaignOptions campaign{};
  std::string program{};            // as it was called, for the commands that a failure prints
  std::string out_directory = ".";  // for scenario files
  std::string jsonl{};              // empty: none
  bool json = false;
  bool require_marks = false;
  bool show_marks = false;  // `marks`: the table instead of the summary
};
cli::Ending run_command(const RunArguments& arguments);

struct ReplayArguments {
  std::string program{};  // as it was called
  std::string what{};     // a file, or a seed
  GeneratorOptions generator{};
  bool trace = false;
  std::uint64_t story_lines = 60;
};
cli::Ending replay_command(const ReplayArguments& arguments);

// The words that make the generator draw the same scenario again: "--ops 1000 --crashes 10".
std::string generator_words(const GeneratorOptions& options);

// Writes the whole file under a temporary name, then renames it. kIo, kNoSpace.
Status write_file(const std::string& path, const std::string& text);

}  // namespace mylonite::sim
