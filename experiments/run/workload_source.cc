#include "experiments/run/workload_source.h"

#include <utility>

#include <fmt/format.h>

#include "core/base/hash.h"
#include "core/vfs/path.h"
#include "core/vfs/posix.h"
#include "experiments/workload/workload_file.h"

namespace mylonite::experiments {

Result<WorkloadSource> workload_source(const RunSpec& spec) {
  if (spec.workload_file.empty()) {
    return WorkloadSource{.spec = spec, .workload = workload_of(*find_workload_plan(spec.workload), spec.entries)};
  }
  const std::string& path = spec.workload_file;
  const auto text = vfs::read_posix_file(path);
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
  source.spec.workload_file = vfs::name_of(path);
  source.spec.workload_hash = hash;
  source.spec.entries = source.workload.keys();
  if (source.workload.value_bytes > 0) source.spec.value_bytes = source.workload.value_bytes;
  return source;
}

}  // namespace mylonite::experiments
