// A workload as a run takes it: a row of the table at its size, or what a file says.
//
// A recording holds operations one by one, with the sizes of their values, and the texts of its keys if they have
// any. Its keys are numbered in the order of their texts. Phases of a recording have lengths, and no mix.
// Thread-safety: values, and one thread an object. Complexity: a recording has 12 bytes an operation, and its keys.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "experiments/workload/phases.h"
#include "experiments/workload/stream.h"

namespace mylonite::experiments {

inline constexpr std::uint32_t kUsualSize = UINT32_MAX;  // of a value: the one that the spec says

struct RecordedOperation {
  std::uint32_t key;       // its number
  std::uint32_t size = 0;  // bytes of the value, or entries of a scan
  OperationKind kind;
};

struct Recording {
  std::vector<RecordedOperation> operations{};
  std::vector<std::string> keys{};    // by number, ascending; empty: as Keys has them
  std::uint64_t key_bytes = 0;        // on average
  std::uint64_t value_bytes_max = 0;  // of any operation
};

struct PlannedWorkload {
  std::uint64_t entries = 0;    // N
  std::uint64_t key_space = 0;  // keys, in thousandths of N
  std::vector<Phase> phases{};
  std::uint64_t value_bytes = 0;                         // what a file says; 0: the spec decides
  std::shared_ptr<const Recording> recording = nullptr;  // null: operations are drawn

  std::uint64_t keys() const { return of_n(key_space); }
  std::uint64_t of_n(std::uint64_t thousandths) const { return entries * thousandths / 1000; }
};

PlannedWorkload workload_of(const WorkloadPlan& plan, std::uint64_t entries);

// What a file counts, it counts in whole operations: then this is N, and thousandths of it are operations.
inline constexpr std::uint64_t kWholeOperations = 1000;

// The texts of a workload's keys.
class KeyTexts {
 public:
  explicit KeyTexts(const PlannedWorkload& workload)
      : keys_({.entries = workload.keys()}), recording_(workload.recording) {}
  // Readable until the next call. An index beyond the last key has a text, too.
  std::string_view at(std::uint64_t index);

 private:
  Keys keys_;
  std::shared_ptr<const Recording> recording_;
  std::string beyond_{};
};

std::uint64_t key_bytes_of(const PlannedWorkload& workload);  // on average

}  // namespace mylonite::experiments
