#include <lz4.h>
#include <sys/resource.h>
#include <unistd.h>
#include <xxhash.h>
#include <zstd.h>

#include <algorithm>

#include <fmt/format.h>

#include "core/base/release.h"
#include "core/rt/rt.h"
#include "core/tool/doctor.h"
#include "core/tool/text.h"

namespace mylonite::tool {
namespace {

constexpr std::uint64_t kOtherFiles = 64;  // logs, manifest, streams, what is written

Check libraries() {
  Check check{
      .name = "libraries",
      .found = fmt::format("mylonite {}, lz4 {}, zstd {}, xxhash {}.{}.{}, fmt {}.{}.{}", kRelease, LZ4_versionString(),
                           ZSTD_versionString(), XXH_versionNumber() / 10000, XXH_versionNumber() / 100 % 100,
                           XXH_versionNumber() % 100, FMT_VERSION / 10000, FMT_VERSION / 100 % 100, FMT_VERSION % 100)};
  const bool older = LZ4_versionNumber() < LZ4_VERSION_NUMBER || ZSTD_versionNumber() < ZSTD_VERSION_NUMBER ||
                     XXH_versionNumber() < XXH_VERSION_NUMBER;
  if (!older) return check;
  check.verdict = Verdict::kMend;
  check.next = "a library is older than the one this program was built with; install that one, or build again";
  return check;
}

Check memory(const Options& options) {
  const std::uint64_t page = static_cast<std::uint64_t>(std::max(::sysconf(_SC_PAGESIZE), 1L));
  const std::uint64_t there = static_cast<std::uint64_t>(std::max(::sysconf(_SC_PHYS_PAGES), 0L)) * page;
  const std::uint64_t wanted =
      options.memtable_max_bytes * (options.frozen_memtables_max + 1) + options.block_cache_bytes;
  const auto processors = static_cast<std::uint64_t>(std::max(::sysconf(_SC_NPROCESSORS_ONLN), 1L));
  Check check{.name = "memory",
              .found = fmt::format("{}; memtables and block cache take up to {}; {}", human_bytes(there),
                                   human_bytes(wanted), counted(processors, "processor"))};
  if (there == 0 || wanted <= there / 4 * 3) return check;
  check.verdict = Verdict::kMend;
  check.next = "--set memtable_max_bytes or block_cache_bytes lower";
  return check;
}

Check clock_check() {
  constexpr std::uint64_t kEarliest = 1'735'689'600;  // 2025-01-01
  constexpr std::uint64_t kLatest = 4'102'444'800;    // 2100-01-01
  const std::uint64_t first = rt::monotonic_ns();
  const Timestamp now{rt::wall_ticks()};
  const bool forward = rt::monotonic_ns() >= first;
  Check check{.name = "clock", .found = utc(now)};
  const std::uint64_t seconds = now.ticks / kTicksPerSecond;
  if (forward && seconds >= kEarliest && seconds < kLatest) return check;
  check.verdict = Verdict::kMend;
  check.next = "set the clock: stamps, retention and expiry of data follow it";
  return check;
}

Check open_files(const Options& options) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return {.name = "open files", .found = "no limit is known"};
  const std::uint64_t wanted = options.open_files_max + kOtherFiles;
  const bool endless = limit.rlim_cur == RLIM_INFINITY;
  Check check{.name = "open files",
              .found = fmt::format("the limit is {}; the store wants {}",
                                   endless ? "none" : fmt::format("{}", limit.rlim_cur), wanted)};
  if (endless || limit.rlim_cur >= wanted) return check;
  check.verdict = Verdict::kMend;
  check.next = fmt::format("`ulimit -n {}`, or --set open_files_max lower; until then fewer tables stay open", wanted);
  return check;
}

}  // namespace

std::vector<Check> check_machine(const Options& options) {
  return {libraries(), memory(options), clock_check(), open_files(options)};
}

}  // namespace mylonite::tool
