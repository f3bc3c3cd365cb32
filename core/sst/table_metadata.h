// The metadata that an open table keeps in memory (filter, index and range deletes), and the functions that read the
// parts of its file (layout: core/sst/format.h).
//
// They check everything they read: size, checksums, form, and the properties against the facts that the caller expects.
// Damage is kCorruption, with the file and the offset. Thread-safety: TableMetadata is immutable; the functions may run
// in any threads.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <mylonite/file_system.h>
#include <mylonite/status.h>
#include <mylonite/table_info.h>

#include "core/format/range_tombstones.h"
#include "core/sst/compression.h"
#include "core/sst/filter.h"
#include "core/sst/format.h"

namespace mylonite {

// An open file; borrowed for a call.
struct TableFile {
  vfs::File& file;
  const std::string& name;  // for messages
  const TableInfo& expected;
};

// The footer. Checks that the file has the expected size, and this footer.
Result<Footer> read_footer(const TableFile& table);
// A block's payload, decompressed. `id`: the one in the footer.
Result<std::string> read_block(const TableFile& table, FileNumber id, BlockHandle block, Decompressor& decompressor);

struct TableMetadata {
  Filter filter;
  std::string index_payload;
  std::vector<IndexEntry> index;  // borrows from the payload, so a TableMetadata must not move
  RangeTombstones range_deletes;
  std::uint64_t bytes = 0;  // of memory, approximately

  // The first block whose last key is not before the target; the number of blocks when there is none.
  std::size_t block_for(std::string_view internal_key) const;
};
// One read of the file.
Result<std::unique_ptr<const TableMetadata>> read_metadata(const TableFile& table, const Footer& footer);

}  // namespace mylonite
