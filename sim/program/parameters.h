// The parameters of each command of `mylonite-sim`, and the words that need more than the parser can check.
// Thread-safety: values. What the parameters point to must outlive the parse.
#pragma once

#include <string>
#include <vector>

#include "core/cli/program.h"
#include "sim/program/commands.h"
#include "sim/program/corpus.h"

namespace mylonite::sim {

using Parameters = std::vector<cli::Parameter>;

// Values that the parser cannot check.
struct Words {
  std::string seeds = "0:1000";
  std::string seed{};
  std::string time{};
  std::string shrink{};
  std::string shard{};
  std::string fs{};
  std::vector<std::string> generator_given{};
};

Parameters campaign_parameters(CampaignOptions& campaign, Words& words);
Parameters run_parameters(RunArguments& arguments, Words& words);
Parameters shrink_parameters(ShrinkArguments& arguments, Words& words);
Parameters replay_parameters(ReplayArguments& arguments, Words& words);
Parameters report_parameters(ReportArguments& arguments, Words& words);
Parameters trace_parameters(ReportArguments& arguments, Words& words);
Parameters merge_parameters(MergeArguments& arguments);
Parameters corpus_parameters(CorpusArguments& arguments);
Parameters corpus_add_parameters(CorpusArguments& arguments, Words& words);

}  // namespace mylonite::sim
