// A simulated disk at every moment at which a crash could find it. For tests. Thread-safety: one thread.
#pragma once

#include <vector>

#include <mylonite/faultfs/disk.h>
#include <mylonite/faultfs/interceptor.h>

namespace mylonite::testing {

// Keeps the disk as it was before each call that changes it, and as it was at the end.
class EveryImage final : public faultfs::Interceptor {
 public:
  explicit EveryImage(const faultfs::Disk& disk) : disk_(disk) {}
  faultfs::Verdict before(const faultfs::Call& call) override {
    if (faultfs::kChangingCalls.contains(call.kind)) images_.push_back(disk_);
    return {};
  }
  void after(const faultfs::Call&, const faultfs::CallResult&) override {}
  std::vector<faultfs::Disk> images() const {
    std::vector<faultfs::Disk> all = images_;
    all.push_back(disk_);
    return all;
  }

 private:
  const faultfs::Disk& disk_;
  std::vector<faultfs::Disk> images_;
};

}  // namespace mylonite::testing
