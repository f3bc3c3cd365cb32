// Writes one table file (layout: core/sst/format.h) from entries that come in strictly increasing order, and the range
// deletes that go with them.
//
// Appends to the file in chunks of at least kChunkBytes, the last one aside, so that few file calls happen. Does not
// create, sync, close or remove the file: the caller does. After an error the builder and the file are to be dropped.
// Thread-safety: one thread an object. Memory: one block, one chunk, 8 bytes a key for the filter, the index.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <mylonite/file_system.h>
#include <mylonite/status.h>
#include <mylonite/table_info.h>

#include "core/format/range_tombstones.h"
#include "core/sst/block.h"
#include "core/sst/compression.h"
#include "core/sst/filter.h"

namespace mylonite {

struct BuilderOptions {
  FileNumber table;                   // the id the table will carry
  std::uint64_t block_bytes = 4096;   // a data block ends once it is this long, before compression
  double false_positive_rate = 0.01;  // of the filter, 0.0001..0.5
  Codec compression = Codec::kNone;   // of data blocks, where it pays
};

class TableBuilder {
 public:
  static constexpr std::size_t kChunkBytes = 64 << 10;

  // The file is empty and outlives the builder.
  TableBuilder(vfs::File& file, const BuilderOptions& options);

  Status add(std::string_view internal_key, std::string_view value);
  // Ends the table, which has at least one entry or range delete. Nothing may be called after it.
  Result<TableInfo> finish(const RangeTombstones& range_deletes = {});

  // So far: grows with every entry, but for what compression takes off at the end of a block.
  std::uint64_t file_bytes() const { return offset_ + block_.bytes(); }
  std::uint64_t entries() const { return info_.entries; }

 private:
  void end_block();
  std::uint64_t put_block(std::string_view payload);   // as it is; its bytes
  std::uint64_t seal(Codec codec, std::size_t start);  // the stored bytes are the chunk's from `start` on; their number
  Status write_chunk();

  vfs::File& file_;
  const BuilderOptions options_;
  BlockBuilder block_;
  FilterBuilder filter_;
  Compressor compressor_;
  std::string index_;
  std::string chunk_;         // ends at offset_; not yet in the file
  std::uint64_t offset_ = 0;  // in the file to be, of the next envelope
  TableInfo info_;
};

}  // namespace mylonite
