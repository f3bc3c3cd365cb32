#include "sim/shrink/open_decisions.h"

#include <bit>

namespace mylonite::sim {

void open_schedule(IncarnationPlan& plan, Random& random) {
  plan.recorded->open_schedule = true;
  plan.schedule = {
      .kind = StrategyKind::kSticky, .parameter = 1 + random.below(12), .spurious_one_in = 0, .seed = random.next()};
}

void open_crash(IncarnationPlan& plan, Random& random, std::uint64_t calls_most) {
  plan.recorded->open_crash = true;
  plan.recorded->crash.reset();
  plan.recorded->crash_at_end.reset();
  plan.crash = {};
  const std::uint64_t phase = random.below(10);
  if (phase < 2) plan.crash.phase = Phase::kOpen;
  if (phase == 9) plan.crash.phase = Phase::kClose;
  const std::uint64_t bits = random.below(static_cast<std::uint64_t>(std::bit_width(calls_most)) + 1);
  plan.crash.call = 1 + random.below(std::uint64_t{1} << bits);
  plan.crash.after = random.chance(1, 2);
}

void open_image(IncarnationPlan& plan, Random& random) {
  plan.recorded->open_image = true;
  plan.image_seed = random.next();
}

}  // namespace mylonite::sim
