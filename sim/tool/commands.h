// The commands of `mylonite-sim`. Each returns the program's exit code:
// 0 pass · 1 property violated · 2 usage · 3 non-deterministic · 4 nothing ran · 5 artifact unreadable or too new ·
// 6 did not reproduce · 7 environment or I/O · 8 harness bug · 130 interrupted, partial results kept.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sim/report/campaign.h"

namespace mylonite::sim {

struct RunArguments {
  CampaignOptions campaign{};
  std::string out_directory = ".";  // for scenario files
  std::string jsonl{};              // empty: none
  bool json = false;
  bool require_marks = false;
  bool show_marks = false;  // `marks`: the table instead of the summary
};
int run_command(const RunArguments& arguments);

struct ReplayArguments {
  std::string what;  // a file, or a seed
  GeneratorOptions generator{};
  bool trace = false;
  std::uint64_t story_lines = 60;
};
int replay_command(const ReplayArguments& arguments);

// The words that make the generator draw the same scenario again: "--ops 1000 --crashes 10".
std::string generator_words(const GeneratorOptions& options);

// Writes the whole file under a temporary name, then renames it. kIo, kNoSpace.
Status write_file(const std::string& path, const std::string& text);

}  // namespace mylonite::sim
