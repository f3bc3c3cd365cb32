// The laboratory's workloads, by name: phases of operations over one key space. Names, sizes and a seed decide every
// operation. Nothing here knows a store.
//
// A workload of N entries has a key space of a share of N. Sizes of phases are shares of N too, in thousandths. So a
// workload keeps its shape from the CI tier to the deep one. Phases that are not measured make the tree to begin with.
// Thread-safety: constants.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "experiments/workload/stream.h"

namespace mylonite::experiments {

enum class OperationKind : std::uint8_t { kInsert, kUpdate, kRead, kReadAbsent, kScan, kReadModifyWrite, kDelete };
inline constexpr std::array<std::string_view, 7> kOperationNames = {
    "insert", "update", "read", "read_absent", "scan", "read_modify_write", "delete"};

// A value is written: the operation has a size.
constexpr bool writes_value(OperationKind kind) {
  return kind == OperationKind::kInsert || kind == OperationKind::kUpdate || kind == OperationKind::kReadModifyWrite;
}

// How often each of the keys that live is drawn. Scrambled: the popular ones lie anywhere in the key space. Latest:
// those that were inserted last are popular. Hotspot: nine of ten draws are of one tenth of the keys, and each tenth
// of the phase has another. Each once: in random order. Queue: a delete takes the first key that lives; a scan
// begins there. A scan from the first key ever would pass every tombstone, in a time that is quadratic in N.
// Recent: one of what the phase inserted last, a twentieth of its length.
enum class Skew : std::uint8_t { kUniform, kScrambledZipf, kLatestZipf, kHotspot, kEachOnce, kQueue, kRecent };

// Entries of a scan, drawn evenly from low to high; or a share of the keys.
struct ScanLengths {
  std::uint64_t low = 1;
  std::uint64_t high = 100;
  std::uint64_t of_keys = 0;  // thousandths; 0: low to high
};

using Mix = std::array<std::uint32_t, kOperationNames.size()>;  // parts of a thousand, by OperationKind

struct Phase {
  std::string_view name;
  std::uint64_t length = 0;  // operations, in thousandths of N
  Mix mix{};
  Indices keys = Indices::kAscending;  // of what is inserted, behind the keys of earlier phases
  Skew skew = Skew::kUniform;          // of all other operations, among the keys that live
  bool measured = true;
  ScanLengths scans{};
  bool bursts = false;        // of an open loop: arrivals come by turns ten times as often, ten turns in a phase
  std::uint64_t seconds = 0;  // operations come evenly over so much virtual time; 0: as they are answered
};

struct WorkloadPlan {
  std::string_view name;
  std::uint64_t key_space = 1000;  // keys, in thousandths of N
  std::array<Phase, 5> phases{};   // those of length 0 do not exist
  std::string_view what;
};
std::span<const WorkloadPlan> workload_plans();
const WorkloadPlan* find_workload_plan(std::string_view name);

}  // namespace mylonite::experiments
