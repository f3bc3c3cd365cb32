#include "sim/machine/trace.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/base/hash.h"

namespace mylonite::sim {

std::string_view event_name(EventKind kind) {
  switch (kind) {
    case EventKind::kStart: return "start";
    case EventKind::kFinish: return "finish";
    case EventKind::kLock: return "lock";
    case EventKind::kTryLock: return "try-lock";
    case EventKind::kUnlock: return "unlock";
    case EventKind::kBlock: return "block";
    case EventKind::kBeforeWait: return "before-wait";
    case EventKind::kWait: return "wait";
    case EventKind::kNotify: return "notify";
    case EventKind::kJoin: return "join";
    case EventKind::kSleep: return "sleep";
    case EventKind::kPoint: return "point";
    case EventKind::kTimeJump: return "time-jump";
    case EventKind::kEntropy: return "entropy";
    case EventKind::kRunEnd: return "run-end";
    case EventKind::kFileCall: return "file-call";
    case EventKind::kFileBytes: return "file-bytes";
    case EventKind::kFault: return "fault";
    case EventKind::kCrash: return "crash";
    case EventKind::kNote: return "note";
  }
  return "unknown";
}

std::string to_string(const Event& event) { return fmt::format("{} {} {}", event_name(event.kind), event.a, event.b); }

void Trace::bytes(EventKind kind, std::string_view bytes) { event(kind, bytes.size(), hash64(bytes)); }

std::string Trace::hash() const {
  // Each half depends on both lanes and on the number of events.
  const std::uint64_t high = mix64(lanes_[0] + mix64(lanes_[1] ^ count_));
  const std::uint64_t low = mix64(lanes_[1] + mix64(high));
  return fmt::format("{:016x}{:016x}", high, low);
}

std::vector<Event> Trace::recent() const {
  std::vector<Event> events;
  const std::uint64_t kept = std::min<std::uint64_t>(count_, kRecent);
  for (std::uint64_t i = count_ - kept; i < count_; ++i) events.push_back(recent_[i % kRecent]);
  return events;
}

std::optional<Difference> first_difference(const Trace& left, const Trace& right) {
  const std::vector<Event>& a = left.all();
  const std::vector<Event>& b = right.all();
  const auto [at_a, at_b] = std::ranges::mismatch(a, b);
  if (at_a == a.end() && at_b == b.end()) return std::nullopt;
  return Difference{static_cast<std::size_t>(at_a - a.begin()), at_a == a.end() ? "end" : to_string(*at_a),
                    at_b == b.end() ? "end" : to_string(*at_b)};
}

}  // namespace mylonite::sim
