#include <mylonite/faultfs/fault.h>

#include <algorithm>
#include <string>

namespace mylonite::faultfs {

std::optional<Fault> fault_from_name(std::string_view name) {
  const auto* row = std::ranges::find(kFaultTable, name, &FaultRow::name);
  return row == kFaultTable.end() ? std::nullopt : std::optional(row->fault);
}

Verdict verdict_of(const Strike& strike, const Call& call) {
  const FaultRow& row = row_of(strike.fault);
  Verdict verdict{.leaves = row.leaves, .detail = strike.detail};
  if (row.leaves == Leaves::kPart && call.kind == CallKind::kAppend) verdict.bytes_done = call.size / 2;
  if (!row.answers) return verdict;
  const Error error = Error(*row.answers, "injected: " + std::string(row.phrase)).in(std::string(call.path));
  verdict.error = row.passes ? error.retryable() : error;
  return verdict;
}

}  // namespace mylonite::faultfs
