#include "core/tool/table_file.h"

#include <utility>

#include <fmt/format.h>

namespace mylonite::tool {

Result<OpenTableFile> open_table_file(const StoreDirectory& store, FileNumber number) {
  OpenTableFile table{.file = nullptr, .name = table_name(number), .own = {}, .footer = {}};
  auto file = store.fs->open(store.path(table.name), vfs::OpenMode::kRead);
  if (!file.ok()) return file.error();
  table.file = std::move(*file);
  const auto size = table.file->size();
  if (!size.ok()) return size.error();
  table.own.number = number;
  table.own.file_bytes = *size;
  if (*size >= kFooterBytes) {
    std::string end(kFooterBytes, '\0');
    const auto read = table.file->read_at(*size - kFooterBytes, end);
    if (!read.ok()) return read.error();
    table.own.footer_hash = footer_hash(end);
  }
  const auto footer = read_footer(table.view());
  if (!footer.ok()) return footer.error();
  table.footer = *footer;
  Decompressor decompressor;
  const auto properties = read_block(table.view(), footer->table, footer->properties(), decompressor);
  if (!properties.ok()) return properties.error();
  if (Status decoded = decode_properties(*properties, table.own); !decoded.ok()) {
    return decoded.error().in(table.name, footer->properties().offset);
  }
  return table;
}

Listed find_listed(const Version& version, FileNumber number) {
  for (std::size_t level = 0; level < version.levels.size(); ++level) {
    for (const Run& run : version.levels[level].runs) {
      for (const TableInfo& table : run.tables) {
        if (table.number == number) return {.level = level, .run = run.id, .info = &table};
      }
    }
  }
  return {};
}

}  // namespace mylonite::tool
