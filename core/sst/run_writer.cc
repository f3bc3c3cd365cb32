#include "core/sst/run_writer.h"

#include <utility>

#include "core/base/invariant.h"
#include "core/format/file_names.h"
#include "core/format/internal_key.h"

namespace mylonite {

RunWriter::RunWriter(RunTarget target, RangeTombstones range_deletes, std::vector<std::string> cuts)
    : target_(std::move(target)), range_deletes_(std::move(range_deletes)), cuts_(std::move(cuts)) {}

bool RunWriter::passes_cut(std::string_view user_key) {
  const std::size_t before = next_cut_;
  while (next_cut_ < cuts_.size() && cuts_[next_cut_] <= user_key) ++next_cut_;
  return next_cut_ != before;
}

Status RunWriter::start_table() {
  const FileNumber number = target_.new_file_number();
  auto file = target_.fs.open(target_.directory + "/" + table_name(number), vfs::OpenMode::kCreateExclusive);
  if (!file.ok()) return file.error();
  open_ = OpenTable{.file = std::move(*file), .builder = nullptr};
  open_->builder = std::make_unique<TableBuilder>(
      *open_->file, BuilderOptions{.table = number,
                                   .block_bytes = target_.options.block_bytes,
                                   .filter_rate = target_.filter_rate,
                                   .compression = codec_named(target_.options.compression)});
  return {};
}

Status RunWriter::finish_table(std::optional<std::string_view> next) {
  auto info = open_->builder->finish(range_deletes_.clipped(low_, next));
  if (!info.ok()) return info.error();
  if (Status done = open_->file->sync(vfs::SyncKind::kDataAndSize); !done.ok()) return done;
  if (Status done = open_->file->close(); !done.ok()) return done;
  open_.reset();
  tables_.push_back(std::move(*info));
  if (next) low_ = *next;
  return {};
}

Status RunWriter::add(std::string_view internal_key, std::string_view value) {
  if (target_.give_up != nullptr && target_.give_up->load(std::memory_order_relaxed)) {
    return Error(Code::kClosed, "given up: the store is closing");
  }
  const std::string_view user_key = user_key_of(internal_key);
  if (passes_cut(user_key)) end_table_ = true;
  if (open_) {
    const bool same_key = user_key == last_user_key_;
    invariant(!end_table_ || !same_key, "a table ends between two user keys");
    const bool full = open_->builder->file_bytes() >= target_.table_bytes_max && !same_key;
    if (end_table_ || full) {
      if (Status done = finish_table(user_key); !done.ok()) return done;
    }
  }
  end_table_ = false;
  if (!open_) {
    if (Status started = start_table(); !started.ok()) return started;
  }
  if (Status done = open_->builder->add(internal_key, value); !done.ok()) return done;
  last_user_key_ = user_key;
  return {};
}

std::uint64_t RunWriter::table_bytes() const { return open_ ? open_->builder->file_bytes() : 0; }

Result<std::vector<TableInfo>> RunWriter::finish() {
  if (!open_ && !range_deletes_.empty()) {
    if (Status started = start_table(); !started.ok()) return started.error();
  }
  if (open_) {
    if (Status done = finish_table(std::nullopt); !done.ok()) return done.error();
  }
  if (Status done = target_.fs.sync_directory(target_.directory); !done.ok()) return done.error();
  return std::move(tables_);
}

Result<std::vector<TableInfo>> write_run(const RunTarget& target, InternalIterator& entries,
                                         RangeTombstones range_deletes) {
  RunWriter writer(target, std::move(range_deletes));
  for (entries.seek_to_first(); entries.valid(); entries.next()) {
    if (Status done = writer.add(entries.key(), entries.value()); !done.ok()) return done.error();
  }
  if (Status sound = entries.status(); !sound.ok()) return sound.error();
  return writer.finish();
}

}  // namespace mylonite
