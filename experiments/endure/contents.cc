#include "experiments/endure/contents.h"

#include <optional>

#include <fmt/format.h>

#include "experiments/workload/unexpired.h"

namespace mylonite::experiments {
namespace {

Error wrong(std::string what) { return {Code::kCorruption, "wrong answer: " + std::move(what)}; }

}  // namespace

Contents::Contents(const StreamOptions& options)
    : value_bytes_(options.value_bytes), keys_(options), values_(options), live_(options.entries, false) {}

void Contents::set(std::uint64_t index, bool to) {
  if (live_[index] == to) return;
  live_[index] = to;
  live_count_ += to ? 1 : std::uint64_t{0} - 1;
}

Status Contents::judge_entry(const Iterator& at, std::uint64_t index) {
  if (at.key() != key(index)) return wrong(fmt::format("a scan gave '{}', expected '{}'", at.key(), key(index)));
  if (at.value() != value(index)) return wrong(fmt::format("a scan gave '{}' another value", at.key()));
  return {};
}

Result<std::uint64_t> Contents::judge_scan(Session session, Direction direction) {
  auto cursor = session.iterator();
  if (!cursor.ok()) return cursor.error();
  Iterator& at = **cursor;
  if (Status kept = check_nothing_expired(at.moment()); !kept.ok()) return kept.error();
  const bool forward = direction == Direction::kForward;
  forward ? at.seek_to_first() : at.seek_to_last();
  std::uint64_t seen = 0;
  for (std::uint64_t step = 0; step < indices(); ++step) {
    const std::uint64_t index = forward ? step : indices() - 1 - step;
    if (!alive(index)) continue;
    if (!at.valid()) {
      if (Status sound = at.status(); !sound.ok()) return sound.error();
      return wrong(fmt::format("a scan ended after {} entries, before '{}'; expected {}", seen, key(index), live()));
    }
    if (Status same = judge_entry(at, index); !same.ok()) return same.error();
    ++seen;
    forward ? at.next() : at.prev();
  }
  if (at.valid()) return wrong(fmt::format("a scan gave '{}' behind the last of {} entries", at.key(), seen));
  if (Status sound = at.status(); !sound.ok()) return sound.error();
  return seen;
}

Status Contents::judge_get(Session& session, std::uint64_t index) {
  const auto found = session.get(key(index));
  if (!found.ok()) return found.error();
  if (Status kept = check_nothing_expired(session.moment()); !kept.ok()) return kept;
  if (found->has_value() != alive(index)) {
    return wrong(fmt::format("get of '{}': {}", key(index), alive(index) ? "nothing is found" : "it was deleted"));
  }
  if (*found && **found != value(index)) return wrong(fmt::format("get of '{}': another value", key(index)));
  return {};
}

}  // namespace mylonite::experiments
