#include "core/sst/table_builder.h"

#include <utility>

#include "core/base/invariant.h"
#include "core/format/internal_key.h"
#include "core/rt/rt.h"
#include "core/sst/format.h"
#include "core/sst/table_facts.h"

namespace mylonite {

TableBuilder::TableBuilder(vfs::File& file, const BuilderOptions& options)
    : file_(file),
      options_(options),
      filter_(options.filter_rate),
      compressor_(options.compression),
      info_(no_facts()) {
  info_.number = options.table;
}

Status TableBuilder::add(std::string_view internal_key, std::string_view value) {
  invariant(is_internal_key(internal_key), "a table's keys are internal keys", internal_key.size());
  invariant(info_.entries == 0 || compare_internal(info_.largest, internal_key) < 0, "a table's keys increase",
            info_.entries);
  rt::work(rt::Work::kTableEntry, 1);
  count_entry(info_, internal_key);
  filter_.add(user_key_of(internal_key));
  block_.add(internal_key, value);
  if (block_.bytes() < options_.block_bytes) return {};
  end_block();
  return chunk_.size() < kChunkBytes ? Status{} : write_chunk();
}

Result<TableInfo> TableBuilder::finish(const RangeTombstones& range_deletes) {
  invariant(info_.entries > 0 || !range_deletes.empty(), "a table holds at least one entry or range delete");
  if (!block_.empty()) end_block();
  count_range_deletes(info_, range_deletes);
  Footer footer{.table = options_.table, .data_bytes = offset_};
  footer.filter_bytes = put_block(filter_.finish());
  footer.index_bytes = put_block(index_);
  footer.range_delete_bytes = put_block(encode_range_deletes(range_deletes));
  footer.properties_bytes = static_cast<std::uint32_t>(put_block(encode_properties(info_)));
  const std::string end = encode_footer(footer);
  chunk_ += end;
  if (Status written = write_chunk(); !written.ok()) return written.error();
  info_.file_bytes = offset_ + end.size();
  info_.footer_hash = footer_hash(end);
  return std::move(info_);
}

void TableBuilder::end_block() {
  const std::string_view payload = block_.finish();
  rt::work(rt::Work::kTableBytes, payload.size());
  const std::size_t start = chunk_.size();
  const bool compressed = compressor_.compress(payload, chunk_);
  const std::uint64_t stored_bytes = compressed ? seal(compressor_.codec(), start) : put_block(payload);
  append_index_entry(index_, info_.largest, stored_bytes);
  block_.reset();
}

std::uint64_t TableBuilder::put_block(std::string_view payload) {
  const std::size_t start = chunk_.size();
  chunk_ += payload;
  return seal(Codec::kNone, start);
}

std::uint64_t TableBuilder::seal(Codec codec, std::size_t start) {
  const BlockHandle block{.offset = offset_, .stored_bytes = chunk_.size() - start};
  seal_block(chunk_, codec, options_.table, block);
  offset_ = block.end();
  return block.stored_bytes;
}

Status TableBuilder::write_chunk() {
  Status written = file_.append(chunk_);
  chunk_.clear();
  return written;
}

}  // namespace mylonite
