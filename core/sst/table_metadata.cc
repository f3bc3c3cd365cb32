#include "core/sst/table_metadata.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/format/internal_key.h"
#include "core/sst/table_facts.h"

namespace mylonite {
namespace {

Result<std::string> read_exactly(const TableFile& table, std::uint64_t offset, std::size_t size) {
  std::string bytes;
  Result<std::size_t> read = 0;
  bytes.resize_and_overwrite(size, [&](char* to, std::size_t) {  // its argument may be larger in libstdc++ 12
    read = table.file.read_at(offset, {to, size});
    return read.ok() ? *read : 0;
  });
  if (!read.ok()) return read.error();
  if (*read == size) return bytes;
  return Error(Code::kCorruption, fmt::format("the file ends early: expected {} bytes here, found {}", size, *read))
      .in(table.name, offset);
}

// The parts between the data and the footer, as one piece of the file.
class Parts {
 public:
  static Result<Parts> read(const TableFile& table, const Footer& footer) {
    auto bytes = read_exactly(table, footer.data_bytes, footer.properties().end() - footer.data_bytes);
    if (!bytes.ok()) return bytes.error();
    return Parts(table.name, footer, std::move(*bytes));
  }
  Result<std::string_view> payload(BlockHandle part) const {
    const std::string_view all = bytes_;
    const std::string_view envelope = all.substr(part.offset - footer_.data_bytes, part.end() - part.offset);
    const auto stored = unseal_block(envelope, footer_.table, part.offset);
    if (!stored.ok()) return stored.error().in(name_, part.offset);
    if (stored->codec == Codec::kNone) return stored->bytes;
    return Error(Code::kCorruption, "only data blocks may be compressed").in(name_, part.offset);
  }

 private:
  Parts(const std::string& name, const Footer& footer, std::string bytes)
      : name_(name), footer_(footer), bytes_(std::move(bytes)) {}

  const std::string& name_;
  const Footer& footer_;
  std::string bytes_;
};

Status check_properties(const TableFile& table, const Footer& footer, std::string_view payload) {
  TableInfo found;
  if (Status decoded = decode_properties(payload, found); !decoded.ok()) {
    return decoded.error().in(table.name, footer.properties().offset);
  }
  found.file_bytes = table.expected.file_bytes;  // read_footer() compared these two
  found.footer_hash = table.expected.footer_hash;
  const std::string differs = difference(table.expected, found);
  if (differs.empty()) return {};
  return Error(Code::kCorruption, differs).in(table.name, footer.properties().offset);
}

}  // namespace

Result<Footer> read_footer(const TableFile& table) {
  const auto size = table.file.size();
  if (!size.ok()) return size.error();
  if (*size != table.expected.file_bytes) {
    return Error(Code::kCorruption, fmt::format("file size: expected {}, found {}", table.expected.file_bytes, *size))
        .in(table.name);
  }
  if (*size < kFooterBytes) {
    return Error(Code::kCorruption, fmt::format("a table of {} bytes; a footer alone has {}", *size, kFooterBytes))
        .in(table.name);
  }
  const std::uint64_t footer_at = *size - kFooterBytes;
  const auto end = read_exactly(table, footer_at, kFooterBytes);
  if (!end.ok()) return end.error();
  auto footer = decode_footer(*end, *size);
  if (!footer.ok()) return footer.error().in(table.name, footer_at);
  if (footer_hash(*end) == table.expected.footer_hash) return footer;
  return Error(Code::kCorruption, fmt::format("footer hash: expected {:016x}, found {:016x}",
                                              table.expected.footer_hash, footer_hash(*end)))
      .in(table.name, footer_at);
}

Result<std::string> read_block(const TableFile& table, FileNumber id, BlockHandle block, Decompressor& decompressor) {
  auto envelope = read_exactly(table, block.offset, block.stored_bytes + kSealBytes);
  if (!envelope.ok()) return envelope;
  const auto stored = unseal_block(*envelope, id, block.offset);
  if (!stored.ok()) return stored.error().in(table.name, block.offset);
  if (stored->codec == Codec::kNone) {
    envelope->resize(block.stored_bytes);
    return envelope;
  }
  auto payload = decompressor.decompress(stored->codec, stored->bytes);
  if (!payload.ok()) return payload.error().in(table.name, block.offset);
  return payload;
}

std::size_t TableMetadata::block_for(std::string_view internal_key) const {
  const auto found = std::lower_bound(
      index.begin(), index.end(), internal_key,
      [](const IndexEntry& entry, std::string_view key) { return compare_internal(entry.last_key, key) < 0; });
  return static_cast<std::size_t>(found - index.begin());
}

Result<std::unique_ptr<const TableMetadata>> read_metadata(const TableFile& table, const Footer& footer) {
  const auto parts = Parts::read(table, footer);
  if (!parts.ok()) return parts.error();
  const auto filter_payload = parts->payload(footer.filter());
  if (!filter_payload.ok()) return filter_payload.error();
  auto filter = Filter::parse(*filter_payload);
  if (!filter.ok()) return filter.error().in(table.name, footer.filter().offset);
  const auto index_payload = parts->payload(footer.index());
  if (!index_payload.ok()) return index_payload.error();
  const auto range_payload = parts->payload(footer.range_deletes());
  if (!range_payload.ok()) return range_payload.error();
  auto range_deletes = decode_range_deletes(*range_payload);
  if (!range_deletes.ok()) return range_deletes.error().in(table.name, footer.range_deletes().offset);
  const auto properties = parts->payload(footer.properties());
  if (!properties.ok()) return properties.error();
  if (Status checked = check_properties(table, footer, *properties); !checked.ok()) return checked.error();

  auto metadata = std::make_unique<TableMetadata>(TableMetadata{.filter = std::move(*filter),
                                                                .index_payload = std::string(*index_payload),
                                                                .index = {},
                                                                .range_deletes = std::move(*range_deletes)});
  auto index = decode_index(metadata->index_payload, footer.data_bytes);
  if (!index.ok()) return index.error().in(table.name, footer.index().offset);
  metadata->index = std::move(*index);
  metadata->bytes = filter_payload->size() + index_payload->size() + range_payload->size() +
                    metadata->index.size() * sizeof(IndexEntry);
  return std::unique_ptr<const TableMetadata>(std::move(metadata));
}

}  // namespace mylonite
