// The workloads of a benchmark. Names and a seed alone decide them, so every engine gets the same keys and values in
// the same order.
//
// A store under test holds the keys of indices 0..entries, which sort as their indices do. A value is a piece of one
// half-compressible pool, chosen by (index, generation): the first load writes generation 0, overwriting generation 1.
// It knows no engines and no clocks. Thread-safety: one thread an object. Complexity: Order holds 4 bytes an entry.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "experiments/workload/stream.h"

namespace mylonite::experiments {

enum class Action : std::uint8_t { kPut, kRemove, kGet, kGetMissing, kScanAll, kSeek };

struct Workload {
  std::string_view name;
  Action action;
  Indices indices;
  bool loaded;  // begins with a store of all entries, otherwise with an empty one
  bool synced;  // every write durable before the next
  std::uint64_t generation = 0;

  bool writes() const { return action == Action::kPut || action == Action::kRemove; }
};
std::span<const Workload> workloads();
const Workload* find_workload(std::string_view name);

inline constexpr std::uint64_t kSeekEntries = 10;  // read by one seek
inline constexpr std::uint64_t kScanPasses = 3;    // of a scan: the first finds cold caches

// The number of operations of a workload; a scan counts entries. Synced writes are slow, and get fewer.
std::uint64_t operations_of(const Workload& workload, const StreamOptions& options, std::uint64_t synced_entries);

// The digest of an entry; an engine's scan computes the sum over entries, and the model predicts it. The sum ignores
// the order. A digest reads 24 bytes of an entry.
std::uint64_t entry_digest(std::string_view key, std::string_view value);

struct Seen {
  std::uint64_t entries = 0;
  std::uint64_t digest = 0;

  void add(std::string_view key, std::string_view value) {
    ++entries;
    digest += entry_digest(key, value);
  }
  bool operator==(const Seen&) const = default;
};

// The store's contents: the generation of each entry, or absent.
class Model {
 public:
  explicit Model(const StreamOptions& options, bool loaded);
  void put(std::uint64_t index, std::uint64_t generation) { generation_[index] = static_cast<std::int8_t>(generation); }
  void remove(std::uint64_t index) { generation_[index] = kAbsent; }
  std::uint64_t live() const;
  // The result of a scan of at most `limit` entries from this index.
  Seen scan(std::uint64_t from, std::uint64_t limit);

 private:
  static constexpr std::int8_t kAbsent = -1;
  Keys keys_;
  Values values_;
  std::vector<std::int8_t> generation_;
};

}  // namespace mylonite::experiments
