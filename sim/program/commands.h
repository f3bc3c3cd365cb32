// The commands of `mylonite-sim`, and their arguments.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/cli/program.h"
#include "sim/report/campaign.h"

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

// The options of a command line for the same scenarios: "--ops 1000 --crashes 10".
std::string generator_words(const GeneratorOptions& options);

// A word of a shell command, quoted if it must be.
std::string shell_word(const std::string& word);

}  // namespace mylonite::sim
