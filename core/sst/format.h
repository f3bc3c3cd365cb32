// The layout of a table file, and the codecs of its small parts. A table is written once, front to back, and never
// changed.
//
//   +--------------+-----+----------------+--------+-------+---------------+------------+---------------+
//   | data block 0 | ... | data block n-1 | filter | index | range deletes | properties | footer (64 B) |
//   +--------------+-----+----------------+--------+-------+---------------+------------+---------------+
//
// Each block lies in an envelope that starts where the one before it ends:
//
//   +--------------+------------+-------------------------------------------------------------+
//   | stored bytes | 1 B: codec | fixed64: xxh3-64(stored bytes, codec) ^ mask(table id, offset) |
//   +--------------+------------+-------------------------------------------------------------+
//
// Codec 0 is none: the stored bytes are the block's payload. Only data blocks may have another
// (core/sst/compression.h). The mask depends on the offset where the envelope starts. So a block read from the wrong
// place or the wrong table fails its check. The mask can be replaced without decoding the block, so a block can be
// copied between tables.
//
// Index payload, one entry a data block, in order; offsets are not stored, they follow from the sizes:
//
//   | varint key length | last internal key of the block | varint stored bytes |
//
// Range delete payload, one entry a fragment (core/format/range_tombstones.h), in key order:
//
//   | varint length | low | varint length | high | varint n (≥ 1) | varint stamp × n, newest first |
//
// Properties payload: the facts of TableInfo that the footer does not hold:
//
//   | varint length | smallest | varint length | largest | varint entries | tombstones | range deletes | oldest
//   | newest | oldest tombstone |
//
// Footer:
//
//   +--------------+------------------+-----------------+----------------------+------------------+
//   | fixed64:     | fixed64: of all  | fixed64: filter | fixed64: index       | fixed64: range   |
//   | table id     | data envelopes   | payload         | payload              | delete payload   |   0..40
//   +--------------+------------------+-----------------+----------------------+------------------+
//   | fixed32: properties payload | fixed32: version | fixed64: xxh3-64 of bytes 0..48 | "MYLOTBL1" |  40..64
//   +-----------------------------+------------------+---------------------------------+------------+
//
// All sizes in bytes. A table without entries has no data block and an empty index. Every version of the format keeps
// the footer's size and its last 20 bytes. So a reader can tell another version's table from a damaged one. A checksum
// covers every byte of the file except the magic, which is compared.
//
// Pure functions over bytes: no I/O. Decoders accept any bytes and never trust a size.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <mylonite/status.h>
#include <mylonite/table_info.h>

#include "core/format/range_tombstones.h"
#include "core/sst/compression.h"

namespace mylonite {

inline constexpr std::size_t kFooterBytes = 64;
inline constexpr std::size_t kSealBytes = 9;  // codec and checksum

// The place of a block's stored bytes; its seal follows them.
struct BlockHandle {
  std::uint64_t offset = 0;
  std::uint64_t stored_bytes = 0;

  std::uint64_t end() const { return offset + stored_bytes + kSealBytes; }
};

// Of the stored bytes and the codec behind them.
std::uint64_t block_checksum(std::string_view stored_and_codec, FileNumber table, std::uint64_t offset);
// Appends the seal of the stored bytes. They are the end of `out`, and start at `block.offset` of the file.
void seal_block(std::string& out, Codec codec, FileNumber table, BlockHandle block);
struct StoredBlock {
  Codec codec = Codec::kNone;
  std::string_view bytes;  // borrowed from the envelope
};
Result<StoredBlock> unseal_block(std::string_view envelope, FileNumber table, std::uint64_t offset);

struct Footer {
  FileNumber table;
  std::uint64_t data_bytes = 0;  // all data envelopes together: where the filter's envelope starts
  std::uint64_t filter_bytes = 0;
  std::uint64_t index_bytes = 0;
  std::uint64_t range_delete_bytes = 0;
  std::uint32_t properties_bytes = 0;

  BlockHandle filter() const { return {.offset = data_bytes, .stored_bytes = filter_bytes}; }
  BlockHandle index() const { return {.offset = filter().end(), .stored_bytes = index_bytes}; }
  BlockHandle range_deletes() const { return {.offset = index().end(), .stored_bytes = range_delete_bytes}; }
  BlockHandle properties() const { return {.offset = range_deletes().end(), .stored_bytes = properties_bytes}; }
};

std::string encode_footer(const Footer& footer);
// `bytes` are the file's last kFooterBytes. Checks that the parts fill the file exactly.
Result<Footer> decode_footer(std::string_view bytes, std::uint64_t file_bytes);
std::uint64_t footer_hash(std::string_view bytes);  // the checksum that the encoded footer carries

struct IndexEntry {
  std::string_view last_key;  // borrowed from the index payload
  BlockHandle block;
};
void append_index_entry(std::string& payload, std::string_view last_key, std::uint64_t stored_bytes);
// Checks that keys strictly increase and that the blocks fill 0..data_bytes exactly.
Result<std::vector<IndexEntry>> decode_index(std::string_view payload, std::uint64_t data_bytes);

std::string encode_range_deletes(const RangeTombstones& tombstones);
Result<RangeTombstones> decode_range_deletes(std::string_view payload);

std::string encode_properties(const TableInfo& info);
Status decode_properties(std::string_view payload, TableInfo& info);  // sets all but number, file_bytes, footer_hash

}  // namespace mylonite
