// The account of a merged campaign: for people, for programs, and as an HTML page. Pure; complexity: linear in what is
// told. The page needs no network and no script.
#pragma once

#include <cstddef>
#include <string>

#include "sim/campaign/merged_campaign.h"

namespace mylonite::sim {

std::string merged_text(const MergedCampaign& campaign);
std::string merged_json(const MergedCampaign& campaign);

std::string verdict_text(const MergedCampaign& campaign);  // "300 seeds, 2 FAILED by 2 signatures"
std::string size_text(const MergedGroup& group);           // "1 operation, 1 crash"; empty: not known

inline constexpr std::size_t kGroupsOfPageMax = 200;
std::string campaign_page(const MergedCampaign& campaign, const std::string& made_by);

}  // namespace mylonite::sim
