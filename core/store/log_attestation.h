// How much of the log is durable, how much of that the manifest says, and when it has to say more.
//
// A log that was cut or removed cannot tell what it held, so the manifest says up to where it was durable. It is told
// at once at an explicit sync, and at the first synced write of a log. Otherwise it is told once in a second: so the
// last second of synced writes is all that damage can take from a log without a trace.
// Thread-safety: the owner serializes. Complexity: O(1).
#pragma once

#include <cstdint>
#include <optional>

#include "core/version/version.h"

namespace mylonite {

inline constexpr std::uint64_t kAttestEveryNs = 1'000'000'000;

class LogAttestation {
 public:
  const LogLength& durable() const { return durable_; }
  void synced(const LogLength& log) { durable_ = log; }

  // Since when the manifest should say more; empty: it says all.
  std::optional<std::uint64_t> due_ns() const {
    if (durable_ <= attested_) return std::nullopt;
    return durable_.number == attested_.number || tried_ ? next_ns_ : 0;
  }
  bool is_due(std::uint64_t now_ns) const { return due_ns() && *due_ns() <= now_ns; }

  // An attempt to say `log` has ended.
  void ended(const LogLength& log, bool succeeded, std::uint64_t now_ns) {
    if (succeeded && attested_ < log) attested_ = log;
    tried_ = !succeeded;
    next_ns_ = now_ns + kAttestEveryNs;
  }

 private:
  LogLength durable_;
  LogLength attested_;
  bool tried_ = false;  // in vain
  std::uint64_t next_ns_ = 0;
};

}  // namespace mylonite
