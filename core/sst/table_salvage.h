// Reads what can be read of a damaged table (layout: core/sst/format.h), for repair.
//
// A block counts if its checksum holds at its place of this table, and its entries parse, ascend, and fit the facts
// that are expected. Where the index cannot be read, blocks are searched by their checksums: each starts where the one
// before it ends, and its length is the one for which the checksum holds. Behind an unreadable block the next start is
// searched likewise. A search gives up after kSearchBytes hashed bytes. It finds no block longer than kBlockBytesMax.
// Bytes that the disk refuses to read count as damaged.
// Thread-safety: pure functions over bytes. Memory: the whole file. Complexity: linear with an index.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mylonite/file_system.h>
#include <mylonite/status.h>
#include <mylonite/table_info.h>

#include "core/format/range_tombstones.h"

namespace mylonite {

inline constexpr std::uint64_t kSearchBytes = 32ULL << 30;
inline constexpr std::uint64_t kBlockBytesMax = 4ULL << 20;

// The file's bytes; where the disk refuses to read, zeros. Error: only if the file cannot be opened.
Result<std::string> read_despite_errors(vfs::FileSystem& fs, const std::string& path);

struct TableSalvage {
  // User keys between which entries were lost, ends included. Empty: no bound is known.
  struct Gap {
    std::optional<std::string> low;
    std::optional<std::string> high;
  };
  std::vector<Gap> gaps;
  std::uint64_t blocks = 0;  // read
  std::uint64_t entries = 0;
  RangeTombstones range_deletes;
  bool range_deletes_lost = false;  // or it is unknown whether there are any
  Timestamp newest;                 // of everything read
};

// `id`: the table's. `expected`: its facts by the manifest; null: unknown. kUnsupported: a newer format.
using EntryVisitor = std::function<Status(std::string_view internal_key, std::string_view value)>;
Result<TableSalvage> salvage_table(std::string_view file, FileNumber id, const TableInfo* expected,
                                   const EntryVisitor& visit);

// The facts of a sound table, from its own file; empty: it is damaged. kUnsupported: a newer format.
Result<std::optional<TableInfo>> own_facts(std::string_view file, FileNumber id);

}  // namespace mylonite
