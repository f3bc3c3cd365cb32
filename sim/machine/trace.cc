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

namespace {

// The difference at that event, which the events before it place.
Difference difference_at(std::size_t index, const Trace& trace) {
  Difference difference{.index = index, .incarnation = 1, .step = 0, .left = "end", .right = "end"};
  for (std::size_t i = 0; i < index; ++i) {
    const EventKind kind = trace.all()[i].kind;
    if (kind <= EventKind::kPoint) ++difference.step;
    if (kind != EventKind::kRunEnd) continue;
    ++difference.incarnation;
    difference.step = 0;
  }
  if (index < trace.all().size()) difference.right = to_string(trace.all()[index]);
  return difference;
}

}  // namespace

std::optional<Difference> first_difference(const Trace& left, const Trace& right) {
  const std::vector<Event>& a = left.all();
  const auto [at_a, at_b] = std::ranges::mismatch(a, right.all());
  if (at_a == a.end() && at_b == right.all().end()) return std::nullopt;
  Difference difference = difference_at(static_cast<std::size_t>(at_a - a.begin()), right);
  if (at_a != a.end()) difference.left = to_string(*at_a);
  return difference;
}

std::optional<Difference> first_difference(const std::vector<std::string_view>& left, const Trace& right) {
  const std::vector<Event>& b = right.all();
  const auto [at_a, at_b] = std::ranges::mismatch(left, b, {}, {}, [](const Event& event) { return to_string(event); });
  if (at_a == left.end() && at_b == b.end()) return std::nullopt;
  Difference difference = difference_at(static_cast<std::size_t>(at_b - b.begin()), right);
  if (at_a != left.end()) difference.left = *at_a;
  return difference;
}

}  // namespace mylonite::sim
