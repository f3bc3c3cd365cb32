#include "core/sst/run_writer.h"

#include <memory>
#include <optional>
#include <utility>

#include "core/format/file_names.h"
#include "core/format/internal_key.h"
#include "core/sst/table_builder.h"

namespace mylonite {
namespace {

// The table being written.
struct OpenTable {
  std::unique_ptr<vfs::File> file;
  std::unique_ptr<TableBuilder> builder;
};

Result<OpenTable> start_table(const RunTarget& target) {
  const FileNumber number = target.new_file_number();
  auto file = target.fs.open(target.directory + "/" + table_name(number), vfs::OpenMode::kCreateExclusive);
  if (!file.ok()) return file.error();
  OpenTable table{.file = std::move(*file), .builder = nullptr};
  table.builder = std::make_unique<TableBuilder>(
      *table.file, BuilderOptions{.table = number,
                                  .block_bytes = target.options.block_bytes,
                                  .false_positive_rate = target.options.bloom_false_positive_rate});
  return table;
}

Result<TableInfo> finish_table(OpenTable& table) {
  auto info = table.builder->finish();
  if (!info.ok()) return info.error();
  if (Status done = table.file->sync(vfs::SyncKind::kDataAndSize); !done.ok()) return done.error();
  if (Status done = table.file->close(); !done.ok()) return done.error();
  return info;
}

}  // namespace

Result<std::vector<TableInfo>> write_run(const RunTarget& target, InternalIterator& entries) {
  std::vector<TableInfo> tables;
  std::optional<OpenTable> open;
  std::string last_user_key;
  for (entries.seek_to_first(); entries.valid(); entries.next()) {
    if (target.give_up != nullptr && target.give_up->load(std::memory_order_relaxed)) {
      return Error(Code::kClosed, "given up: the store is closing");
    }
    const std::string_view user_key = user_key_of(entries.key());
    if (open && open->builder->file_bytes() >= target.options.sstable_max_bytes && user_key != last_user_key) {
      auto info = finish_table(*open);
      if (!info.ok()) return info.error();
      tables.push_back(std::move(*info));
      open.reset();
    }
    if (!open) {
      auto started = start_table(target);
      if (!started.ok()) return started.error();
      open = std::move(*started);
    }
    if (Status done = open->builder->add(entries.key(), entries.value()); !done.ok()) return done.error();
    last_user_key = user_key;
  }
  if (Status sound = entries.status(); !sound.ok()) return sound.error();
  if (open) {
    auto info = finish_table(*open);
    if (!info.ok()) return info.error();
    tables.push_back(std::move(*info));
  }
  if (Status done = target.fs.sync_directory(target.directory); !done.ok()) return done.error();
  return tables;
}

}  // namespace mylonite
