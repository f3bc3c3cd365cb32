// The errors that a store may return, and when.
//
//   closed                    while it closes
//   corruption, read-only     after a power loss on a disk that had lied: the store reports the damage
//   i/o, no space, read-only  if a fault made a file call fail: for a read, while it ran; for another operation, since
//                             the open, because the store may still be recovering
//   corruption, read-only     if a read of a file got wrong bytes, at such times; corruption must name that file, with
//                             an offset
// Every other error is a violation. The policy only classifies; the caller acts on it.
// Thread-safety: a pure function.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include <mylonite/faultfs/fault.h>
#include <mylonite/status.h>

namespace mylonite::sim {

struct StruckFault {
  faultfs::Fault fault;
  std::string path;  // of the file whose call it struck
};

struct ErrorContext {
  bool closing = false;
  bool lied_to = false;                   // a power loss met a lying disk, and no checked recovery followed
  std::span<const StruckFault> faults{};  // those that the operation may report
};

enum class ErrorMeaning : std::uint8_t { kClosing, kReportedDamage, kReportedError, kViolation };
ErrorMeaning meaning_of(const Error& error, const ErrorContext& context);

}  // namespace mylonite::sim
