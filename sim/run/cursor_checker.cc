#include "sim/run/cursor_checker.h"

#include <algorithm>

#include <mylonite/random.h>

namespace mylonite::sim {

bool CursorChecker::take(const Steps& steps) {
  struck_before_ = parts_.answers.faults();
  if (parts_.observer.age().merges > opened_.merges) parts_.observer.mark("sim.cursor_used_after_merge");
  if (parts_.observer.age().flushes > opened_.flushes) parts_.observer.mark("sim.cursor_used_after_flush");
  Random random(steps.seed);
  for (std::uint64_t left = random.between(2, 12); left > 0; --left) {
    constexpr Move kPlaces[] = {Move::kFirst, Move::kLast, Move::kSeek};
    Move move = kPlaces[random.below(3)];
    // A cursor that is not valid can only seek.
    if (here_ && random.chance(4, 5)) move = random.chance(1, 2) ? Move::kNext : Move::kPrev;
    std::string_view target = bounds_.low;
    if (!steps.targets.empty()) target = steps.targets[random.below(steps.targets.size())];
    if (!step(move, target)) return false;
  }
  return true;
}

bool CursorChecker::step(Move move, std::string_view target) {
  if (last_ && *last_ != move && *last_ >= Move::kNext && move >= Move::kNext)
    parts_.observer.mark("sim.cursor_turned");
  last_ = move;
  std::optional<std::string_view> high;
  if (bounds_.high) high = *bounds_.high;
  Model::Range range{.low = bounds_.low, .high = high, .limit = 1, .backward = false};
  std::string border;  // the bound of a step from here
  switch (move) {
    case Move::kFirst: cursor_->seek_to_first(); break;
    case Move::kLast:
      range.backward = true;
      cursor_->seek_to_last();
      break;
    case Move::kSeek:
      range.low = std::max(range.low, target);
      cursor_->seek(target);
      break;
    case Move::kNext:
      border = *here_ + '\0';
      range.low = border;
      cursor_->next();
      break;
    case Move::kPrev:
      border = *here_;
      range.high = border;
      range.backward = true;
      cursor_->prev();
      break;
  }
  return check(range);
}

bool CursorChecker::check(const Model::Range& range) {
  Oracle::CursorPosition found;
  here_.reset();
  if (cursor_->valid()) {
    here_ = std::string(cursor_->key());
    found.emplace(*here_, cursor_->value());
  } else {
    const Status status = cursor_->status();
    if (!parts_.answers.succeeded("walk", error_of(status), struck_before_)) return false;
  }
  if (parts_.answers.dead()) return false;
  parts_.oracle.check_position(range, moment(), found);
  parts_.answers.stop_if_violated();
  return !parts_.answers.dead();
}

}  // namespace mylonite::sim
