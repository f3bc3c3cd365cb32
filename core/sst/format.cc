#include "core/sst/format.h"

#include <optional>
#include <utility>

#include <fmt/format.h>

#include "core/base/coding.h"
#include "core/base/hash.h"
#include "core/format/internal_key.h"

namespace mylonite {
namespace {

constexpr std::string_view kMagic = "MYLOTBL1";
constexpr std::uint32_t kVersion = 2;
constexpr std::size_t kFooterChecksumAt = 48;

Error damaged(std::string message) { return Error(Code::kCorruption, std::move(message)); }

}  // namespace

std::uint64_t block_checksum(std::string_view stored_and_codec, FileNumber table, std::uint64_t offset) {
  const std::uint64_t mask = mix64(mix64(table.value + 1) + offset);
  return hash64(stored_and_codec) ^ mask;
}

void seal_block(std::string& out, Codec codec, FileNumber table, BlockHandle block) {
  out += static_cast<char>(codec);
  const std::string_view covered = std::string_view(out).substr(out.size() - block.stored_bytes - 1);
  put_fixed64(out, block_checksum(covered, table, block.offset));
}

Result<StoredBlock> unseal_block(std::string_view envelope, FileNumber table, std::uint64_t offset) {
  if (envelope.size() < kSealBytes) return damaged(fmt::format("a block of {} bytes", envelope.size()));
  const std::size_t stored_bytes = envelope.size() - kSealBytes;
  const std::uint64_t expected = load_fixed64(envelope.data() + stored_bytes + 1);
  const std::uint64_t found = block_checksum(envelope.substr(0, stored_bytes + 1), table, offset);
  if (found != expected) {
    return damaged(
        fmt::format("checksum of a block of {} bytes: expected {:016x}, found {:016x}", stored_bytes, expected, found));
  }
  const auto codec = static_cast<Codec>(static_cast<std::uint8_t>(envelope[stored_bytes]));
  if (codec > Codec::kZstd) return damaged(fmt::format("a block under the unknown codec {}", envelope[stored_bytes]));
  return StoredBlock{.codec = codec, .bytes = envelope.substr(0, stored_bytes)};
}

std::string encode_footer(const Footer& footer) {
  std::string out;
  put_fixed64(out, footer.table.value);
  put_fixed64(out, footer.data_bytes);
  put_fixed64(out, footer.filter_bytes);
  put_fixed64(out, footer.index_bytes);
  put_fixed64(out, footer.range_delete_bytes);
  put_fixed32(out, footer.properties_bytes);
  put_fixed32(out, kVersion);
  put_fixed64(out, hash64(out));
  out += kMagic;
  return out;
}

std::uint64_t footer_hash(std::string_view bytes) { return load_fixed64(bytes.data() + kFooterChecksumAt); }

Result<Footer> decode_footer(std::string_view bytes, std::uint64_t file_bytes) {
  if (bytes.size() != kFooterBytes)
    return damaged(fmt::format("a footer of {} bytes, expected {}", bytes.size(), kFooterBytes));
  if (!bytes.ends_with(kMagic)) return damaged("the file does not end with a table's magic");
  const std::uint64_t expected = footer_hash(bytes);
  const std::uint64_t found = hash64(bytes.substr(0, kFooterChecksumAt));
  if (found != expected)
    return damaged(fmt::format("footer checksum: expected {:016x}, found {:016x}", expected, found));

  Footer footer;
  std::uint32_t version = 0;
  std::string_view in = bytes;
  const bool whole = get_fixed64(in, footer.table.value) && get_fixed64(in, footer.data_bytes) &&
                     get_fixed64(in, footer.filter_bytes) && get_fixed64(in, footer.index_bytes) &&
                     get_fixed64(in, footer.range_delete_bytes) && get_fixed32(in, footer.properties_bytes) &&
                     get_fixed32(in, version);
  if (!whole) return damaged("the footer is cut");
  if (version != kVersion) {
    return Error(Code::kUnsupported, fmt::format("table format {}; this program reads format {}", version, kVersion));
  }
  // Each part is compared by itself first, so that the sum cannot overflow.
  const std::uint64_t parts[] = {footer.data_bytes, footer.filter_bytes, footer.index_bytes, footer.range_delete_bytes,
                                 footer.properties_bytes};
  for (std::uint64_t part : parts) {
    if (part > file_bytes) return damaged(fmt::format("a part of {} bytes in a table of {}", part, file_bytes));
  }
  if (footer.properties().end() + kFooterBytes != file_bytes) {
    return damaged(fmt::format("the footer describes {} bytes, the file has {}",
                               footer.properties().end() + kFooterBytes, file_bytes));
  }
  return footer;
}

void append_index_entry(std::string& payload, std::string_view last_key, std::uint64_t stored_bytes) {
  put_length_prefixed(payload, last_key);
  put_varint(payload, stored_bytes);
}

Result<std::vector<IndexEntry>> decode_index(std::string_view payload, std::uint64_t data_bytes) {
  std::vector<IndexEntry> entries;
  BlockHandle block;
  while (!payload.empty()) {
    std::string_view key;
    if (!get_length_prefixed(payload, key) || !get_varint64(payload, block.stored_bytes) || !is_internal_key(key)) {
      return damaged(fmt::format("index entry {} is malformed", entries.size()));
    }
    if (!entries.empty() && compare_internal(entries.back().last_key, key) >= 0) {
      return damaged(fmt::format("index entry {} is out of order", entries.size()));
    }
    if (block.stored_bytes > data_bytes || block.end() > data_bytes) {
      return damaged(fmt::format("index entry {} points beyond the data's {} bytes", entries.size(), data_bytes));
    }
    entries.push_back({.last_key = key, .block = block});
    block.offset = block.end();
  }
  if (block.offset != data_bytes) {
    return damaged(fmt::format("the index covers {} bytes of data, expected {}", block.offset, data_bytes));
  }
  return entries;
}

std::string encode_range_deletes(const RangeTombstones& tombstones) {
  std::string out;
  for (const RangeTombstones::Fragment& fragment : tombstones.fragments()) {
    put_length_prefixed(out, fragment.low);
    put_length_prefixed(out, fragment.high);
    put_varint(out, fragment.stamps.size());
    for (Timestamp at : fragment.stamps) put_varint(out, at.ticks);
  }
  return out;
}

Result<RangeTombstones> decode_range_deletes(std::string_view payload) {
  std::vector<RangeTombstones::Fragment> fragments;
  while (!payload.empty()) {
    std::string_view low;
    std::string_view high;
    std::uint64_t stamps = 0;
    bool whole =
        get_length_prefixed(payload, low) && get_length_prefixed(payload, high) && get_varint64(payload, stamps);
    whole = whole && stamps <= payload.size();  // each has a byte at least
    if (!whole) return damaged(fmt::format("range delete {} is malformed", fragments.size()));
    RangeTombstones::Fragment& fragment = fragments.emplace_back();
    fragment = {.low = std::string(low), .high = std::string(high), .stamps = std::vector<Timestamp>(stamps)};
    for (Timestamp& at : fragment.stamps) whole = whole && get_varint(payload, at.ticks, kTimestampMax.ticks);
    if (!whole) return damaged(fmt::format("the stamps of range delete {} are malformed", fragments.size() - 1));
  }
  auto tombstones = RangeTombstones::of_fragments(std::move(fragments));
  if (!tombstones) return damaged("range deletes that overlap or are out of order");
  return std::move(*tombstones);
}

std::string encode_properties(const TableInfo& info) {
  std::string out;
  put_length_prefixed(out, info.smallest);
  put_length_prefixed(out, info.largest);
  put_varint(out, info.entries);
  put_varint(out, info.tombstones);
  put_varint(out, info.range_deletes);
  put_varint(out, info.oldest.ticks);
  put_varint(out, info.newest.ticks);
  put_varint(out, info.oldest_tombstone.ticks);
  return out;
}

Status decode_properties(std::string_view payload, TableInfo& info) {
  std::string_view smallest;
  std::string_view largest;
  const bool whole = get_length_prefixed(payload, smallest) && get_length_prefixed(payload, largest) &&
                     get_varint64(payload, info.entries) && get_varint64(payload, info.tombstones) &&
                     get_varint64(payload, info.range_deletes) && get_varint64(payload, info.oldest.ticks) &&
                     get_varint64(payload, info.newest.ticks) && get_varint64(payload, info.oldest_tombstone.ticks) &&
                     payload.empty();
  if (!whole || !is_internal_key(smallest) || !is_internal_key(largest)) return damaged("the properties are malformed");
  info.smallest = smallest;
  info.largest = largest;
  return {};
}

}  // namespace mylonite
