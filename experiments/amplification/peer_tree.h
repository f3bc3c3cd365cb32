// A peer's tree under the operations of a run: in memory, with all background work on the caller's thread.
//
// A tree merges only inside flush() and rest(), one job after another until none is due. So its figures depend on the
// operations alone, and are the same in every run with the same version of the peer. Equal settings: no compression,
// 4 KiB blocks, 10 filter bits a key, no block cache; the sizes are those of TreeSizes.
// Units: bytes. Thread-safety: one caller.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <mylonite/status.h>

namespace mylonite::experiments {

struct TreeSizes {
  std::uint64_t memtable_bytes = 0;  // more than a buffer takes: flush() ends a buffer
  std::uint64_t table_bytes = 0;
  std::uint64_t level1_bytes = 0;
  std::uint64_t size_ratio = 10;
  std::uint64_t level0_runs = 4;  // that start a merge
};

// Sums since the tree was opened.
struct TreeTraffic {
  std::uint64_t flush_bytes = 0;
  std::uint64_t merge_bytes_in = 0;  // with what it takes to open new tables
  std::uint64_t merge_bytes_out = 0;
  std::uint64_t largest_merge_bytes = 0;  // that one merge wrote; since restart_largest()
  std::uint64_t merges = 0;
  std::uint64_t client_reads = 0;  // of tables, by gets and scans: a block each
  bool operator==(const TreeTraffic&) const = default;
};

class PeerTree {
 public:
  virtual ~PeerTree() = default;
  virtual Status put(std::string_view key, std::string_view value) = 0;
  virtual Status remove(std::string_view key) = 0;
  virtual Result<bool> get(std::string_view key, std::string& value) = 0;  // false: absent
  // Steps over at most `limit` entries from the first key ≥ `from`. Returns the bytes of their keys and values.
  virtual Result<std::uint64_t> scan(std::string_view from, std::uint64_t limit) = 0;
  virtual Status flush() = 0;  // the buffer becomes tables, then as rest()
  virtual Status rest() = 0;   // carries out what is due; reads may make merges due, too
  virtual const TreeTraffic& traffic() const = 0;
  virtual void restart_largest() = 0;
  virtual std::uint64_t table_bytes() const = 0;  // of all tables now
  virtual std::uint64_t runs() const = 0;         // sorted runs now
};

struct PeerTreeKind {
  std::string_view name;
  std::string_view like;  // the policy of Mylonite that it is nearest to
  std::string_view what;
  std::string_view library;  // name and version
  Result<std::unique_ptr<PeerTree>> (*open)(std::string_view name, const TreeSizes& sizes);
  Status (*check)(const TreeSizes& sizes);  // kInvalidArgument: the peer cannot have these sizes; null: any
};

// Each is in a file of its own. The files exist twice, as those of the engines; without the library there are no rows.
std::span<const PeerTreeKind> rocksdb_trees();
std::span<const PeerTreeKind> leveldb_trees();

}  // namespace mylonite::experiments
