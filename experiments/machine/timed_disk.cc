#include "experiments/machine/timed_disk.h"

#include <algorithm>
#include <utility>

#include "core/rt/rt.h"

namespace mylonite::experiments {

using faultfs::Call;
using faultfs::CallKind;

namespace {

std::size_t role_index(std::string_view role) {
  return static_cast<std::size_t>(std::ranges::find(sim::kFileRoles, role) - sim::kFileRoles.begin());
}

}  // namespace

std::uint64_t Traffic::appended(std::string_view role) const { return appended_bytes[role_index(role)]; }

faultfs::Verdict TimedDisk::before(const Call&) {
  rt::point("file call");
  return {};
}

void TimedDisk::after(const Call& call, const faultfs::CallResult& result) {
  if (result.error != nullptr) return;
  switch (call.kind) {
    case CallKind::kAppend: append(call); break;
    case CallKind::kRename: rename(call); break;
    case CallKind::kRemove: {
      if (const auto found = written_ns_.find(call.path); found != written_ns_.end()) written_ns_.erase(found);
      break;
    }
    case CallKind::kRead:
      ++traffic_.reads;
      traffic_.read_bytes += result.size;
      rt::sleep_until(device_.done_ns(rt::monotonic_ns(), result.size));
      break;
    case CallKind::kSync:
    case CallKind::kSyncData:
    case CallKind::kSyncDirectory: {
      ++traffic_.syncs;
      const auto written = written_ns_.find(call.path);
      if (written != written_ns_.end()) rt::sleep_until(written->second);
      rt::sleep_until(device_.done_ns(rt::monotonic_ns(), 0));
      break;
    }
    default: break;
  }
}

void TimedDisk::append(const Call& call) {
  const std::uint64_t now_ns = rt::monotonic_ns();
  traffic_.appended_bytes[role_index(sim::role_of(call.path))] += call.size;
  const std::uint64_t done_ns = device_.done_ns(now_ns, call.size);
  const auto known = written_ns_.find(call.path);
  (known != written_ns_.end() ? known : written_ns_.emplace(call.path, 0).first)->second = done_ns;
  on_their_way_.push_back({.done_ns = done_ns, .bytes = call.size});
  on_their_way_bytes_ += call.size;
  std::uint64_t wait_ns = now_ns;
  while (!on_their_way_.empty()) {
    const Writing& first = on_their_way_.front();
    if (first.done_ns > now_ns && on_their_way_bytes_ <= profile_.write_behind_bytes) break;
    wait_ns = std::max(wait_ns, first.done_ns);
    on_their_way_bytes_ -= first.bytes;
    on_their_way_.pop_front();
  }
  if (wait_ns > now_ns) rt::sleep_until(wait_ns);
}

void TimedDisk::rename(const Call& call) {
  const auto found = written_ns_.find(call.path);
  if (found == written_ns_.end()) return;
  const std::uint64_t done_ns = found->second;
  written_ns_.erase(found);
  written_ns_.insert_or_assign(std::string(call.other_path), done_ns);
}

}  // namespace mylonite::experiments
