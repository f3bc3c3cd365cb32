#include "experiments/run/debt.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include <mylonite/faultfs/crash.h>
#include <mylonite/store.h>

#include "experiments/machine/world.h"
#include "experiments/run/rest.h"

namespace mylonite::experiments {
namespace {

Result<std::uint64_t> merge_debt(const faultfs::Disk& disk, const Options& options,
                                 const CompactionPolicies& policies) {
  World world(device_named("none"), processor_named("none"), faultfs::process_kill(disk));
  Result<std::uint64_t> debt = std::uint64_t{0};
  const std::string stuck = world.run([&] {
    StoreComponents components;
    components.compaction_policies = policies;
    auto opened = Store::open(world.files(), options, std::move(components));
    if (!opened.ok()) {
      debt = opened.error();
      return;
    }
    Store& store = **opened;
    rest_until_idle(store);
    debt = store.stats().merge_bytes_out;
    if (Status closed = store.close(); !closed.ok()) debt = closed.error();
  });
  if (!stuck.empty()) return Error(Code::kIo, stuck);
  return debt;
}

}  // namespace

Status measure_debt(const std::vector<faultfs::Disk>& disks, const Options& options, const CompactionPolicies& policies,
                    RunFigures& figures) {
  for (const faultfs::Disk& disk : disks) {
    const auto debt = merge_debt(disk, options, policies);
    if (!debt.ok()) return debt.error();
    ++figures.debt_samples;
    figures.debt_bytes_sum += *debt;
    figures.debt_bytes_max = std::max(figures.debt_bytes_max, *debt);
  }
  return {};
}

}  // namespace mylonite::experiments
