#include "experiments/machine/world.h"

#include <utility>

#include "sim/machine/scheduler.h"

namespace mylonite::experiments {
namespace {

constexpr std::uint64_t kWallStartTicks = 17'672'256'000'000'000;  // 2026-01-01

}  // namespace

World::World(const DeviceProfile& device, const ProcessorProfile& processor, faultfs::Disk data)
    : data_(std::move(data)),
      timed_(device),
      files_(data_, &timed_),
      processors_(processor.cores, processor.prices_ps) {}

std::uint64_t World::space_bytes() const {
  const vfs::SpaceInfo space = data_.space();
  return space.total - space.available;
}

std::string World::run(const std::function<void()>& program) {
  sim::StackPool stacks;
  sim::VirtualClock clock(kWallStartTicks);
  sim::Trace trace = sim::Trace::none();
  sim::DefaultSchedule schedule;
  sim::FiberScheduler scheduler(
      {stacks, clock, trace}, schedule,
      {.step_limit = UINT64_MAX / 2, .keep_deviations = false, .step_ns = 0, .processors = &processors_});
  const sim::RunOutcome outcome = scheduler.run(program);
  return outcome.end == sim::RunEnd::kFinished ? "" : "the machine stands still: " + outcome.story;
}

}  // namespace mylonite::experiments
