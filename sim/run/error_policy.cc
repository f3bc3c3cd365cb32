#include "sim/run/error_policy.h"

#include <algorithm>

namespace mylonite::sim {

namespace {

bool excuses(const StruckFault& struck, const Error& error) {
  const Code code = error.code();
  const faultfs::FaultRow& row = row_of(struck.fault);
  if (row.leaves == faultfs::Leaves::kWrongBytes) {
    const bool names_place = !error.file().empty() && struck.path.ends_with(error.file()) && error.offset();
    return code == Code::kReadOnly || (code == Code::kCorruption && names_place);
  }
  return row.answers && (code == Code::kIo || code == Code::kNoSpace || code == Code::kReadOnly);
}

}  // namespace

ErrorMeaning meaning_of(const Error& error, const ErrorContext& context) {
  const Code code = error.code();
  if (context.closing && code == Code::kClosed) return ErrorMeaning::kClosing;
  // C10: after a lie the store must report the damage, not hide it.
  const bool damage = code == Code::kCorruption || code == Code::kReadOnly;
  if (context.lied_to && damage) return ErrorMeaning::kReportedDamage;
  const bool excused =
      std::ranges::any_of(context.faults, [&](const StruckFault& struck) { return excuses(struck, error); });
  return excused ? ErrorMeaning::kReportedError : ErrorMeaning::kViolation;
}

}  // namespace mylonite::sim
