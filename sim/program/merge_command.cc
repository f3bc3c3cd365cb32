#include <vector>

#include <fmt/format.h>

#include "core/base/release.h"
#include "core/cli/files.h"
#include "core/cli/output.h"
#include "sim/campaign/merged_campaign.h"
#include "sim/campaign/merged_text.h"
#include "sim/program/commands.h"
#include "sim/program/output_checks.h"

namespace mylonite::sim {
cli::Ending merge_command(const MergeArguments& arguments) {
  std::vector<cli::GivenPath> read;
  for (const std::string& file : arguments.files) read.push_back({.option = "FILE", .path = file});
  if (auto refused = refuse_outputs({{.option = "-o", .path = arguments.page}}, read)) return *refused;
  CampaignMerger merger;
  for (const std::string& file : arguments.files) {
    const auto text = cli::read_file(file);
    if (!text.ok()) {
      cli::Ending ending = text.error();
      ending.next = cli::advice_for_unread(file, text.error());
      return ending;
    }
    const Status added = merger.add(file, *text);
    if (added.ok()) continue;
    const bool differs = added.error().code() == Code::kCorruption;
    cli::Ending ending(added.error(), differs ? cli::Exit::kNotDeterministic : cli::Exit::kUsage);
    ending.next = differs ? "`trace SEED > a.trace` on one machine and `trace SEED --against a.trace` on the other "
                            "show where they part"
                          : "a file for `merge` is what `run --jsonl FILE` wrote, line by line; make this one again";
    return ending;
  }
  const MergedCampaign& campaign = merger.result();
  if (!arguments.page.empty()) {
    const std::string page = campaign_page(campaign, fmt::format("{} {}", arguments.program, kRelease));
    if (Status done = cli::write_file(arguments.page, page); !done.ok()) return {done.error(), cli::Exit::kEnvironment};
  }
  const std::string drawn = arguments.page.empty() ? "" : fmt::format("page: {}\n", arguments.page);
  const Status printed = cli::print(arguments.json ? merged_json(campaign) : merged_text(campaign) + drawn);
  if (!printed.ok()) return printed.error();
  if (campaign.nondeterministic > 0) return cli::Exit::kNotDeterministic;
  if (campaign.failed.size() > 0) return cli::Exit::kFinding;
  return campaign.trace_hashes.empty() ? cli::Exit::kNothingRan : cli::Exit::kDone;
}

}  // namespace mylonite::sim
