#include "faultfs/path_cache.h"

#include <fmt/format.h>

#include "core/base/hash.h"
#include "faultfs/host_scope.h"

namespace mylonite::faultfs {

std::string ordinal(std::uint64_t number) {
  const std::uint64_t tens = number / 10 % 10;
  const std::uint64_t ones = number % 10;
  const char* ending = "th";
  if (tens != 1 && ones == 1) ending = "st";
  if (tens != 1 && ones == 2) ending = "nd";
  if (tens != 1 && ones == 3) ending = "rd";
  return fmt::format("{}{}", number, ending);
}

std::string to_string(const Anchor& anchor) {
  return fmt::format("the {} {} of the {} {}", ordinal(anchor.nth), call_kind_name(anchor.call),
                     ordinal(anchor.generation), anchor.role);
}

std::string to_string(const PlacedFault& placed) {
  return fmt::format("{} on {}", row_of(placed.strike.fault).phrase, to_string(placed.at));
}

Anchor PathStatistics::anchor(CallKind kind) const {
  return {.role = std::string(role), .generation = generation, .call = kind, .nth = count(kind)};
}

bool PathStatistics::is_at(const Anchor& anchor, CallKind kind) const {
  return anchor.call == kind && anchor.nth == count(kind) && anchor.generation == generation && anchor.role == role;
}

PathStatistics& PathCache::find(std::string_view path) {
  for (const Recent& recent : recent_) {
    if (recent.at == path.data() && recent.entry->first == path) return recent.entry->second;
  }
  const HostScope scope;
  auto found = paths_.find(path);
  if (found == paths_.end()) {
    const std::string_view role = role_of_(path);
    const PathStatistics fresh{
        .role = role, .generation = ++generations_[role], .path_hash = hash64(path), .calls = {}};
    found = paths_.emplace(std::string(path), fresh).first;
  }
  recent_[recent_next_++ % recent_.size()] = {path.data(), &*found};
  return found->second;
}

PathStatistics& PathCache::count(const Call& call) {
  PathStatistics& path = find(call.path);
  ++path.calls[static_cast<std::size_t>(call.kind)];
  return path;
}

}  // namespace mylonite::faultfs
