#include "core/compaction/legality.h"

#include <algorithm>

#include <fmt/format.h>

namespace mylonite {

Status check_legal(const Version& version, const CompactionJob& job) {
  auto illegal = [&](std::string why) {
    return Error(Code::kInvalidArgument, fmt::format("illegal compaction of level {}: {}", job.from_level, why));
  };
  if (job.inputs.empty()) return illegal("no inputs");
  if (job.from_level >= version.levels.size()) return illegal("there is no such level");
  if (job.to_level < job.from_level) return illegal(fmt::format("upward to level {}", job.to_level));
  const std::vector<Run>& runs = version.levels[job.from_level].runs;
  auto first = std::ranges::find(runs, job.inputs.front(), &Run::id);
  if (first == runs.end()) return illegal(fmt::format("run {} is not there", job.inputs.front().value));
  auto each = first;
  for (RunId input : job.inputs) {
    if (each == runs.end() || each->id != input) {
      return illegal(fmt::format("run {} is not the next older neighbour", input.value));
    }
    ++each;
  }
  if (job.to_level == job.from_level) return {};
  if (each != runs.end()) return illegal(fmt::format("run {} would be older and stay above", each->id.value));
  for (std::uint32_t level = job.from_level + 1; level < job.to_level && level < version.levels.size(); ++level) {
    if (!version.levels[level].runs.empty()) return illegal(fmt::format("level {} lies between", level));
  }
  return {};
}

}  // namespace mylonite
