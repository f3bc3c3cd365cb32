#include "core/tool/beside_writer.h"

#include <sys/resource.h>

#include <algorithm>

#include <fmt/format.h>

#include "core/format/file_names.h"
#include "core/vfs/posix.h"

namespace mylonite::tool {

std::string state_of(const std::string& directory) {
  const auto fs = vfs::open_posix(directory);
  if (!fs.ok()) return "";
  const auto names = (*fs)->list("");
  if (!names.ok()) return "";
  std::string state = fmt::format("{}\n", fmt::join(*names, "\n"));
  const auto current = vfs::read_posix_file(directory + "/" + std::string(kCurrentName));
  if (!current.ok()) return state;
  state += *current;
  const auto manifest = (*fs)->stat(current->substr(0, current->find(' ')));
  if (manifest.ok() && *manifest) state += fmt::format("{}\n", (*manifest)->size);
  return state;
}

bool may_be_a_writer(const Error& error) {
  return error.code() == Code::kCorruption || error.code() == Code::kNotFound || error.code() == Code::kNotAStore;
}

Error writer_too_fast(const Error& last) {
  return Error(
      Code::kLocked,
      fmt::format("a writer changes this store faster than it can be read; the last failure: {}", last.to_string()));
}

std::uint64_t raise_open_files() {
  constexpr std::uint64_t kMost = 1'000'000;  // of the option open_files_max
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    limit.rlim_cur = limit.rlim_max;
    static_cast<void>(setrlimit(RLIMIT_NOFILE, &limit));  // else the old limit stays
  }
  return std::min(kMost, vfs::cached_files_max());
}

}  // namespace mylonite::tool
