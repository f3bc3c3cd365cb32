#include "core/sst/table_salvage.h"

#include <algorithm>
#include <memory>
#include <span>
#include <utility>

#include <mylonite/key_range.h>

#include "core/format/internal_key.h"
#include "core/sst/block.h"
#include "core/sst/format.h"
#include "core/vfs/util.h"

namespace mylonite {
namespace {

// A block's place, and what the index says about it.
struct Place {
  BlockHandle at;
  std::optional<std::string_view> last_key;  // by the index
};

// The parts of a table as far as they can be found.
struct Parts {
  std::vector<Place> data;
  bool index_known = false;
  bool tail_unknown = false;  // the blocks found may not be all
  std::optional<std::string_view> range_deletes;
};

class Search {
 public:
  Search(std::string_view file, FileNumber id) : file_(file), id_(id) {}

  // The envelope that starts at `from` and whose checksum holds.
  std::optional<BlockHandle> block_at(std::uint64_t from, std::uint64_t limit, std::uint64_t longest) {
    const std::uint64_t end = std::min(limit, from + longest + kSealBytes);
    for (std::uint64_t codec = from; codec + kSealBytes <= end && budget_ > 0; ++codec) {
      if (static_cast<std::uint8_t>(file_[codec]) > static_cast<std::uint8_t>(Codec::kZstd)) continue;
      const std::uint64_t stored = codec - from;
      budget_ -= std::min(budget_, stored + 1);
      const std::string_view covered = file_.substr(from, stored + 1);
      if (load_fixed64(file_.data() + codec + 1) != block_checksum(covered, id_, from)) continue;
      return BlockHandle{.offset = from, .stored_bytes = stored};
    }
    return std::nullopt;
  }

  // All envelopes in [0, limit). `whole`: they fill it.
  std::vector<BlockHandle> blocks(std::uint64_t limit, bool& whole) {
    std::vector<BlockHandle> found;
    std::uint64_t longest = 16 << 10;
    std::uint64_t at = 0;
    whole = true;
    bool aligned = true;  // a block starts at `at`
    while (at + kSealBytes <= limit && budget_ > 0) {
      const auto block = block_at(at, limit, aligned ? kBlockBytesMax : 2 * longest);
      aligned = block.has_value();
      whole = whole && aligned;
      if (aligned) {
        found.push_back(*block);
        longest = std::max(longest, block->stored_bytes);
      }
      at = aligned ? block->end() : at + 1;
    }
    whole = whole && at == limit;
    return found;
  }

 private:
  const std::string_view file_;
  const FileNumber id_;
  std::uint64_t budget_ = kSearchBytes;
};

class Salvage {
 public:
  Salvage(std::string_view file, FileNumber id, const TableInfo* expected, const EntryVisitor& visit)
      : file_(file), id_(id), expected_(expected), visit_(visit) {}

  Result<TableSalvage> run() {
    auto parts = find_parts();
    if (!parts.ok()) return parts.error();
    read_range_deletes(*parts);
    for (std::size_t i = 0; i < parts->data.size(); ++i) {
      if (Status done = take_block(*parts, i); !done.ok()) return done.error();
    }
    if (parts->tail_unknown) lose(std::nullopt);
    if (gap_open_) close_gap(largest());
    if (expected_ != nullptr && out_.entries == expected_->entries) out_.gaps.clear();  // nothing is missing
    return std::move(out_);
  }

 private:
  std::optional<std::string_view> payload(BlockHandle part) const {
    if (part.end() > file_.size()) return std::nullopt;
    const auto stored = unseal_block(file_.substr(part.offset, part.end() - part.offset), id_, part.offset);
    if (!stored.ok() || stored->codec != Codec::kNone) return std::nullopt;
    return stored->bytes;
  }
  std::optional<std::string> smallest() const {
    if (expected_ == nullptr) return std::nullopt;
    return std::string(user_key_of(expected_->smallest));
  }
  std::optional<std::string> largest() const {
    if (expected_ == nullptr) return std::nullopt;
    return std::string(user_key_of(expected_->largest));
  }

  Result<Parts> find_parts();
  Parts parts_by_footer(const Footer& footer);
  Parts parts_by_search(std::uint64_t limit, bool to_the_end);
  void read_range_deletes(const Parts& parts);
  Status take_block(const Parts& parts, std::size_t i);
  std::optional<std::vector<std::pair<std::string, std::string>>> entries_of(BlockHandle at);
  bool fits(std::string_view internal_key) const;
  void lose(std::optional<std::string_view> last_key);
  void close_gap(std::optional<std::string> high);

  const std::string_view file_;
  const FileNumber id_;
  const TableInfo* const expected_;
  const EntryVisitor& visit_;
  Decompressor decompressor_;
  std::string last_;  // the last internal key that was read, or that the index names
  bool gap_open_ = false;
  std::optional<std::string> gap_low_;
  TableSalvage out_;
};

Result<Parts> Salvage::find_parts() {
  std::uint64_t size = file_.size();
  if (expected_ != nullptr) size = std::min<std::uint64_t>(size, expected_->file_bytes);
  const bool cut = expected_ != nullptr && size < expected_->file_bytes;
  if (size >= kFooterBytes && !cut) {
    const std::string_view end = file_.substr(size - kFooterBytes, kFooterBytes);
    const auto footer = decode_footer(end, size);
    if (!footer.ok() && footer.error().code() == Code::kUnsupported) return footer.error();
    const bool ours =
        footer.ok() && footer->table == id_ && (expected_ == nullptr || footer_hash(end) == expected_->footer_hash);
    if (ours) return parts_by_footer(*footer);
  }
  // Of an unknown table the last bytes may be data: it may be cut.
  const bool footer_place = expected_ != nullptr && !cut && size >= kFooterBytes;
  return parts_by_search(footer_place ? size - kFooterBytes : size, footer_place);
}

Parts Salvage::parts_by_footer(const Footer& footer) {
  Parts parts;
  parts.range_deletes = payload(footer.range_deletes());
  const auto index = payload(footer.index());
  if (index) {
    const auto entries = decode_index(*index, footer.data_bytes);
    if (entries.ok()) {
      parts.index_known = true;
      for (const IndexEntry& entry : *entries) parts.data.push_back({.at = entry.block, .last_key = entry.last_key});
      return parts;
    }
  }
  bool whole = false;
  for (const BlockHandle& block : Search(file_, id_).blocks(footer.data_bytes, whole)) {
    parts.data.push_back({.at = block, .last_key = std::nullopt});
  }
  parts.tail_unknown = !whole && (parts.data.empty() || parts.data.back().at.end() != footer.data_bytes);
  return parts;
}

// `to_the_end`: the envelopes of a whole table would end at `limit`.
Parts Salvage::parts_by_search(std::uint64_t limit, bool to_the_end) {
  bool whole = false;
  const std::vector<BlockHandle> found = Search(file_, id_).blocks(limit, whole);
  Parts parts;
  // Behind the data come filter and index, and the index tells where the data ends.
  for (std::size_t i = 1; i < found.size(); ++i) {
    const auto index = found[i - 1].end() == found[i].offset ? payload(found[i]) : std::nullopt;
    if (!index) continue;
    const auto entries = decode_index(*index, found[i - 1].offset);
    if (!entries.ok()) continue;
    parts.index_known = true;
    for (const IndexEntry& entry : *entries) parts.data.push_back({.at = entry.block, .last_key = entry.last_key});
    if (i + 1 < found.size() && found[i].end() == found[i + 1].offset) parts.range_deletes = payload(found[i + 1]);
    return parts;
  }
  for (const BlockHandle& block : found) parts.data.push_back({.at = block, .last_key = std::nullopt});
  parts.tail_unknown = true;
  // The last four of a whole table are filter, index, range deletes and properties.
  if (to_the_end && found.size() >= 2 && found.back().end() == limit &&
      found[found.size() - 2].end() == found.back().offset) {
    parts.range_deletes = payload(found[found.size() - 2]);
  }
  return parts;
}

void Salvage::read_range_deletes(const Parts& parts) {
  if (expected_ != nullptr && expected_->range_deletes == 0) return;
  auto decoded = parts.range_deletes ? decode_range_deletes(*parts.range_deletes)
                                     : Result<RangeTombstones>(Error(Code::kCorruption, "lost"));
  if (!decoded.ok()) {
    out_.range_deletes_lost = true;
    return;
  }
  out_.range_deletes = std::move(*decoded);
  for (const RangeTombstones::Fragment& fragment : out_.range_deletes.fragments()) {
    out_.newest = std::max(out_.newest, fragment.stamps.front());
  }
}

bool Salvage::fits(std::string_view internal_key) const {
  if (!is_internal_key(internal_key)) return false;
  if (parse_internal_key(internal_key).kind == Kind::kRangeDelete) return false;
  if (!last_.empty() && compare_internal(last_, internal_key) >= 0) return false;
  if (expected_ == nullptr) return true;
  const Timestamp at = parse_internal_key(internal_key).at;
  return at >= expected_->oldest && at <= expected_->newest &&
         compare_internal(expected_->smallest, internal_key) <= 0 &&
         compare_internal(internal_key, expected_->largest) <= 0;
}

// Empty: not one of this table's data blocks.
std::optional<std::vector<std::pair<std::string, std::string>>> Salvage::entries_of(BlockHandle at) {
  if (at.end() > file_.size()) return std::nullopt;
  const auto stored = unseal_block(file_.substr(at.offset, at.end() - at.offset), id_, at.offset);
  if (!stored.ok()) return std::nullopt;
  auto raw = stored->codec == Codec::kNone ? Result<std::string>(std::string(stored->bytes))
                                           : decompressor_.decompress(stored->codec, stored->bytes);
  if (!raw.ok()) return std::nullopt;
  auto block = Block::parse(std::move(*raw));
  if (!block.ok()) return std::nullopt;
  std::vector<std::pair<std::string, std::string>> entries;
  BlockIterator cursor(std::make_shared<const Block>(std::move(*block)));
  for (cursor.seek_to_first(); cursor.valid(); cursor.next()) {
    const bool ascends =
        entries.empty() || (is_internal_key(cursor.key()) && compare_internal(entries.back().first, cursor.key()) < 0);
    if (!ascends || !fits(cursor.key())) return std::nullopt;
    entries.emplace_back(cursor.key(), cursor.value());
  }
  if (!cursor.status().ok() || entries.empty()) return std::nullopt;
  return entries;
}

void Salvage::lose(std::optional<std::string_view> last_key) {
  if (!gap_open_) {
    gap_open_ = true;
    gap_low_ = last_.empty() ? smallest() : std::optional<std::string>(user_key_of(last_));
  }
  if (!last_key) return;
  last_ = *last_key;
  close_gap(std::string(user_key_of(*last_key)));
}

void Salvage::close_gap(std::optional<std::string> high) {
  gap_open_ = false;
  if (!out_.gaps.empty() && out_.gaps.back().high && gap_low_ && *out_.gaps.back().high >= *gap_low_) {
    out_.gaps.back().high = std::move(high);
    return;
  }
  out_.gaps.push_back({.low = std::move(gap_low_), .high = std::move(high)});
}

Status Salvage::take_block(const Parts& parts, std::size_t i) {
  const Place& place = parts.data[i];
  // Blocks that were searched lie behind one another, or something between them was lost.
  const std::uint64_t before = i == 0 ? 0 : parts.data[i - 1].at.end();
  if (!parts.index_known && place.at.offset != before) lose(std::nullopt);
  const auto entries = entries_of(place.at);
  if (!entries || (place.last_key && entries->back().first != *place.last_key)) {
    // Without an index this may be the filter, or another part that is no data.
    if (parts.index_known) lose(place.last_key);
    return {};
  }
  if (gap_open_) close_gap(std::string(user_key_of(entries->front().first)));
  ++out_.blocks;
  for (const auto& [key, value] : *entries) {
    out_.newest = std::max(out_.newest, parse_internal_key(key).at);
    ++out_.entries;
    if (!visit_) continue;
    if (Status done = visit_(key, value); !done.ok()) return done;
  }
  last_ = entries->back().first;
  return {};
}

}  // namespace

Result<std::string> read_despite_errors(vfs::FileSystem& fs, const std::string& path) {
  auto file = fs.open(path, vfs::OpenMode::kRead);
  if (!file.ok()) return file.error();
  const auto size = (*file)->size();
  if (!size.ok()) return size.error();
  std::string bytes(*size, '\0');
  constexpr std::size_t kPiece = 4096;
  for (std::size_t at = 0; at < bytes.size(); at += kPiece) {
    const std::span<char> piece(bytes.data() + at, std::min(kPiece, bytes.size() - at));
    for (int tries = 0; tries < 2; ++tries) {
      if ((*file)->read_at(at, piece).ok()) break;
      std::ranges::fill(piece, '\0');
    }
  }
  return bytes;
}

Result<TableSalvage> salvage_table(std::string_view file, FileNumber id, const TableInfo* expected,
                                   const EntryVisitor& visit) {
  return Salvage(file, id, expected, visit).run();
}

Result<std::optional<TableInfo>> own_facts(std::string_view file, FileNumber id) {
  if (file.size() < kFooterBytes) return std::optional<TableInfo>();
  const std::string_view end = file.substr(file.size() - kFooterBytes);
  const auto footer = decode_footer(end, file.size());
  if (!footer.ok()) {
    if (footer.error().code() == Code::kUnsupported) return footer.error();
    return std::optional<TableInfo>();
  }
  const BlockHandle part = footer->properties();
  const auto stored = unseal_block(file.substr(part.offset, part.end() - part.offset), id, part.offset);
  TableInfo info;
  if (footer->table != id || !stored.ok() || !decode_properties(stored->bytes, info).ok()) {
    return std::optional<TableInfo>();
  }
  info.number = id;
  info.file_bytes = file.size();
  info.footer_hash = footer_hash(end);
  return std::optional<TableInfo>(std::move(info));
}

}  // namespace mylonite
