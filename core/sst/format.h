// The layout of a table file, and the codecs of its small parts. Written once, front to back; never changed.
//
//   +--------------+-----+----------------+--------------+-------------+------------------+----------------+
//   | data block 0 | ... | data block n-1 | filter block | index block | properties block | footer (64 B)  |
//   +--------------+-----+----------------+--------------+-------------+------------------+----------------+
//
// Each block lies in an envelope that starts where the one before it ends:
//
//   +---------+------------------------------------------------------+
//   | payload | fixed64: xxh3-64(payload) ^ mask(table id, offset)   |      offset: where the envelope starts
//   +---------+------------------------------------------------------+
//
// The mask makes a block that was read from the wrong place or the wrong table fail its check, and can be exchanged for
// another without decoding the payload, so a block can be copied between tables as it is.
//
// Index payload, one entry a data block, in order; offsets are not stored, they follow from the sizes:
//
//   | varint key length | last internal key of the block | varint payload size |
//
// Properties payload: the facts of TableInfo that the footer does not hold:
//
//   | varint length | smallest | varint length | largest | varint entries | tombstones | range deletes | oldest
//   | newest | oldest tombstone |
//
// Footer:
//
//   +--------------+------------------+-----------------+----------------------+------------------+
//   | fixed64:     | fixed64: payload | fixed64         | fixed64              | fixed64          |
//   | table id     | of all data      | filter payload  | index payload        | properties       |   0..40
//   |              | envelopes, bytes | bytes           | bytes                | payload bytes    |
//   +--------------+--------+---------+-------+---------+-------------+--------+------------------+
//   | fixed32: 0   | fixed32: version | fixed64: xxh3-64 of bytes 0..48 | 8 bytes: "MYLOTBL1"     |  40..64
//   +--------------+------------------+---------------------------------+-------------------------+
//
// Every version of the format keeps the footer's size and its last 20 bytes, so a reader can tell a newer table from a
// damaged one. Every byte of the file is covered by a checksum, the magic by comparison.
//
// Pure functions over bytes: no I/O. Decoders accept any bytes and never trust a size.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"
#include "core/format/table_info.h"

namespace mylonite {

inline constexpr std::size_t kChecksumBytes = 8;
inline constexpr std::size_t kFooterBytes = 64;

// Where a payload lies; its checksum follows it.
struct BlockHandle {
  std::uint64_t offset = 0;
  std::uint64_t payload_bytes = 0;

  std::uint64_t end() const { return offset + payload_bytes + kChecksumBytes; }
};

std::uint64_t block_checksum(std::string_view payload, FileNumber table, std::uint64_t offset);

struct Footer {
  FileNumber table;
  std::uint64_t data_bytes = 0;  // all data envelopes together: where the filter's envelope starts
  std::uint64_t filter_bytes = 0;
  std::uint64_t index_bytes = 0;
  std::uint64_t properties_bytes = 0;

  BlockHandle filter() const { return {.offset = data_bytes, .payload_bytes = filter_bytes}; }
  BlockHandle index() const { return {.offset = filter().end(), .payload_bytes = index_bytes}; }
  BlockHandle properties() const { return {.offset = index().end(), .payload_bytes = properties_bytes}; }
};

std::string encode_footer(const Footer& footer);
// `bytes` are the file's last kFooterBytes. The parts it names fill the file exactly.
Result<Footer> decode_footer(std::string_view bytes, std::uint64_t file_bytes);
std::uint64_t footer_hash(std::string_view bytes);  // the checksum that the encoded footer carries

struct IndexEntry {
  std::string_view last_key;  // borrowed from the index payload
  BlockHandle block;
};
void append_index_entry(std::string& payload, std::string_view last_key, std::uint64_t payload_bytes);
// Keys strictly increase and the blocks fill 0..data_bytes exactly; at least one block.
Result<std::vector<IndexEntry>> decode_index(std::string_view payload, std::uint64_t data_bytes);

std::string encode_properties(const TableInfo& info);
Status decode_properties(std::string_view payload, TableInfo& info);  // fills all but number, file_bytes, footer_hash

}  // namespace mylonite
