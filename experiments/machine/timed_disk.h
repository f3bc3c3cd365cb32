// Gives the calls of a simulated file system a duration, and counts bytes by the role of the file.
//
// A read waits for its bytes: there is no page cache, the store's block cache is the only one. An append returns at
// once, until more than write_behind_bytes are on their way. A sync waits for the bytes of its file, then for a request
// that moves none. Names cost nothing until a directory is synced: a request that moves no byte.
// Thread-safety: threads of one simulated machine.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include <mylonite/faultfs/interceptor.h>

#include "experiments/machine/device.h"
#include "sim/scenario/file_roles.h"

namespace mylonite::experiments {

struct Traffic {
  std::uint64_t reads = 0;
  std::uint64_t read_bytes = 0;
  std::uint64_t syncs = 0;
  std::array<std::uint64_t, sim::kFileRoles.size()> appended_bytes{};  // by role

  std::uint64_t appended(std::string_view role) const;
};

class TimedDisk final : public faultfs::Interceptor {
 public:
  explicit TimedDisk(const DeviceProfile& profile) : profile_(profile), device_(profile) {}

  faultfs::Verdict before(const faultfs::Call& call) override;
  void after(const faultfs::Call& call, const faultfs::CallResult& result) override;

  const Traffic& traffic() const { return traffic_; }
  std::uint64_t device_busy_ns() const { return device_.busy_ns(); }

 private:
  struct Writing {
    std::uint64_t done_ns;
    std::uint64_t bytes;
  };
  struct Written {
    std::size_t role;
    std::uint64_t done_ns = 0;  // when what was appended is on the device
  };
  void append(const faultfs::Call& call);
  void rename(const faultfs::Call& call);
  Written& written(std::string_view path);
  void forget(std::string_view path);

  const DeviceProfile profile_;
  Device device_;
  Traffic traffic_;
  std::map<std::string, Written, std::less<>> written_;  // by path
  decltype(written_)::iterator last_ = written_.end();   // that of the last append: most are to one file
  std::deque<Writing> on_their_way_;                     // appended, not done; in order of done_ns
  std::uint64_t on_their_way_bytes_ = 0;
};

}  // namespace mylonite::experiments
