// What a campaign writes for programs: the lines of --jsonl, which merged_campaign.h reads, and the summary of --json.
// Text only. Thread-safety: values.
#pragma once

#include <string>
#include <string_view>

#include "sim/campaign/campaign.h"
#include "sim/campaign/failure_groups.h"
#include "sim/report/signature.h"
#include "sim/shrink/shrink.h"

namespace mylonite::sim {

std::string summary_json(const Campaign& campaign, const CampaignOptions& options);

// One line each, without the newline. `words`: the options of the generator, as one types them.
std::string run_start_json(const CampaignOptions& options, std::string_view program, std::string_view words);
std::string seed_json(const SeedResult& result);
std::string failure_json(const SeedResult& result, const Signature& signature, const std::string& artifact);
// A signature with its seeds. `shrunk`: what the scenario in `artifact` was shrunk from; null: it is as it ran.
std::string signature_json(const FailureGroup& group, const Shrunk* shrunk, const std::string& artifact);
std::string run_end_json(const Campaign& campaign);

}  // namespace mylonite::sim
