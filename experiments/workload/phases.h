// The laboratory's workloads, by name: phases of operations over one key space. Names, sizes and a seed decide every
// operation. Nothing here knows a store.
//
// A workload of N entries has a key space of a share of N. Sizes of phases are shares of N too, in thousandths. So a
// workload keeps its shape from the CI tier to the deep one. Phases that are not measured make the tree to begin with.
// Thread-safety: constants; an OperationStream is one thread's. Complexity: up to 20 bytes an entry.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include <mylonite/random.h>

#include "experiments/workload/stream.h"
#include "experiments/workload/zipf.h"

namespace mylonite::experiments {

enum class OperationKind : std::uint8_t { kInsert, kUpdate, kRead, kReadAbsent, kScan, kReadModifyWrite, kDelete };
inline constexpr std::array<std::string_view, 7> kOperationNames = {
    "insert", "update", "read", "read_absent", "scan", "read_modify_write", "delete"};

// How often each of the keys that live is drawn. Scrambled: the popular ones lie anywhere in the key space. Latest:
// those that were inserted last are popular. Hotspot: nine of ten draws are of one tenth of the keys, and each tenth
// of the phase has another. Each once: in random order. Queue: a delete takes the first key that lives; a scan
// begins there. A scan from the first key ever would pass every tombstone, in a time that is quadratic in N.
enum class Skew : std::uint8_t { kUniform, kScrambledZipf, kLatestZipf, kHotspot, kEachOnce, kQueue };

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
  bool bursts = false;  // of an open loop: arrivals come by turns ten times as often, ten turns in a phase
};

struct WorkloadPlan {
  std::string_view name;
  std::uint64_t key_space = 1000;  // keys, in thousandths of N
  std::array<Phase, 5> phases{};   // those of length 0 do not exist
  std::string_view what;
};
std::span<const WorkloadPlan> workload_plans();
const WorkloadPlan* find_workload_plan(std::string_view name);

struct PlannedOperation {
  OperationKind kind;
  std::uint64_t index;       // of the key
  std::uint64_t generation;  // of the value that is written; increases with every write; 0: no value is written
  std::uint64_t length = 0;  // entries of a scan
};

// The operations of one phase after another.
class OperationStream {
 public:
  OperationStream(const WorkloadPlan& plan, const StreamOptions& size);  // size.entries: N

  std::span<const Phase> phases() const { return phases_; }
  std::uint64_t keys() const { return keys_; }
  void begin(std::size_t phase);
  std::optional<PlannedOperation> next();           // empty: the phase is over
  std::uint64_t inserted() const { return live_; }  // keys so far, deleted or not
  std::uint64_t total() const;                      // operations of all phases
  std::uint64_t left() const { return left_; }      // of this phase

 private:
  std::uint64_t of_n(std::uint64_t thousandths) const { return entries_ * thousandths / 1000; }
  OperationKind draw_kind(const Mix& mix);
  std::uint64_t draw_index(OperationKind kind);
  std::uint64_t draw_length();

  const std::uint64_t entries_;
  const std::uint64_t keys_;
  const std::uint64_t seed_;
  const std::vector<Phase> phases_;
  Random random_;
  std::uint64_t live_ = 0;  // keys inserted so far, deleted or not: the key space up to there, but amid a phase
  std::uint64_t written_ = 0;
  const Phase* phase_ = nullptr;
  std::uint64_t live_before_ = 0;         // at the beginning of the phase
  std::optional<Order> order_;            // of the keys that this phase inserts
  std::vector<std::uint32_t> scrambled_;  // by rank, or by turn: an index
  std::uint64_t front_ = 0;               // of a queue: the first key that lives
  std::optional<Zipf> zipf_;
  std::uint64_t left_ = 0;  // operations of this phase
};

}  // namespace mylonite::experiments
