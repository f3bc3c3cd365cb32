// The reports of runs, for people and programs: the summary, the failure with its story, JSON lines. Text only: it
// checks nothing.
#pragma once

#include <string>

#include "sim/report/campaign.h"
#include "sim/report/signature.h"
#include "sim/run/run.h"

namespace mylonite::sim {

std::string summary_text(const Campaign& campaign, const CampaignOptions& options);
std::string summary_json(const Campaign& campaign, const CampaignOptions& options);

// The seed, the rule, expected and found, the last lines of the story, and the commands that repeat the failure.
struct FailureContext {
  std::string replay_command;
  std::string report_command{};  // that draws the page; empty: none
  std::string artifact;          // path of the scenario file; empty: none written
  std::string seeds{};           // that fail by the same signature; empty: nothing is known of others
  std::string decisions{};       // the table of those that decide; empty: none
  std::string shrunk{};          // what the scenario was shrunk to; empty: it is as it ran
};
std::string failure_text(const Outcome& outcome, const FailureContext& context);

// One line of --jsonl each, without the newline.
std::string run_start_json(const CampaignOptions& options);
std::string seed_json(const SeedResult& result);
std::string failure_json(const SeedResult& result, const Signature& signature, const std::string& artifact);
std::string run_end_json(const Campaign& campaign);

std::string marks_text(const RunStats& stats);
std::string rules_text();

}  // namespace mylonite::sim
