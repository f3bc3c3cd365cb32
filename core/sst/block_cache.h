// The cache of decoded data blocks: one budget in bytes for all open tables.
//
// There is no hash table. A table that opens registers an array of slots, one for each data block (CachedBlocks). The
// array lives as long as the open table, so a reused name, number or offset cannot lead to an old block. The slots are
// distributed over a few shards. A shard has a lock, a share of the budget, and a clock over the ring of filled slots.
// A hit sets the slot's bit. To make room, the hand clears bits and evicts the first slot without one (F. Corbató, "A
// Paging Experiment with the Multics System", 1968).
//
// Invariants: bytes() ≤ bytes_max(); a block counts its payload and kOverheadBytes, never capacities; a block larger
// than a shard's share is not kept; a cache of 0 bytes keeps nothing and takes no lock. A holder keeps its block, also
// after an eviction. The caller verifies a block before the insert, so a found block needs no check.
// Thread-safety: any thread; no I/O under a lock. Complexity: a hit is a lock, a copy of a pointer and a bit; an insert
// O(1) amortized; the end of a table O(its slots).
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "core/rt/rt.h"
#include "core/sst/block.h"

namespace mylonite {

class CachedBlocks;

class BlockCache {
 public:
  static constexpr std::uint64_t kOverheadBytes = 128;  // of a block beside its payload: slot, ring, control blocks

  explicit BlockCache(std::uint64_t bytes_max);
  BlockCache(const BlockCache&) = delete;
  BlockCache& operator=(const BlockCache&) = delete;

  struct Counters {
    std::uint64_t hits = 0;
    std::uint64_t misses = 0;
    std::uint64_t evictions = 0;
    std::uint64_t bytes = 0;
  };
  Counters counters() const;  // each is exact; together they need not be of one moment
  std::uint64_t bytes() const { return counters().bytes; }
  std::uint64_t bytes_max() const { return bytes_max_; }

 private:
  friend class CachedBlocks;
  static constexpr std::size_t kShards = 16;
  static constexpr std::uint64_t kShardBytesMin = 4ULL << 20;  // a smaller cache has fewer shards

  struct SlotRef {
    CachedBlocks* table = nullptr;
    std::size_t block = 0;
  };
  struct alignas(64) Shard {
    mutable rt::Mutex mutex;  // guards the slots of this shard, too
    std::vector<SlotRef> ring GUARDED_BY(mutex);
    std::size_t hand GUARDED_BY(mutex) = 0;
    std::atomic<std::uint64_t> bytes{0};  // changed under the lock, read by counters() without it
    std::atomic<std::uint64_t> hits{0};
    std::atomic<std::uint64_t> misses{0};
    std::atomic<std::uint64_t> evictions{0};
  };

  static void drop(Shard& shard, std::size_t at) REQUIRES(shard.mutex);  // the ring's entry and its slot's block
  void make_room(Shard& shard, std::uint64_t bytes) const REQUIRES(shard.mutex);

  const std::uint64_t bytes_max_;
  const std::size_t shards_in_use_;
  const std::uint64_t shard_bytes_max_;
  std::array<Shard, kShards> shards_;
  std::atomic<std::uint64_t> tables_{0};  // registered so far: puts the first slots of tables into different shards
};

// The slots of one open table. It must not outlive the cache.
class CachedBlocks {
 public:
  CachedBlocks(BlockCache& cache, std::size_t blocks);
  ~CachedBlocks();  // drops its blocks
  CachedBlocks(const CachedBlocks&) = delete;
  CachedBlocks& operator=(const CachedBlocks&) = delete;

  std::shared_ptr<const Block> find(std::size_t block);  // null: not cached
  // Returns the block to use from now on: one that another thread inserted first, or this one, cached or not.
  std::shared_ptr<const Block> insert(std::size_t block, std::shared_ptr<const Block> loaded);
  std::uint64_t bytes() const { return slots_.size() * sizeof(Slot); }  // of memory, beside the blocks

 private:
  friend class BlockCache;
  struct Slot {
    std::shared_ptr<const Block> block;
    std::size_t ring_at = 0;  // when there is a block
    bool used = false;        // since the hand last passed
  };
  BlockCache::Shard& shard_of(std::size_t block) {
    return cache_.shards_[(first_shard_ + block) % cache_.shards_in_use_];
  }

  BlockCache& cache_;
  const std::size_t first_shard_;
  std::vector<Slot> slots_;  // none when the cache keeps nothing
};

}  // namespace mylonite
