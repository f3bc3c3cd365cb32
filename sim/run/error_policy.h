// Which errors a store may answer, and when.
//
//   closed                  while it closes
//   corruption, read-only   once a power loss met a disk that had lied: the store reports the damage
//   i/o, no space, read-only  where a fault made a file call fail before: of a read, while it ran; of anything else,
//                           since the open, because what failed then may keep the store from going on
//   corruption, read-only   where a read before answered wrong bytes, at such times: corruption of that very file, with
//                           an offset
// Everything else is a violation. The policy only classifies: what follows from it is the caller's business.
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
  bool lied_to = false;                   // a power loss met a lying disk, and no recovery from it was checked since
  std::span<const StruckFault> faults{};  // that the operation may report
};

enum class ErrorMeaning : std::uint8_t { kClosing, kReportedDamage, kReportedError, kViolation };
ErrorMeaning meaning_of(const Error& error, const ErrorContext& context);

}  // namespace mylonite::sim
