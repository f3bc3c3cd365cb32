#include "core/sst/block_cache.h"

#include <algorithm>
#include <utility>

#include "core/base/invariant.h"

namespace mylonite {
namespace {

std::uint64_t charge(const Block& block) { return block.bytes() + BlockCache::kOverheadBytes; }

void count(std::atomic<std::uint64_t>& counter) { counter.fetch_add(1, std::memory_order_relaxed); }

}  // namespace

BlockCache::BlockCache(std::uint64_t bytes_max)
    : bytes_max_(bytes_max),
      shards_in_use_(std::clamp<std::uint64_t>(bytes_max / kShardBytesMin, 1, kShards)),
      shard_bytes_max_(bytes_max / shards_in_use_) {}

BlockCache::Counters BlockCache::counters() const {
  Counters sum;
  for (const Shard& shard : shards_) {
    sum.hits += shard.hits.load(std::memory_order_relaxed);
    sum.misses += shard.misses.load(std::memory_order_relaxed);
    sum.evictions += shard.evictions.load(std::memory_order_relaxed);
    sum.bytes += shard.bytes.load(std::memory_order_relaxed);
  }
  return sum;
}

void BlockCache::drop(Shard& shard, std::size_t at) {
  const SlotRef gone = shard.ring[at];
  CachedBlocks::Slot& slot = gone.table->slots_[gone.block];
  shard.bytes.fetch_sub(charge(*slot.block), std::memory_order_relaxed);
  slot.block.reset();
  // The ring's last entry takes the place.
  shard.ring[at] = shard.ring.back();
  shard.ring[at].table->slots_[shard.ring[at].block].ring_at = at;
  shard.ring.pop_back();
}

void BlockCache::make_room(Shard& shard, std::uint64_t bytes) const {
  while (shard.bytes.load(std::memory_order_relaxed) + bytes > shard_bytes_max_) {
    invariant(!shard.ring.empty(), "an empty shard has room for what fits its share", bytes);
    if (shard.hand >= shard.ring.size()) shard.hand = 0;
    const SlotRef looked_at = shard.ring[shard.hand];
    if (std::exchange(looked_at.table->slots_[looked_at.block].used, false)) {
      ++shard.hand;
    } else {
      drop(shard, shard.hand);
      count(shard.evictions);
    }
  }
}

CachedBlocks::CachedBlocks(BlockCache& cache, std::size_t blocks)
    : cache_(cache),
      first_shard_(cache.tables_.fetch_add(1, std::memory_order_relaxed) % cache.shards_in_use_),
      slots_(cache.bytes_max_ == 0 ? 0 : blocks) {}

CachedBlocks::~CachedBlocks() {
  if (slots_.empty()) return;
  for (std::size_t first = 0; first < std::min(cache_.shards_in_use_, slots_.size()); ++first) {
    BlockCache::Shard& shard = shard_of(first);
    rt::Lock lock(shard.mutex);
    for (std::size_t i = first; i < slots_.size(); i += cache_.shards_in_use_) {
      if (slots_[i].block != nullptr) BlockCache::drop(shard, slots_[i].ring_at);
    }
  }
}

std::shared_ptr<const Block> CachedBlocks::find(std::size_t block) {
  BlockCache::Shard& shard = shard_of(block);
  if (!slots_.empty()) {
    rt::Lock lock(shard.mutex);
    Slot& slot = slots_[block];
    if (slot.block != nullptr) {
      slot.used = true;
      count(shard.hits);
      return slot.block;
    }
  }
  count(shard.misses);
  return nullptr;
}

std::shared_ptr<const Block> CachedBlocks::insert(std::size_t block, std::shared_ptr<const Block> loaded) {
  const std::uint64_t bytes = charge(*loaded);
  if (slots_.empty() || bytes > cache_.shard_bytes_max_) return loaded;
  BlockCache::Shard& shard = shard_of(block);
  rt::Lock lock(shard.mutex);
  Slot& slot = slots_[block];
  if (slot.block != nullptr) return slot.block;
  cache_.make_room(shard, bytes);
  slot.block = std::move(loaded);
  slot.used = false;
  slot.ring_at = shard.ring.size();
  shard.ring.push_back({.table = this, .block = block});
  shard.bytes.fetch_add(bytes, std::memory_order_relaxed);
  return slot.block;
}

}  // namespace mylonite
