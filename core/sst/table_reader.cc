#include "core/sst/table_reader.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/base/bytes.h"
#include "core/base/coding.h"
#include "core/base/invariant.h"
#include "core/sst/table_iterator.h"

namespace mylonite {
namespace {

Result<std::string> read_exactly(vfs::File& file, const std::string& name, std::uint64_t offset, std::size_t size) {
  std::string bytes;
  Result<std::size_t> read = 0;
  bytes.resize_and_overwrite(size, [&](char* to, std::size_t) {  // its argument may be larger in libstdc++ 12
    read = file.read_at(offset, {to, size});
    return read.ok() ? *read : 0;
  });
  if (!read.ok()) return read.error();
  if (*read == size) return bytes;
  return Error(Code::kCorruption, fmt::format("the file ends early: expected {} bytes here, found {}", size, *read))
      .in(name, offset);
}

// The payload, once its checksum holds.
Result<std::string> read_block(vfs::File& file, const std::string& name, FileNumber table, BlockHandle block) {
  auto bytes = read_exactly(file, name, block.offset, block.payload_bytes + kChecksumBytes);
  if (!bytes.ok()) return bytes;
  const std::uint64_t expected = load_fixed64(bytes->data() + block.payload_bytes);
  bytes->resize(block.payload_bytes);
  const std::uint64_t found = block_checksum(*bytes, table, block.offset);
  if (found == expected) return bytes;
  return Error(Code::kCorruption, fmt::format("checksum of a block of {} bytes: expected {:016x}, found {:016x}",
                                              block.payload_bytes, expected, found))
      .in(name, block.offset);
}

// Empty when the two agree in everything but the number.
std::string difference(const TableInfo& expected, const TableInfo& found) {
  auto differ = [](const char* what, auto want, auto have) {
    return fmt::format("{}: expected {}, found {}", what, want, have);
  };
  if (expected.file_bytes != found.file_bytes) return differ("file size", expected.file_bytes, found.file_bytes);
  if (expected.footer_hash != found.footer_hash) return differ("footer hash", expected.footer_hash, found.footer_hash);
  if (expected.entries != found.entries) return differ("entries", expected.entries, found.entries);
  if (expected.tombstones != found.tombstones) return differ("tombstones", expected.tombstones, found.tombstones);
  if (expected.range_deletes != found.range_deletes)
    return differ("range deletes", expected.range_deletes, found.range_deletes);
  if (expected.oldest_tombstone != found.oldest_tombstone)
    return differ("oldest tombstone", expected.oldest_tombstone.ticks, found.oldest_tombstone.ticks);
  if (expected.oldest != found.oldest) return differ("oldest stamp", expected.oldest.ticks, found.oldest.ticks);
  if (expected.newest != found.newest) return differ("newest stamp", expected.newest.ticks, found.newest.ticks);
  if (expected.smallest != found.smallest)
    return differ("first key", printable(expected.smallest), printable(found.smallest));
  if (expected.largest != found.largest)
    return differ("last key", printable(expected.largest), printable(found.largest));
  return {};
}

}  // namespace

Result<std::shared_ptr<const TableReader>> TableReader::open(std::unique_ptr<vfs::File> file, const TableInfo& expected,
                                                             std::string name) {
  const auto size = file->size();
  if (!size.ok()) return size.error();
  if (*size != expected.file_bytes) {
    return Error(Code::kCorruption, fmt::format("file size: expected {}, found {}", expected.file_bytes, *size))
        .in(name);
  }
  auto metadata = read_metadata(*file, name);
  if (!metadata.ok()) return metadata.error();
  if (std::string differs = difference(expected, (*metadata)->info); !differs.empty()) {
    return Error(Code::kCorruption, std::move(differs)).in(name);
  }
  return std::shared_ptr<const TableReader>(new TableReader(std::move(file), std::move(name), std::move(*metadata)));
}

Result<std::unique_ptr<const TableReader::Metadata>> TableReader::read_metadata(vfs::File& file,
                                                                                const std::string& name) {
  const auto size = file.size();
  if (!size.ok()) return size.error();
  if (*size < kFooterBytes) {
    return Error(Code::kCorruption, fmt::format("a table of {} bytes; a footer alone has {}", *size, kFooterBytes))
        .in(name);
  }
  const std::uint64_t footer_at = *size - kFooterBytes;
  const auto end = read_exactly(file, name, footer_at, kFooterBytes);
  if (!end.ok()) return end.error();
  const auto footer = decode_footer(*end, *size);
  if (!footer.ok()) return footer.error().in(name, footer_at);

  const auto filter_payload = read_block(file, name, footer->table, footer->filter());
  if (!filter_payload.ok()) return filter_payload.error();
  auto filter = Filter::parse(*filter_payload);
  if (!filter.ok()) return filter.error().in(name, footer->filter().offset);
  auto index_payload = read_block(file, name, footer->table, footer->index());
  if (!index_payload.ok()) return index_payload.error();
  const auto properties = read_block(file, name, footer->table, footer->properties());
  if (!properties.ok()) return properties.error();

  auto metadata = std::make_unique<Metadata>(
      Metadata{.info = {}, .filter = std::move(*filter), .index_payload = std::move(*index_payload), .index = {}});
  auto index = decode_index(metadata->index_payload, footer->data_bytes);
  if (!index.ok()) return index.error().in(name, footer->index().offset);
  metadata->index = std::move(*index);
  metadata->info.number = footer->table;
  metadata->info.file_bytes = *size;
  metadata->info.footer_hash = footer_hash(*end);
  if (Status decoded = decode_properties(*properties, metadata->info); !decoded.ok()) {
    return decoded.error().in(name, footer->properties().offset);
  }
  return std::unique_ptr<const Metadata>(std::move(metadata));
}

std::size_t TableReader::block_for(std::string_view internal_key) const {
  const auto& index = metadata_->index;
  const auto found = std::lower_bound(
      index.begin(), index.end(), internal_key,
      [](const IndexEntry& entry, std::string_view key) { return compare_internal(entry.last_key, key) < 0; });
  return static_cast<std::size_t>(found - index.begin());
}

Result<std::shared_ptr<const Block>> TableReader::load_block(std::size_t i) const {
  auto payload = read_block(*file_, name_, metadata_->info.number, metadata_->index[i].block);
  if (!payload.ok()) return payload.error();
  auto block = Block::parse(std::move(*payload));
  if (!block.ok()) return damaged(i, block.error().message());
  return std::make_shared<const Block>(std::move(*block));
}

Error TableReader::damaged(std::size_t block, std::string message) const {
  return Error(Code::kCorruption, std::move(message)).in(name_, metadata_->index[block].block.offset);
}

Result<std::optional<TableReader::Entry>> TableReader::get(std::string_view user_key, Timestamp at) const {
  if (!metadata_->filter.may_contain(user_key)) return std::nullopt;
  std::string target;
  append_internal_key(target, user_key, seek_trailer(at));
  const std::size_t i = block_for(target);
  if (i == metadata_->index.size()) return std::nullopt;
  auto block = load_block(i);
  if (!block.ok()) return block.error();
  BlockIterator cursor(std::move(*block));
  cursor.seek(target);
  if (!cursor.valid()) {
    return damaged(
        i, cursor.status().ok() ? "the block ends before its key in the index" : cursor.status().error().message());
  }
  const ParsedKey found = parse_internal_key(cursor.key());
  if (found.user_key != user_key) return std::nullopt;
  return Entry{.kind = found.kind, .at = found.at, .value = std::string(cursor.value())};
}

std::unique_ptr<InternalIterator> TableReader::iterator() const {
  return std::make_unique<TableIterator>(shared_from_this());
}

Status TableReader::verify() const {
  const auto again = read_metadata(*file_, name_);
  if (!again.ok()) return again.error();
  if (std::string differs = difference(info(), (*again)->info); !differs.empty()) {
    return Error(Code::kCorruption, std::move(differs)).in(name_);
  }
  TableInfo found;
  found.file_bytes = info().file_bytes;
  found.footer_hash = info().footer_hash;
  found.oldest = kTimestampMax;
  for (std::size_t i = 0; i < metadata_->index.size(); ++i) {
    if (Status checked = verify_block(i, found); !checked.ok()) return checked;
  }
  if (std::string differs = difference(info(), found); !differs.empty()) {
    return Error(Code::kCorruption, std::move(differs)).in(name_);
  }
  return {};
}

// Adds the block's entries to what was found before it.
Status TableReader::verify_block(std::size_t i, TableInfo& found) const {
  auto block = load_block(i);
  if (!block.ok()) return block.error();
  BlockIterator cursor(std::move(*block));
  for (cursor.seek_to_first(); cursor.valid(); cursor.next()) {
    const ParsedKey parsed = parse_internal_key(cursor.key());
    if (found.entries == 0) found.smallest = cursor.key();
    if (found.entries > 0 && compare_internal(found.largest, cursor.key()) >= 0) {
      return damaged(i, fmt::format("entry {} of the table is out of order", found.entries));
    }
    if (!metadata_->filter.may_contain(parsed.user_key)) {
      return damaged(i, fmt::format("the filter denies key {}", printable(parsed.user_key)));
    }
    found.largest = cursor.key();
    ++found.entries;
    found.tombstones += parsed.kind == Kind::kPut ? 0 : 1;
    found.oldest = std::min(found.oldest, parsed.at);
    found.newest = std::max(found.newest, parsed.at);
    if (parsed.kind != Kind::kPut) found.oldest_tombstone = std::min(found.oldest_tombstone, parsed.at);
  }
  if (!cursor.status().ok()) return damaged(i, cursor.status().error().message());
  if (found.largest != metadata_->index[i].last_key)
    return damaged(i, "the block's last key is not the one in the index");
  return {};
}

}  // namespace mylonite
