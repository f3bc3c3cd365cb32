#include "core/tool/inspect.h"

#include <algorithm>
#include <functional>
#include <string>

#include <fmt/format.h>

#include "core/base/json.h"
#include "core/sst/block.h"
#include "core/sst/table_facts.h"
#include "core/tool/table_file.h"
#include "core/tool/text.h"
#include "core/version/manifest.h"

namespace mylonite::tool {
namespace {

struct BlockSums {
  std::uint64_t blocks = 0;
  std::uint64_t compressed = 0;  // of them
  std::uint64_t stored_bytes = 0;
  std::uint64_t bytes = 0;  // before compression
};

using OnEntry = std::function<Status(const ParsedKey&, std::string_view value)>;

Status walk_block(const OpenTableFile& table, BlockHandle at, std::string payload, const OnEntry& on_entry) {
  auto block = Block::parse(std::move(payload));
  if (!block.ok()) return block.error().in(table.name, at.offset);
  BlockIterator cursor(std::make_shared<const Block>(std::move(*block)));
  for (cursor.seek_to_first(); cursor.valid(); cursor.next()) {
    if (Status done = on_entry(parse_internal_key(cursor.key()), cursor.value()); !done.ok()) return done;
  }
  return cursor.status().ok() ? Status() : cursor.status().error().in(table.name, at.offset);
}

Result<BlockSums> walk_blocks(const OpenTableFile& table, const TableMetadata& metadata, const OnEntry& on_entry) {
  BlockSums sums;
  Decompressor decompressor;
  for (const IndexEntry& entry : metadata.index) {
    auto payload = read_block(table.view(), table.footer.table, entry.block, decompressor);
    if (!payload.ok()) return payload.error();
    ++sums.blocks;
    sums.stored_bytes += entry.block.stored_bytes;
    sums.bytes += payload->size();
    if (payload->size() != entry.block.stored_bytes) ++sums.compressed;
    if (!on_entry) continue;
    if (Status done = walk_block(table, entry.block, std::move(*payload), on_entry); !done.ok()) return done.error();
  }
  return sums;
}

// Whether the manifest lists the table, and with the same facts.
struct Standing {
  std::string text;
  bool listed = false;
};
Standing standing_of(const StoreDirectory& store, const OpenTableFile& table) {
  const auto loaded = load_manifest(*store.fs, store.directory);
  if (!loaded.ok()) return {.text = "unknown: " + loaded.error().to_string()};
  const Listed listed = find_listed(loaded->version, table.own.number);
  if (listed.info == nullptr) return {.text = "no: a left-over, which the next open for writing removes"};
  const std::string differs = difference(*listed.info, table.own);
  const std::string where = fmt::format("level {}, run {}", listed.level, listed.run.value);
  return {.text = differs.empty() ? where : fmt::format("{}, but as another table: {}", where, differs),
          .listed = true};
}

Status print_facts(const StoreDirectory& store, const OpenTableFile& table, const cli::Form& form) {
  const TableInfo& own = table.own;
  const Footer& footer = table.footer;
  const Standing standing = standing_of(store, table);
  if (form.json) {
    return cli::print(JsonObject()
                          .text("table", table.name)
                          .number("bytes", own.file_bytes)
                          .number("id", footer.table.value)
                          .flag("listed", standing.listed)
                          .text("listed_as", standing.text)
                          .number("data_bytes", footer.data_bytes)
                          .number("filter_bytes", footer.filter_bytes)
                          .number("index_bytes", footer.index_bytes)
                          .number("range_delete_bytes", footer.range_delete_bytes)
                          .number("properties_bytes", footer.properties_bytes)
                          .number("entries", own.entries)
                          .number("tombstones", own.tombstones)
                          .number("range_deletes", own.range_deletes)
                          .number("oldest", own.oldest.ticks)
                          .number("newest", own.newest.ticks)
                          .bytes("smallest", user_key_of(own.smallest), form.hex)
                          .bytes("largest", user_key_of(own.largest), form.hex)
                          .flag("largest_included", trailer_of(own.largest) != kBorderTrailer)
                          .line());
  }
  std::string text = fmt::format("{}: {} bytes, built as table {}\n", table.name, own.file_bytes, footer.table.value);
  text += fmt::format("  {:<14}{}\n", "listed", standing.text);
  text += fmt::format("  {:<14}data {}, filter {}, index {}, range deletes {}, properties {}, footer {}\n", "parts",
                      footer.data_bytes, footer.filter_bytes, footer.index_bytes, footer.range_delete_bytes,
                      footer.properties_bytes, kFooterBytes);
  text += fmt::format("  {:<14}{}\n", "keys", span_text({.smallest = own.smallest, .largest = own.largest}, form));
  text += fmt::format("  {:<14}{}, of these {}; {}\n", "entries", own.entries, counted(own.tombstones, "tombstone"),
                      counted(own.range_deletes, "range delete"));
  text += fmt::format("  {:<14}{} to {}, oldest tombstone {}\n", "stamps", own.oldest.ticks, own.newest.ticks,
                      stamp_text(own.oldest_tombstone));
  return cli::print(text);
}

Status print_blocks(const OpenTableFile& table, const BlockSums& sums, const cli::Form& form) {
  if (form.json) {
    return cli::print(JsonObject()
                          .number("blocks", sums.blocks)
                          .number("compressed_blocks", sums.compressed)
                          .number("stored_bytes", sums.stored_bytes)
                          .number("uncompressed_bytes", sums.bytes)
                          .line());
  }
  const std::uint64_t tenths = table.own.entries == 0 ? 0 : table.footer.filter_bytes * 80 / table.own.entries;
  return cli::print(
      fmt::format("  {:<14}{}, {} bytes, stored as {} ({}), {} compressed\n  {:<14}{} bytes, {}.{} bits an entry\n",
                  "blocks", sums.blocks, sums.bytes, sums.stored_bytes, percent(sums.stored_bytes, sums.bytes),
                  sums.compressed, "filter", table.footer.filter_bytes, tenths / 10, tenths % 10));
}

Status print_range_deletes(const TableMetadata& metadata, const cli::Form& form) {
  for (const RangeTombstone& each : metadata.range_deletes.list()) {
    const std::string text = form.json ? JsonObject()
                                             .text("kind", "range delete")
                                             .bytes("key", each.low, form.hex)
                                             .bytes("high", each.high, form.hex)
                                             .number("stamp", each.at.ticks)
                                             .line()
                                       : fmt::format("  {:<14}{} .. before {}, stamp {}\n", "range delete",
                                                     shown(each.low, form), shown(each.high, form), each.at.ticks);
    if (Status done = cli::print(text); !done.ok()) return done;
  }
  return {};
}

Status print_entry(const ParsedKey& key, std::string_view value, const cli::Form& form) {
  if (!form.json) {
    return cli::print(fmt::format("{}\t{}\t{}\t{}\n", shown(key.user_key, form, std::string_view::npos), key.at.ticks,
                                  kind_name(key.kind), shown(value, form)));
  }
  JsonObject object;
  object.bytes("key", key.user_key, form.hex).number("stamp", key.at.ticks).text("kind", kind_name(key.kind));
  if (key.kind == Kind::kPut) object.bytes("value", value, form.hex);
  return cli::print(object.line());
}

}  // namespace

Status inspect_sst(const StoreDirectory& store, const TableQuestion& question, const cli::Form& form) {
  const auto numbers = store.numbers(FileKind::kTable);
  if (std::ranges::find(numbers, question.number) == numbers.end()) {
    return Error(Code::kInvalidArgument, fmt::format("there is no {} here", table_name(question.number)));
  }
  const auto table = open_table_file(store, question.number);
  if (!table.ok()) return table.error();
  if (Status done = print_facts(store, *table, form); !done.ok()) return done;
  const auto metadata = read_metadata(table->view(), table->footer);
  if (!metadata.ok()) return metadata.error();
  if (Status done = print_range_deletes(**metadata, form); !done.ok()) return done;
  const auto sums = walk_blocks(*table, **metadata, nullptr);
  if (!sums.ok() && !question.entries) return sums.error();
  if (sums.ok()) {
    if (Status done = print_blocks(*table, *sums, form); !done.ok()) return done;
  }
  if (!question.entries) return {};
  const auto walked = walk_blocks(
      *table, **metadata, [&](const ParsedKey& key, std::string_view value) { return print_entry(key, value, form); });
  return walked.ok() ? Status() : walked.error();
}

}  // namespace mylonite::tool
