// What compaction leaves in the manifest, as JSON objects on one line, and back: a merge's record, a policy's state.
//
// Their texts are any UTF-8, so they are written and read with the escapes that edits do without; one or a few a
// commit. Numbers are decimal strings. A missing or malformed member is kCorruption naming it.
// Thread-safety: pure functions.
#pragma once

#include <string>
#include <string_view>

#include <mylonite/job_record.h>
#include <mylonite/status.h>

namespace mylonite {

std::string encode_job(const JobRecord& job);
Result<JobRecord> decode_job(std::string_view json);
std::string encode_policy_state(const PolicyState& state);
Result<PolicyState> decode_policy_state(std::string_view json);

}  // namespace mylonite
