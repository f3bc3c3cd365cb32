// What an open table keeps in memory besides blocks: filter, index and range deletes; and how its parts are read from
// its file (layout: core/sst/format.h).
//
// Everything read is checked: size, checksums, form, and that the properties are the facts that the caller expects.
// Damage is kCorruption and names the file and the offset. Thread-safety: TableMetadata is immutable; the functions
// may run in any threads.
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

// The footer, which is the one expected in a file of the size expected.
Result<Footer> read_footer(const TableFile& table);
// A block's payload, decompressed. `id`: the one in the footer.
Result<std::string> read_block(const TableFile& table, FileNumber id, BlockHandle block, Decompressor& decompressor);

struct TableMetadata {
  Filter filter;
  std::string index_payload;
  std::vector<IndexEntry> index;  // borrows from the payload: a TableMetadata stays where it was made
  RangeTombstones range_deletes;
  std::uint64_t bytes = 0;  // of memory, about

  // The first block whose last key is not before the target; the number of blocks when there is none.
  std::size_t block_for(std::string_view internal_key) const;
};
// One read of the file.
Result<std::unique_ptr<const TableMetadata>> read_metadata(const TableFile& table, const Footer& footer);

}  // namespace mylonite
