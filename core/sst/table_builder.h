// Writes one table file (layout: core/sst/format.h) from entries in strictly increasing order, and from range deletes.
//
// It appends to the file in chunks of at least kChunkBytes, except the last, so that few file calls happen. The caller
// creates, syncs, closes and removes the file. After an error the builder and the file must be dropped.
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
  FileNumber table;                    // the table's id
  std::uint64_t block_bytes = 4096;    // a data block ends once it is this long, before compression
  std::uint64_t filter_rate = 10'000;  // of false positives, in parts per million
  Codec compression = Codec::kNone;    // of data blocks, if it pays
};

class TableBuilder {
 public:
  static constexpr std::size_t kChunkBytes = 64 << 10;

  // The file is empty and outlives the builder.
  TableBuilder(vfs::File& file, const BuilderOptions& options);

  Status add(std::string_view internal_key, std::string_view value);
  // Ends the table. Requires at least one entry or range delete. No call may follow it.
  Result<TableInfo> finish(const RangeTombstones& range_deletes = {});

  // The file's bytes so far. They grow with every entry; compression lessens them at the end of a block.
  std::uint64_t file_bytes() const { return offset_ + block_.bytes(); }
  std::uint64_t entries() const { return info_.entries; }

 private:
  void end_block();
  std::uint64_t put_block(std::string_view payload);   // uncompressed; returns its bytes
  std::uint64_t seal(Codec codec, std::size_t start);  // of the chunk's bytes from `start` on; returns their number
  Status write_chunk();

  vfs::File& file_;
  const BuilderOptions options_;
  BlockBuilder block_;
  FilterBuilder filter_;
  Compressor compressor_;
  std::string index_;
  std::string chunk_;         // ends at offset_; not yet in the file
  std::uint64_t offset_ = 0;  // of the next envelope in the finished file
  TableInfo info_;
};

}  // namespace mylonite
