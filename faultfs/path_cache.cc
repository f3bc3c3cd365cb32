#include <mylonite/faultfs/path_cache.h>

#include "core/base/hash.h"
#include "faultfs/host_scope.h"

namespace mylonite::faultfs {

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
