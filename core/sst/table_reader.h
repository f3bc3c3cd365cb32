// Reads one table file (layout: core/sst/format.h).
//
// open() checks that the file exists, with the expected size and footer: one open, one read. A table may be opened
// although that check finds damage: then every use makes the check again. The first use reads and checks the metadata
// (filter, index, range deletes), which then stays in memory as long as the reader. An error there goes to that caller
// alone, and the next use tries again. A data block is checked when it is read from the file. Damage is an error with
// file and offset, and affects only its block. The environment's caches hold the blocks and the open file. So the
// file's name must stay on the disk as long as the reader lives.
// Thread-safety: all functions may run in any threads at once; only the first use blocks others, during its I/O.
// Complexity: get reads at most one block, and none when the filter or the index excludes the key.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mylonite/file_system.h>
#include <mylonite/status.h>
#include <mylonite/table_info.h>

#include "core/format/internal_key.h"
#include "core/format/iterator.h"
#include "core/format/range_tombstones.h"
#include "core/rt/rt.h"
#include "core/sst/block.h"
#include "core/sst/block_cache.h"
#include "core/sst/format.h"
#include "core/sst/table_environment.h"
#include "core/sst/table_metadata.h"

namespace mylonite {

// Whether a cursor uses the block cache. Merges read everything once, and would only evict what others read again.
enum class CacheUse : std::uint8_t { kFill, kBypass };

class TableReader : public std::enable_shared_from_this<TableReader> {
 public:
  struct Entry {
    Kind kind = Kind::kPut;
    Timestamp at;
    std::string_view value;              // in the block
    std::shared_ptr<const Block> block;  // never null
  };

  enum class Damage : std::uint8_t { kRefused, kBorne };
  // `expected.number` names the file. The id in the table may differ: a table keeps its id under a new name.
  static Result<std::shared_ptr<const TableReader>> open(std::shared_ptr<TableEnvironment> environment,
                                                         const TableInfo& expected, Damage damage = Damage::kRefused);
  ~TableReader();
  TableReader(const TableReader&) = delete;
  TableReader& operator=(const TableReader&) = delete;

  // The newest entry of the key with a stamp ≤ `at`, also a delete; empty when the table has none. It ignores range
  // deletes.
  Result<std::optional<Entry>> get(std::string_view user_key, Timestamp at) const;
  // The filter's answer for the key. False: the table has no entry of it. It ignores range deletes.
  Result<bool> may_contain(std::string_view user_key) const;
  // How many bytes of the file lie before the key, by the index: where the data block that may hold it starts. 0 up to
  // the first key, the whole file behind the last. Never falls as keys ascend. Reads no data block.
  Result<std::uint64_t> bytes_before(std::string_view user_key) const;
  // A cursor over the entries; it keeps the reader alive.
  std::unique_ptr<InternalIterator> iterator(CacheUse use = CacheUse::kFill) const;
  // Never null; lives as long as the reader. Reads nothing if info() counts none.
  Result<const RangeTombstones*> range_tombstones() const;

  // Reads the whole file again: every checksum, the order of all entries, and that index, filter, range deletes and
  // properties agree with them. Bypasses the cache.
  Status verify() const;

  const TableInfo& info() const { return info_; }
  bool opened_damaged() const { return opened_damaged_; }
  bool is_missing() const;  // its file; looks for it

  // For policies: the counts of reads, as in PolicyView. A read that looks into several tables notes each.
  bool counts_reads() const { return environment_->reads.on.load(std::memory_order_relaxed); }
  void note_read() const { probes_.fetch_add(1, std::memory_order_relaxed); }
  void note_wasted() const;
  std::uint64_t probes() const { return probes_.load(std::memory_order_relaxed); }
  std::uint64_t wasted() const { return wasted_.load(std::memory_order_relaxed); }
  void set_probes(std::uint64_t probes) const { probes_.store(probes, std::memory_order_relaxed); }
  void forget_wasted() const { wasted_.store(0, std::memory_order_relaxed); }

 private:
  friend class TableIterator;

  struct Loaded {
    Loaded(BlockCache& cache, FileNumber id, std::unique_ptr<const TableMetadata> from_file)
        : table(id), metadata(std::move(from_file)), blocks(cache, metadata->index.size()) {}
    std::uint64_t bytes() const { return metadata->bytes + blocks.bytes(); }

    const FileNumber table;  // the id that its blocks are sealed with
    std::unique_ptr<const TableMetadata> metadata;
    CachedBlocks blocks;
  };

  TableReader(std::shared_ptr<TableEnvironment> environment, const TableInfo& info);

  Result<std::shared_ptr<vfs::File>> file() const;
  Status check_footer() const;
  Result<Loaded*> load() const;  // never null
  Result<std::shared_ptr<const Block>> load_block(Loaded& loaded, std::size_t i, CacheUse use) const;
  Result<std::shared_ptr<const Block>> read_data_block(FileNumber table, BlockHandle at) const;
  Status verify_block(const TableMetadata& metadata, FileNumber table, std::size_t i, TableInfo& found) const;
  Error damaged(BlockHandle block, std::string message) const;

  const std::shared_ptr<TableEnvironment> environment_;
  const TableInfo info_;
  const std::string name_;
  bool opened_damaged_ = false;  // unguarded: set by open(), before any other thread has the reader

  mutable rt::Mutex loading_;                                  // held during the first read of the metadata
  mutable std::optional<Footer> footer_ GUARDED_BY(loading_);  // empty: damaged when it was last looked at
  mutable std::unique_ptr<Loaded> owned_ GUARDED_BY(loading_);
  mutable std::atomic<Loaded*> loaded_ = nullptr;  // published once, then never changed

  mutable std::atomic<std::uint64_t> probes_ = 0;
  mutable std::atomic<std::uint64_t> wasted_ = 0;
};

}  // namespace mylonite
