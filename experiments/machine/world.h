// One simulated machine of the laboratory: a disk on a modelled device, modelled processors, virtual time. The store
// runs on it unchanged, its threads as fibers.
//
// Only work, transfers and sleeps take time. Threads that can run at one instant run in the order of their ids, the
// current one first. Equal programs give equal figures, on every machine and compiler.
// Thread-safety: one thread an object; run() once.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include <mylonite/faultfs/disk.h>
#include <mylonite/faultfs/sim_file_system.h>

#include "experiments/machine/profiles.h"
#include "experiments/machine/timed_disk.h"
#include "sim/machine/processors.h"

namespace mylonite::experiments {

class World {
 public:
  World(const DeviceProfile& device, const ProcessorProfile& processor, faultfs::Disk data = faultfs::Disk());

  vfs::FileSystem& files() { return files_; }
  const TimedDisk& disk() const { return timed_; }
  const faultfs::Disk& data() const { return data_; }
  std::uint64_t space_bytes() const;  // of all files, those held by readers included
  std::uint64_t processors_busy_ns() const { return processors_.busy_ns(); }

  // Runs the program as the machine's first thread. Returns how the run ended, for people; empty: the program returned.
  std::string run(const std::function<void()>& program);

 private:
  faultfs::Disk data_;
  TimedDisk timed_;
  faultfs::SimFileSystem files_;
  sim::Processors processors_;
};

}  // namespace mylonite::experiments
