// The summary of a campaign, for people. Text only: it checks nothing. Thread-safety: values.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "sim/campaign/campaign.h"

namespace mylonite::sim {

std::string summary_text(const Campaign& campaign, const CampaignOptions& options);
std::string marks_text(const RunStats& stats);
std::vector<std::pair<std::string, std::uint64_t>> crash_counts(const RunStats& stats);  // by the kind of file call

}  // namespace mylonite::sim
