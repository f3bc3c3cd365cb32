#include "sim/run/error_policy.h"

namespace mylonite::sim {

ErrorMeaning meaning_of(Code code, const ErrorContext& context) {
  if (context.closing && code == Code::kClosed) return ErrorMeaning::kClosing;
  // C10: after a lie, to report the damage is right; silence would not be.
  const bool damage = code == Code::kCorruption || code == Code::kReadOnly;
  if (context.lied_to && damage) return ErrorMeaning::kReportedDamage;
  const bool failure = code == Code::kIo || code == Code::kNoSpace || code == Code::kReadOnly;
  if (context.call_failed && failure) return ErrorMeaning::kReportedError;
  return ErrorMeaning::kViolation;
}

}  // namespace mylonite::sim
