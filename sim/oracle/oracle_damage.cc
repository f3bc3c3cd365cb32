// The part of the oracle about damage: how much of what is durable a damaged file can take unnoticed.
#include <algorithm>
#include <utility>

#include "sim/machine/sanitizer.h"
#include "sim/oracle/oracle.h"

namespace mylonite::sim {

void Oracle::synced(Timestamp at, std::uint64_t began_ns, std::uint64_t returned_ns) {
  const SimulatorCode scope;
  constexpr std::uint64_t kAttestedWithinNs = 1'000'000'000;
  if (!std::exchange(attested_first_, true)) attested_ = std::max(attested_, at);
  while (!unattested_.empty() && unattested_.front().first + kAttestedWithinNs <= began_ns) {
    attested_ = std::max(attested_, unattested_.front().second);
    unattested_.pop_front();
  }
  unattested_.emplace_back(returned_ns, at);
}

std::optional<Violation> Oracle::check_damaged(const StoredVersions& found, const Recovery& recovery) const {
  const SimulatorCode scope;
  Oracle copy = *this;
  copy.durable_ = std::min(durable_, attested_);
  copy.shown_durable_ = std::min(shown_durable_, attested_);
  copy.expired_ = std::min(expired_, recovery.expired_through);
  copy.check_recovered(found, recovery);
  return copy.violation_;
}

}  // namespace mylonite::sim
