#include "experiments/machine/device.h"

#include <algorithm>

namespace mylonite::experiments {

std::uint64_t Device::request_ps(std::uint64_t now_ps, std::uint64_t bytes) {
  std::uint64_t& slot_free_ps = slot_free_ps_[next_slot_];
  next_slot_ = next_slot_ + 1 == slot_free_ps_.size() ? 0 : next_slot_ + 1;
  const std::uint64_t turn_ps = profile_.turn_ns * kPsPerNs + bytes * profile_.byte_ps;
  server_free_ps_ = std::max({now_ps, slot_free_ps, server_free_ps_}) + turn_ps;
  busy_ps_ += turn_ps;
  slot_free_ps = server_free_ps_ + profile_.latency_ns * kPsPerNs;
  return slot_free_ps;
}

std::uint64_t Device::done_ns(std::uint64_t now_ns, std::uint64_t bytes) {
  std::uint64_t done_ps = 0;
  do {
    const std::uint64_t part = std::min(bytes, profile_.request_bytes_max);
    done_ps = std::max(done_ps, request_ps(now_ns * kPsPerNs, part));
    bytes -= part;
  } while (bytes > 0);
  return (done_ps + kPsPerNs - 1) / kPsPerNs;
}

}  // namespace mylonite::experiments
