#include "core/sst/table_facts.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/base/bytes.h"
#include "core/format/internal_key.h"

namespace mylonite {

TableInfo no_facts() {
  TableInfo info;
  info.oldest = kTimestampMax;
  return info;
}

void count_entry(TableInfo& info, std::string_view internal_key) {
  const ParsedKey parsed = parse_internal_key(internal_key);
  if (info.entries == 0) info.smallest = internal_key;
  info.largest = internal_key;
  ++info.entries;
  info.oldest = std::min(info.oldest, parsed.at);
  info.newest = std::max(info.newest, parsed.at);
  if (parsed.kind == Kind::kPut) return;
  ++info.tombstones;
  info.oldest_tombstone = std::min(info.oldest_tombstone, parsed.at);
}

void count_range_deletes(TableInfo& info, const RangeTombstones& tombstones) {
  if (tombstones.empty()) return;
  for (const RangeTombstones::Fragment& fragment : tombstones.fragments()) {
    info.range_deletes += fragment.stamps.size();
    info.newest = std::max(info.newest, fragment.stamps.front());
    info.oldest = std::min(info.oldest, fragment.stamps.back());
    info.oldest_tombstone = std::min(info.oldest_tombstone, fragment.stamps.back());
  }
  const RangeTombstones::Fragment& first = tombstones.fragments().front();
  std::string begin = internal_key(first.low, first.stamps.front(), Kind::kRangeDelete);
  std::string end;
  append_internal_key(end, tombstones.fragments().back().high, kBorderTrailer);
  if (info.entries == 0 || compare_internal(begin, info.smallest) < 0) info.smallest = std::move(begin);
  if (info.entries == 0 || compare_internal(end, info.largest) > 0) info.largest = std::move(end);
}

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

}  // namespace mylonite
