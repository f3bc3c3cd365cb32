// A campaign as JUnit XML, for continuous-integration systems: one test case for the seeds that passed, one for each
// signature of failures. Text only. Thread-safety: values.
#pragma once

#include <string>
#include <vector>

#include "sim/campaign/campaign.h"
#include "sim/campaign/failure_groups.h"

namespace mylonite::sim {

std::string junit_xml(const Campaign& campaign, const std::vector<const FailureGroup*>& failures,
                      const std::string& program);

}  // namespace mylonite::sim
