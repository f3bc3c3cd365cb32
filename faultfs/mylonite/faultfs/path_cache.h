// Counts calls by file, so that each call has an anchor (anchor.h). Files are numbered within their role in the order
// of their first calls. The user's classifier maps a path to its role ("wal", "sst"), since faultfs knows no engine.
//
// Invariants: a path keeps its role and its number; counts only grow. A role's name lives as long as the cache.
// Allocates inside a HostScope: it outlives the machines whose calls it counts.
// Thread-safety: one thread, or fibers of one scheduler. Complexity: O(1) for the last few paths, else O(log paths).
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include <mylonite/faultfs/anchor.h>
#include <mylonite/faultfs/call.h>

namespace mylonite::faultfs {

using RoleOf = std::function<std::string_view(std::string_view path)>;  // returns views of constants

struct PathStatistics {
  std::string_view role;
  std::uint64_t generation = 0;
  std::uint64_t path_hash = 0;
  std::array<std::uint64_t, kCallKinds> calls{};  // so far, with the current one

  std::uint64_t count(CallKind kind) const { return calls[static_cast<std::size_t>(kind)]; }
  Anchor anchor(CallKind kind) const;
  bool is_at(const Anchor& anchor, CallKind kind) const;  // anchor(kind) == anchor, without an allocation
};

class PathCache {
 public:
  explicit PathCache(RoleOf role_of) : role_of_(std::move(role_of)) {}
  PathCache(const PathCache&) = delete;
  PathCache& operator=(const PathCache&) = delete;

  PathStatistics& count(const Call& call);  // counts the call; returns the statistics of its path
  PathStatistics& find(std::string_view path);

 private:
  struct Recent {  // the address of a known path; the bytes there now are compared before use
    const char* at = nullptr;
    std::pair<const std::string, PathStatistics>* entry = nullptr;
  };

  const RoleOf role_of_;
  std::map<std::string, PathStatistics, std::less<>> paths_;
  std::map<std::string_view, std::uint64_t> generations_;  // of each role, so far
  std::array<Recent, 8> recent_{};                         // most calls are on the same few handles
  std::size_t recent_next_ = 0;
};

}  // namespace mylonite::faultfs
