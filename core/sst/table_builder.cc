#include "core/sst/table_builder.h"

#include <algorithm>

#include "core/base/coding.h"
#include "core/base/invariant.h"
#include "core/format/internal_key.h"
#include "core/sst/format.h"

namespace mylonite {

TableBuilder::TableBuilder(vfs::File& file, const BuilderOptions& options)
    : file_(file), options_(options), filter_(options.false_positive_rate) {
  info_.number = options.table;
  info_.oldest = kTimestampMax;
}

Status TableBuilder::add(std::string_view internal_key, std::string_view value) {
  invariant(is_internal_key(internal_key), "a table's keys are internal keys", internal_key.size());
  invariant(info_.entries == 0 || compare_internal(info_.largest, internal_key) < 0, "a table's keys increase",
            info_.entries);
  const ParsedKey parsed = parse_internal_key(internal_key);
  if (info_.entries == 0) info_.smallest = internal_key;
  info_.largest = internal_key;
  ++info_.entries;
  info_.tombstones += parsed.kind == Kind::kPut ? 0 : 1;
  info_.oldest = std::min(info_.oldest, parsed.at);
  info_.newest = std::max(info_.newest, parsed.at);
  if (parsed.kind != Kind::kPut) info_.oldest_tombstone = std::min(info_.oldest_tombstone, parsed.at);

  filter_.add(parsed.user_key);
  block_.add(internal_key, value);
  if (block_.bytes() < options_.block_bytes) return {};
  end_block();
  return chunk_.size() < kChunkBytes ? Status{} : write_chunk();
}

Result<TableInfo> TableBuilder::finish() {
  invariant(info_.entries > 0, "a table holds at least one entry");
  if (!block_.empty()) end_block();
  Footer footer{.table = options_.table, .data_bytes = offset_};
  footer.filter_bytes = put_block(filter_.finish());
  footer.index_bytes = put_block(index_);
  footer.properties_bytes = put_block(encode_properties(info_));
  const std::string end = encode_footer(footer);
  chunk_ += end;
  if (Status written = write_chunk(); !written.ok()) return written.error();
  info_.file_bytes = offset_ + end.size();
  info_.footer_hash = footer_hash(end);
  return std::move(info_);
}

void TableBuilder::end_block() {
  const std::uint64_t payload_bytes = put_block(block_.finish());
  append_index_entry(index_, info_.largest, payload_bytes);
  block_.reset();
}

std::uint64_t TableBuilder::put_block(std::string_view payload) {
  chunk_ += payload;
  put_fixed64(chunk_, block_checksum(payload, options_.table, offset_));
  offset_ += payload.size() + kChecksumBytes;
  return payload.size();
}

Status TableBuilder::write_chunk() {
  Status written = file_.append(chunk_);
  chunk_.clear();
  return written;
}

}  // namespace mylonite
