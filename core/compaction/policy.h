// What to merge: the pure half of compaction.
//
// A policy sees the shape of the tree and the options, and chooses; it opens nothing, keeps nothing and applies
// nothing, so the same arguments give the same answer. Whether its choice is *safe* is not its business: check_legal
// decides that for every policy alike, and the engine refuses an illegal one. Thread-safety: pure; any thread.
// Complexity: linear in runs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"
#include "core/format/options.h"
#include "core/version/version.h"

namespace mylonite {

// Merge these neighbouring runs of one level into one run, the newest of another level (or in their place in the same).
struct CompactionJob {
  std::uint32_t from_level = 0;
  std::vector<RunId> inputs;  // newest first
  std::uint32_t to_level = 0;
  std::string reason;  // for people: which trigger fired
};

class CompactionPolicy {
 public:
  virtual ~CompactionPolicy() = default;
  virtual std::string_view name() const = 0;
  virtual std::optional<CompactionJob> pick(const Version& version, const Options& options) const = 0;
};

// Null: no policy of that name. policy_names() is for messages: "none, tier".
const CompactionPolicy* find_policy(std::string_view name);
std::string policy_names();

}  // namespace mylonite
