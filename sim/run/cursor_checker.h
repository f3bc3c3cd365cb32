// A cursor of the store that is checked against the model at every step, at any age: seeks, next, prev and changes of
// direction in any mixture.
//
// Requires: the store outlives it. The simulated program owns it, so none of it is the simulator's memory.
// Thread-safety: one fiber.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <mylonite/session.h>

#include "sim/run/answer_checker.h"
#include "sim/run/observer.h"
#include "sim/scenario/operations.h"

namespace mylonite::sim {

class CursorChecker {
 public:
  struct Parts {
    Oracle& oracle;
    AnswerChecker& answers;
    Observer& observer;
  };
  CursorChecker(const Parts& parts, std::unique_ptr<Iterator> cursor, KeyBounds bounds)
      : parts_(parts), cursor_(std::move(cursor)), bounds_(std::move(bounds)), opened_(parts.observer.age()) {}

  // False: the machine died, the store closed or a step was wrong.
  bool take(const Steps& steps);
  const ReadMoment& moment() const { return cursor_->moment(); }

 private:
  enum class Move : std::uint8_t { kFirst, kLast, kSeek, kNext, kPrev };
  bool step(Move move, std::string_view target);
  bool check(const Model::Range& range);

  const Parts parts_;
  std::unique_ptr<Iterator> cursor_;
  const KeyBounds bounds_;
  const Observer::Age opened_;
  std::optional<std::string> here_;  // the current key
  std::optional<Move> last_;
  std::size_t struck_before_ = 0;  // the number of faults when the steps began
};

}  // namespace mylonite::sim
