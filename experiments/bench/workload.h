// The workloads of a benchmark. Names and a seed alone decide them, so every engine gets the same keys and values in
// the same order.
//
// A store under test holds the keys of indices 0..entries, which sort as their indices do. A value is a piece of one
// half-compressible pool, chosen by (index, generation): the first load writes generation 0, overwriting generation 1.
// It knows no engines and no clocks. Thread-safety: one thread an object. Complexity: Order holds 4 bytes an entry.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <mylonite/random.h>

namespace mylonite::experiments {

enum class Action : std::uint8_t { kPut, kRemove, kGet, kGetMissing, kScanAll, kSeek };
enum class Indices : std::uint8_t { kAscending, kShuffled, kDrawn };  // drawn: with repetitions

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

struct StreamOptions {
  std::uint64_t entries = 1'000'000;  // below 2^32
  std::uint64_t value_bytes = 100;
  std::uint64_t seed = 1;
  bool binary_keys = false;  // otherwise decimal
};

inline constexpr std::size_t kKeyBytes = 16;
inline constexpr std::uint64_t kSeekEntries = 10;  // read by one seek
inline constexpr std::uint64_t kScanPasses = 3;    // of a scan: the first finds cold caches

// The number of operations of a workload; a scan counts entries. Synced writes are slow, and get fewer.
std::uint64_t operations_of(const Workload& workload, const StreamOptions& options, std::uint64_t synced_entries);

class Keys {
 public:
  explicit Keys(const StreamOptions& options);
  std::string_view at(std::uint64_t index);       // readable until the next call
  std::string_view missing(std::uint64_t index);  // a key between at(index) and at(index + 1), never written

 private:
  std::uint64_t entries_;
  bool binary_;
  std::array<char, kKeyBytes + 1> bytes_{};
};

class Values {
 public:
  explicit Values(const StreamOptions& options);
  std::string_view at(std::uint64_t index, std::uint64_t generation) const;

 private:
  std::uint64_t value_bytes_;
  std::string pool_;
};

// The order of indices. Shuffled: each once, then again in the same order.
class Order {
 public:
  Order(Indices indices, const StreamOptions& options);
  std::uint64_t next();

 private:
  Indices indices_;
  std::uint64_t entries_;
  std::uint64_t place_ = 0;
  Random random_;
  std::vector<std::uint32_t> shuffled_;
};

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
