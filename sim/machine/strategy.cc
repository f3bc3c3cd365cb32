#include "sim/machine/strategy.h"

#include <algorithm>

#include "core/base/invariant.h"

namespace mylonite::sim {
namespace {

bool contains(std::span<const int> ascending, int id) { return std::ranges::binary_search(ascending, id); }

int any_of(std::span<const int> fibers, Random& random) { return fibers[random.below(fibers.size())]; }

}  // namespace

int Sticky::pick(const Moment& moment) {
  const bool blocked = moment.by_default != moment.current;
  if (!blocked && !random_.chance(1, one_in_)) return moment.current;
  return any_of(moment.runnable, random_);
}

int RoundRobin::pick(const Moment& moment) {
  const bool blocked = moment.by_default != moment.current;
  if (!blocked && ++used_ < quantum_) return moment.current;
  used_ = 0;
  const auto next = std::ranges::upper_bound(moment.runnable, moment.current);
  return next == moment.runnable.end() ? moment.runnable.front() : *next;
}

Pct::Pct(Random random, int depth, std::uint64_t steps_expected) : random_(random) {
  invariant(depth >= 1 && steps_expected >= 1, "a PCT schedule has a depth and a length", depth, steps_expected);
  for (int i = 1; i < depth; ++i) falls_at_.push_back(random_.between(1, steps_expected));
  std::ranges::sort(falls_at_);
}

int Pct::pick(const Moment& moment) {
  const auto highest_id = static_cast<std::size_t>(std::max(moment.runnable.back(), moment.current));
  while (priorities_.size() <= highest_id) {
    const std::uint64_t draw = random_.next();
    priorities_.push_back(std::max<std::uint64_t>(draw, falls_at_.size() + 1));
  }
  while (fallen_ < falls_at_.size() && moment.step >= falls_at_[fallen_]) {
    priorities_[static_cast<std::size_t>(moment.current)] = falls_at_.size() - fallen_;
    ++fallen_;
  }
  return *std::ranges::max_element(moment.runnable, {},
                                   [this](int id) { return priorities_[static_cast<std::size_t>(id)]; });
}

int SpuriousWakes::pick(const Moment& moment) {
  if (!moment.waiting.empty() && random_.chance(1, one_in_)) return any_of(moment.waiting, random_);
  return rest_.pick(moment);
}

Replay::Replay(std::span<const Deviation> deviations, Strategy* rest) : rest_(rest) {
  for (const Deviation& deviation : deviations) pending_[{deviation.fiber, deviation.step}] = deviation.next;
}

int Replay::pick(const Moment& moment) {
  if (pending_.empty()) return by_rest(moment);
  const auto found = pending_.find({moment.current, moment.own_step});
  if (found == pending_.end()) return moment.by_default;
  const int next = found->second;
  if (!contains(moment.runnable, next) && !contains(moment.waiting, next)) return moment.by_default;
  pending_.erase(found);
  return next;
}

std::vector<Deviation> Replay::unmet() const {
  std::vector<Deviation> left;
  for (const auto& [when, next] : pending_) left.push_back({when.first, when.second, next});
  return left;
}

}  // namespace mylonite::sim
