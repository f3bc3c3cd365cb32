#include "core/sst/table_reader.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "core/base/bytes.h"
#include "core/format/file_names.h"
#include "core/sst/table_facts.h"
#include "core/sst/table_iterator.h"

namespace mylonite {
namespace {

const RangeTombstones kNoRangeDeletes;

// The internal key that sorts before every entry of the key with a stamp ≤ `at`; a short one needs no allocation.
class SeekKey {
 public:
  SeekKey(std::string_view user_key, Timestamp at) {
    if (user_key.size() + kTrailerBytes > room_.size()) {
      append_internal_key(long_, user_key, seek_trailer(at));
      view_ = long_;
      return;
    }
    const std::uint64_t trailer = seek_trailer(at);
    std::ranges::copy(user_key, room_.begin());
    std::memcpy(room_.data() + user_key.size(), &trailer, kTrailerBytes);
    view_ = {room_.data(), user_key.size() + kTrailerBytes};
  }
  SeekKey(const SeekKey&) = delete;
  SeekKey& operator=(const SeekKey&) = delete;
  std::string_view view() const { return view_; }

 private:
  std::array<char, 128> room_{};
  std::string long_;
  std::string_view view_;
};

}  // namespace

TableReader::TableReader(std::shared_ptr<TableEnvironment> environment, const TableInfo& info)
    : environment_(std::move(environment)), info_(info), name_(table_name(info.number)) {}

TableReader::~TableReader() {
  if (owned_ != nullptr) environment_->metadata_bytes.fetch_sub(owned_->bytes(), std::memory_order_relaxed);
  environment_->files.forget(info_.number);
}

Result<std::shared_ptr<const TableReader>> TableReader::open(std::shared_ptr<TableEnvironment> environment,
                                                             const TableInfo& expected, Damage damage) {
  std::shared_ptr<TableReader> reader(new TableReader(std::move(environment), expected));
  const Status checked = reader->check_footer();
  reader->opened_damaged_ = !checked.ok() && checked.error().code() == Code::kCorruption;
  if (checked.ok() || (reader->opened_damaged_ && damage == Damage::kBorne)) return reader;
  return checked.error();
}

Status TableReader::check_footer() const {
  const rt::Lock lock(loading_);
  const auto from = file();
  if (!from.ok()) return from.error();
  const auto footer = read_footer({.file = **from, .name = name_, .expected = info_});
  if (!footer.ok()) return footer.error();
  footer_ = *footer;
  return {};
}

Result<std::shared_ptr<vfs::File>> TableReader::file() const {
  auto file = environment_->files.open(info_.number);
  if (file.ok() || file.error().code() != Code::kNotFound) return file;
  return Error(Code::kCorruption, "this table is listed as live, but its file is missing").in(name_);
}

bool TableReader::is_missing() const {
  const auto from = environment_->files.open(info_.number);
  return !from.ok() && from.error().code() == Code::kNotFound;
}

Result<TableReader::Loaded*> TableReader::load() const {
  if (Loaded* loaded = loaded_.load(std::memory_order_acquire)) return loaded;
  if (opened_damaged_) {
    if (Status checked = check_footer(); !checked.ok()) return checked.error();
  }
  rt::Lock lock(loading_);
  if (owned_ != nullptr) return owned_.get();
  const auto from = file();
  if (!from.ok()) return from.error();
  auto metadata = read_metadata({.file = **from, .name = name_, .expected = info_}, *footer_);
  if (!metadata.ok()) return metadata.error();
  owned_ = std::make_unique<Loaded>(environment_->blocks, footer_->table, std::move(*metadata));
  environment_->metadata_bytes.fetch_add(owned_->bytes(), std::memory_order_relaxed);
  loaded_.store(owned_.get(), std::memory_order_release);
  rt::point("sst.metadata_published");
  return owned_.get();
}

Result<std::shared_ptr<const Block>> TableReader::read_data_block(FileNumber table, BlockHandle at) const {
  const auto from = file();
  if (!from.ok()) return from.error();
  auto payload = read_block({.file = **from, .name = name_, .expected = info_}, table, at, environment_->decompressor);
  if (!payload.ok()) return payload.error();
  rt::work(rt::Work::kBlockBytes, payload->size());
  auto block = Block::parse(std::move(*payload));
  if (!block.ok()) return damaged(at, block.error().message());
  return std::make_shared<const Block>(std::move(*block));
}

Result<std::shared_ptr<const Block>> TableReader::load_block(Loaded& loaded, std::size_t i, CacheUse use) const {
  const BlockHandle at = loaded.metadata->index[i].block;
  if (use == CacheUse::kBypass) return read_data_block(loaded.table, at);
  if (auto cached = loaded.blocks.find(i)) return cached;
  auto block = read_data_block(loaded.table, at);
  if (!block.ok()) return block;
  environment_->blocks_read_bytes.fetch_add(at.end() - at.offset, std::memory_order_relaxed);
  return loaded.blocks.insert(i, std::move(*block));
}

Error TableReader::damaged(BlockHandle block, std::string message) const {
  return Error(Code::kCorruption, std::move(message)).in(name_, block.offset);
}

Result<std::optional<TableReader::Entry>> TableReader::get(std::string_view user_key, Timestamp at) const {
  const auto loaded = load();
  if (!loaded.ok()) return loaded.error();
  const TableMetadata& metadata = *(*loaded)->metadata;
  rt::work(rt::Work::kFilterProbe, 1);
  if (!metadata.filter.may_contain(user_key)) {
    environment_->filter_negatives.fetch_add(1, std::memory_order_relaxed);
    return std::nullopt;
  }
  const auto passed_in_vain = [this] {
    environment_->filter_false_positives.fetch_add(1, std::memory_order_relaxed);
    return std::nullopt;
  };
  const SeekKey target(user_key, at);
  const std::size_t i = metadata.block_for(target.view());
  if (i == metadata.index.size()) return passed_in_vain();
  auto block = load_block(**loaded, i, CacheUse::kFill);
  if (!block.ok()) return block.error();
  BlockIterator cursor(*block);
  cursor.seek(target.view());
  if (!cursor.valid()) {
    return damaged(metadata.index[i].block, cursor.status().ok() ? "the block ends before its key in the index"
                                                                 : cursor.status().error().message());
  }
  const ParsedKey found = parse_internal_key(cursor.key());
  if (found.user_key != user_key) return passed_in_vain();
  return Entry{.kind = found.kind, .at = found.at, .value = cursor.value(), .block = std::move(*block)};
}

Result<bool> TableReader::may_contain(std::string_view user_key) const {
  const auto loaded = load();
  if (!loaded.ok()) return loaded.error();
  return (*loaded)->metadata->filter.may_contain(user_key);
}

Result<std::uint64_t> TableReader::bytes_before(std::string_view user_key) const {
  if (user_key <= user_key_of(info_.smallest)) return 0;
  if (user_key > user_key_of(info_.largest)) return info_.file_bytes;
  const auto loaded = load();
  if (!loaded.ok()) return loaded.error();
  const TableMetadata& metadata = *(*loaded)->metadata;
  const std::size_t i = metadata.block_for(SeekKey(user_key, kTimestampMax).view());
  return i == metadata.index.size() ? info_.file_bytes : metadata.index[i].block.offset;
}

std::unique_ptr<InternalIterator> TableReader::iterator(CacheUse use) const {
  return std::make_unique<TableIterator>(shared_from_this(), use);
}

Result<const RangeTombstones*> TableReader::range_tombstones() const {
  if (info_.range_deletes == 0) return &kNoRangeDeletes;
  const auto loaded = load();
  if (!loaded.ok()) return loaded.error();
  return &(*loaded)->metadata->range_deletes;
}

Status TableReader::verify() const {
  const auto from = file();
  if (!from.ok()) return from.error();
  const TableFile table{.file = **from, .name = name_, .expected = info_};
  const auto footer = read_footer(table);
  if (!footer.ok()) return footer.error();
  const auto metadata = read_metadata(table, *footer);
  if (!metadata.ok()) return metadata.error();

  TableInfo found = no_facts();
  found.file_bytes = info_.file_bytes;
  found.footer_hash = info_.footer_hash;
  for (std::size_t i = 0; i < (*metadata)->index.size(); ++i) {
    if (Status checked = verify_block(**metadata, footer->table, i, found); !checked.ok()) return checked;
  }
  count_range_deletes(found, (*metadata)->range_deletes);
  if (std::string differs = difference(info_, found); !differs.empty()) {
    return Error(Code::kCorruption, std::move(differs)).in(name_);
  }
  return {};
}

// Checks a block, and adds its entries to the facts in `found`.
Status TableReader::verify_block(const TableMetadata& metadata, FileNumber table, std::size_t i,
                                 TableInfo& found) const {
  const BlockHandle at = metadata.index[i].block;
  auto block = read_data_block(table, at);
  if (!block.ok()) return block.error();
  BlockIterator cursor(std::move(*block));
  for (cursor.seek_to_first(); cursor.valid(); cursor.next()) {
    if (found.entries > 0 && compare_internal(found.largest, cursor.key()) >= 0) {
      return damaged(at, fmt::format("entry {} of the table is out of order", found.entries));
    }
    const std::string_view user_key = user_key_of(cursor.key());
    if (!metadata.filter.may_contain(user_key)) {
      return damaged(at, fmt::format("the filter denies key {}", printable(user_key)));
    }
    count_entry(found, cursor.key());
  }
  if (!cursor.status().ok()) return damaged(at, cursor.status().error().message());
  if (found.largest != metadata.index[i].last_key) {
    return damaged(at, "the block's last key is not the one in the index");
  }
  return {};
}

void TableReader::note_wasted() const {
  constexpr std::uint64_t kAskEach = 100;
  if ((wasted_.fetch_add(1, std::memory_order_relaxed) + 1) % kAskEach != 0) return;
  environment_->reads.ask_policy.store(true, std::memory_order_relaxed);
}

}  // namespace mylonite
