// A model of a storage device: says when a transfer that begins now is done. No bytes, no files.
//
// Requests are served first come, first served; the server that moves bytes is one, and the latency is beside it. So
// transfers are done in the order in which they began, except that one of several requests holds its place as a whole.
// Integers only. Thread-safety: one thread an object. Complexity: constant for each request.
#pragma once

#include <cstdint>
#include <vector>

#include "experiments/machine/profiles.h"

namespace mylonite::experiments {

class Device {
 public:
  explicit Device(const DeviceProfile& profile) : profile_(profile), slot_free_ps_(profile.slots) {}

  std::uint64_t done_ns(std::uint64_t now_ns, std::uint64_t bytes);  // zero bytes: a request that moves none
  std::uint64_t busy_ns() const { return busy_ps_ / kPsPerNs; }      // of the server, so far

 private:
  static constexpr std::uint64_t kPsPerNs = 1000;
  std::uint64_t request_ps(std::uint64_t now_ps, std::uint64_t bytes);

  const DeviceProfile profile_;
  std::vector<std::uint64_t> slot_free_ps_;  // in turn: requests are done in their order, so the next is the first free
  std::size_t next_slot_ = 0;
  std::uint64_t server_free_ps_ = 0;
  std::uint64_t busy_ps_ = 0;
};

}  // namespace mylonite::experiments
