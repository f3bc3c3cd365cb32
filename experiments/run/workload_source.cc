#include "experiments/run/workload_source.h"

#include <utility>

#include <fmt/format.h>

#include "core/base/hash.h"
#include "core/vfs/posix.h"
#include "core/vfs/util.h"
#include "experiments/workload/workload_file.h"

namespace mylonite::experiments {

Result<WorkloadSource> workload_source(const RunSpec& spec) {
  if (spec.workload_file.empty()) {
    return WorkloadSource{.spec = spec, .workload = workload_of(*find_workload_plan(spec.workload), spec.entries)};
  }
  const std::string& path = spec.workload_file;
  const std::size_t name = path.rfind('/') + 1;  // 0: the path has no directory
  const auto directory = vfs::open_posix(name == 0 ? "." : path.substr(0, name));
  if (!directory.ok()) return Error(Code::kInvalidArgument, directory.error().message()).in(path);
  const auto text = vfs::read_whole_file(**directory, path.substr(name));
  if (!text.ok()) {
    const Error& error = text.error();
    const bool absent = error.code() == Code::kNotFound;
    return Error(absent ? Code::kInvalidArgument : error.code(), error.message()).in(path);
  }
  const std::string hash = fmt::format("{:016x}", hash64(*text));
  if (!spec.workload_hash.empty() && hash != spec.workload_hash) {
    return Error(Code::kInvalidArgument,
                 fmt::format("expected content with the hash {}, found {}: the file was changed", spec.workload_hash,
                             hash))
        .in(path);
  }
  auto workload = parse_workload(*text, path);
  if (!workload.ok()) return workload.error();
  WorkloadSource source{.spec = spec, .workload = std::move(*workload)};
  source.spec.workload_file = path.substr(name);
  source.spec.workload_hash = hash;
  source.spec.entries = source.workload.keys();
  if (source.workload.value_bytes > 0) source.spec.value_bytes = source.workload.value_bytes;
  return source;
}

}  // namespace mylonite::experiments
