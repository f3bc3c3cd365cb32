// The devices and processors that the laboratory models, by name. Every result states the names; a profile that changes
// gets a new name. Units: nanoseconds, picoseconds, bytes. Thread-safety: constants.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

#include "sim/machine/processors.h"

namespace mylonite::experiments {

// A request takes a slot, waits for its turn at the one server that moves bytes, then for the latency.
struct DeviceProfile {
  std::string_view name;
  std::uint64_t slots = 1;               // requests in progress at once
  std::uint64_t latency_ns = 0;          // of a request, after its turn
  std::uint64_t turn_ns = 0;             // of a request, whatever its size
  std::uint64_t byte_ps = 0;             // of each byte, in its turn
  std::uint64_t request_bytes_max = 0;   // a longer transfer is several requests
  std::uint64_t write_behind_bytes = 0;  // appended bytes on their way from which on an append waits
  std::string_view what;                 // one line for people
};
inline constexpr std::array<DeviceProfile, 5> kDevices = {{
    {.name = "nvme",
     .slots = 64,
     .latency_ns = 20'000,
     .byte_ps = 500,
     .request_bytes_max = 262'144,
     .write_behind_bytes = 4'194'304,
     .what = "2 GB/s, 20 us, 64 requests at once"},
    {.name = "io2",
     .slots = 64,
     .latency_ns = 250'000,
     .turn_ns = 250'000,
     .request_bytes_max = 262'144,
     .write_behind_bytes = 4'194'304,
     .what = "4,000 requests/s of up to 256 KiB, 250 us"},
    {.name = "hdd",
     .slots = 1,
     .latency_ns = 8'000'000,
     .byte_ps = 6'667,
     .request_bytes_max = 1'048'576,
     .write_behind_bytes = 4'194'304,
     .what = "150 MB/s, 8 ms a request, one at a time"},
    {.name = "object",
     .slots = 64,
     .latency_ns = 20'000'000,
     .byte_ps = 10'000,
     .request_bytes_max = 8'388'608,
     .write_behind_bytes = 16'777'216,
     .what = "100 MB/s, 20 ms, 64 requests at once"},
    {.name = "none",
     .slots = 1,
     .request_bytes_max = 8'388'608,
     .write_behind_bytes = UINT64_MAX,
     .what = "no time passes: counts only"},
}};

struct ProcessorProfile {
  std::string_view name;
  std::uint64_t cores = 1;
  sim::WorkPrices prices_ps{};  // by rt::Work
  std::string_view what;
};
// cpu-1: rounded from the micro-benchmarks of one machine (3 GHz, g++ 12 -O3): memtable_bench, block_bench, merge_bench
// and wal_bench. Its figures are a model, not a promise.
inline constexpr std::array<ProcessorProfile, 2> kProcessors = {{
    {.name = "cpu-1",
     .cores = 4,
     .prices_ps = {/*log bytes*/ 400, /*memtable insert*/ 450'000, /*memtable seek*/ 300'000, /*table entry*/ 45'000,
                   /*table bytes*/ 150, /*block bytes*/ 100, /*compress bytes*/ 2'000, /*decompress bytes*/ 500,
                   /*filter probe*/ 25'000, /*block seek*/ 150'000, /*merge match*/ 8'000},
     .what = "4 processors of 3 GHz"},
    {.name = "none", .what = "work takes no time"},
}};

// Require a name that is there.
inline const DeviceProfile& device_named(std::string_view name) {
  return *std::ranges::find(kDevices, name, &DeviceProfile::name);
}
inline const ProcessorProfile& processor_named(std::string_view name) {
  return *std::ranges::find(kProcessors, name, &ProcessorProfile::name);
}

}  // namespace mylonite::experiments
