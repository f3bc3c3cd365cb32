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
    case CallKind::kRemove: forget(call.path); break;
    case CallKind::kRead:
      ++traffic_.reads;
      traffic_.read_bytes += result.size;
      rt::sleep_until(device_.done_ns(rt::monotonic_ns(), result.size));
      break;
    case CallKind::kSync:
    case CallKind::kSyncData:
    case CallKind::kSyncDirectory: {
      ++traffic_.syncs;
      const auto written = written_.find(call.path);
      if (written != written_.end()) rt::sleep_until(written->second.done_ns);
      rt::sleep_until(device_.done_ns(rt::monotonic_ns(), 0));
      break;
    }
    default: break;
  }
}

TimedDisk::Written& TimedDisk::written(std::string_view path) {
  if (last_ == written_.end() || last_->first != path) last_ = written_.find(path);
  if (last_ == written_.end()) last_ = written_.emplace(path, Written{.role = role_index(sim::role_of(path))}).first;
  return last_->second;
}

void TimedDisk::append(const Call& call) {
  const std::uint64_t now_ns = rt::monotonic_ns();
  Written& file = written(call.path);
  traffic_.appended_bytes[file.role] += call.size;
  const std::uint64_t done_ns = device_.done_ns(now_ns, call.size);
  file.done_ns = done_ns;
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

void TimedDisk::forget(std::string_view path) {
  const auto found = written_.find(path);
  if (found == written_.end()) return;
  written_.erase(found);
  last_ = written_.end();
}

void TimedDisk::rename(const Call& call) {
  const auto found = written_.find(call.path);
  if (found == written_.end()) return;
  const std::uint64_t done_ns = found->second.done_ns;
  forget(call.path);
  written(call.other_path).done_ns = done_ns;
}

}  // namespace mylonite::experiments
