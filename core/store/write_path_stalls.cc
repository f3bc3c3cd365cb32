// Where writers wait, or are slowed down: for room in memory, for merges.
#include <algorithm>

#include "core/store/write_path.h"

namespace mylonite {
namespace {

constexpr std::uint64_t kSlowQuantumBytes = 64ULL << 10;
constexpr std::uint64_t kSlowSleepMaxNs = 1'000'000'000;

}  // namespace

// Waits until the full memtable may be frozen.
Status WritePath::wait_for_room() {
  if (must_wait(StallCause::kMemtables)) {
    rt::mark("write.stall_frozen_memtables");
    const Status done =
        stall({.cause = StallCause::kMemtables, .why = "as many memtables as allowed await their flush"});
    if (!done.ok()) return done;
  }
  if (must_wait(StallCause::kLevel0)) {
    rt::mark("write.stall_level0");
    const std::string why = state_.gate.pressure().cause;
    return stall({.cause = StallCause::kLevel0, .why = why});
  }
  return {};
}

// Lets merging catch up: under pressure, writes proceed at write_slowdown_bytes_per_second. The leader sleeps in small
// portions, each at most until the pressure ends. Bytes logged before the pressure do not count.
void WritePath::slow_down() {
  if (!pressed() || state_.gate.closing()) {
    unpaced_bytes_ = 0;
    return;
  }
  const std::uint64_t quantum = std::min(kSlowQuantumBytes, state_.options.memtable_max_bytes / 16);
  if (unpaced_bytes_ < quantum) return;
  rt::mark("write.slowdown");
  const std::uint64_t share = unpaced_bytes_ * 1'000'000'000 / state_.options.write_slowdown_bytes_per_second;
  unpaced_bytes_ = 0;
  const std::string why = state_.gate.pressure().cause;
  hold(why, share, &WritePath::pressed);
}

// Waits for merges that are behind their pace.
void WritePath::keep_pace() {
  if (!merges_lag()) return;
  rt::mark("write.kept_pace");
  hold("merges are behind their pace", kSlowSleepMaxNs, &WritePath::merges_lag);
}

bool WritePath::pressed() const { return state_.gate.pressure().level != Pressure::Level::kNone; }
bool WritePath::merges_lag() const { return !state_.gate.has_credit(state_.counters.wal_bytes.get()); }

void WritePath::hold(const std::string& why, std::uint64_t ns, Condition needed) {
  {
    // Safe: this request stays at the front of the queue, so no other leads; all state is read again afterwards.
    const rt::Unlocked unlocked(state_.mutex);
    state_.listener.on_write_stall({.cause = StallCause::kSlowdown, .why = why});
  }
  const std::uint64_t from = rt::monotonic_ns();
  const std::uint64_t until = from + std::min(ns, kSlowSleepMaxNs);
  while ((this->*needed)() && !state_.gate.shut() && rt::monotonic_ns() < until) {
    state_.progress.wait_until(state_.mutex, until);
  }
  stall_ended({.cause = StallCause::kSlowdown, .why = why}, from);
}

void WritePath::stall_ended(StallReport report, std::uint64_t from_ns) {
  report.waited_ns = rt::monotonic_ns() - from_ns;
  auto& counted = state_.counters.stalls[static_cast<std::size_t>(report.cause)];
  counted.count.add(1);
  counted.ns.add(report.waited_ns);
  state_.listener.on_write_stall_end(report);
}

bool WritePath::must_wait(StallCause cause) const { return state_.gate.stalls(cause, state_.views.frozen().size()); }

Status WritePath::stall(const StallReport& report) {
  const std::uint64_t from = rt::monotonic_ns();
  state_.listener.on_write_stall(report);
  while (!state_.gate.shut() && must_wait(report.cause)) state_.progress.wait(state_.mutex);
  stall_ended(report, from);
  if (must_wait(report.cause)) return state_.gate.refusal().prefixed("this write waited: " + std::string(report.why));
  return {};
}

}  // namespace mylonite
