#include "core/tool/inspect.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "core/base/json.h"
#include "core/format/internal_key.h"
#include "core/tool/beside_writer.h"
#include "core/tool/text.h"
#include "core/version/manifest.h"

namespace mylonite::tool {
namespace {

constexpr std::size_t kKeyBytesShown = 16;
constexpr std::string_view kTaken = "█";
constexpr std::string_view kFree = "·";

struct Sums {
  std::uint64_t tables = 0;
  std::uint64_t bytes = 0;
  std::uint64_t entries = 0;
  std::uint64_t tombstones = 0;  // with range deletes

  void add(const TableInfo& table) {
    ++tables;
    bytes += table.file_bytes;
    entries += table.entries;
    tombstones += table.tombstones + table.range_deletes;
  }
  std::string text() const {
    return fmt::format("{}, {}, {}, {}", counted(tables, "table"), human_bytes(bytes), counted(entries, "entry"),
                       counted(tombstones, "tombstone"));
  }
};

Sums sums_of(const Level& level) {
  Sums sums;
  for (const Run& run : level.runs) {
    for (const TableInfo& table : run.tables) sums.add(table);
  }
  return sums;
}

// One row: the columns line up over all levels.
std::string row(std::size_t name_width, const std::array<std::string, 4>& cells, const std::string& rest) {
  return fmt::format("    {:<{}}  {:>10}  {:>10}  {:>10}  {}\n", cells[0], name_width, cells[1], cells[2], cells[3],
                     rest);
}

// The positions of keys among the borders of a version's tables. Borrows from the version.
class KeySpace {
 public:
  static constexpr std::size_t kColumns = 40;

  explicit KeySpace(const Version& version);
  std::size_t borders() const { return borders_.size(); }
  std::string bar(const TableInfo& table) const;  // kColumns cells

 private:
  std::size_t column(std::string_view user_key) const;

  std::vector<std::string_view> borders_;  // user keys, ascending
};

std::string table_row(const TableInfo& table, const KeySpace& space, std::size_t name_width, const cli::Form& form) {
  Sums sums;
  sums.add(table);
  const std::string span = span_text({.smallest = table.smallest, .largest = table.largest}, form, kKeyBytesShown);
  return row(name_width,
             {table_name(table.number), human_bytes(sums.bytes), fmt::format("{}", sums.entries),
              fmt::format("{}", sums.tombstones)},
             fmt::format("|{}|  {}", space.bar(table), span));
}

KeySpace::KeySpace(const Version& version) {
  for (const TableInfo* table : version.tables()) {
    borders_.push_back(user_key_of(table->smallest));
    borders_.push_back(user_key_of(table->largest));
  }
  std::ranges::sort(borders_);
  borders_.erase(std::unique(borders_.begin(), borders_.end()), borders_.end());
}

std::size_t KeySpace::column(std::string_view user_key) const {
  const auto rank = static_cast<std::size_t>(std::ranges::lower_bound(borders_, user_key) - borders_.begin());
  return rank * (kColumns - 1) / (borders_.size() - 1);
}

std::string KeySpace::bar(const TableInfo& table) const {
  std::size_t first = 0;
  std::size_t last = kColumns - 1;
  if (borders_.size() > 1) {
    first = column(user_key_of(table.smallest));
    last = column(user_key_of(table.largest));
  }
  std::string cells;
  for (std::size_t i = 0; i < kColumns; ++i) cells += i >= first && i <= last ? kTaken : kFree;
  return cells;
}

std::string tree_text(const Version& version, const cli::Form& form) {
  const KeySpace space(version);
  Sums all;
  std::size_t name_width = 0;
  for (const TableInfo* table : version.tables()) {
    all.add(*table);
    name_width = std::max(name_width, table_name(table->number).size());
  }
  std::string text = all.text() + "\n";
  if (all.tables == 0) return text;
  text += row(name_width, {"table", "size", "entries", "tombstones"},
              fmt::format("where its keys lie among {} borders of tables", space.borders()));
  for (std::size_t i = 0; i < version.levels.size(); ++i) {
    const Level& level = version.levels[i];
    text += fmt::format("level {}: {}, {}\n", i, counted(level.runs.size(), "run"), sums_of(level).text());
    for (const Run& run : level.runs) {
      text += fmt::format("  run {}\n", run.id.value);
      for (const TableInfo& table : run.tables) text += table_row(table, space, name_width, form);
    }
  }
  return text;
}

std::string tree_json(const Version& version, const cli::Form& form) {
  std::string text;
  for (std::size_t i = 0; i < version.levels.size(); ++i) {
    for (const Run& run : version.levels[i].runs) {
      for (const TableInfo& table : run.tables) {
        text += JsonObject()
                    .number("level", i)
                    .number("run", run.id.value)
                    .number("table", table.number.value)
                    .number("bytes", table.file_bytes)
                    .number("entries", table.entries)
                    .number("tombstones", table.tombstones)
                    .number("range_deletes", table.range_deletes)
                    .bytes("smallest", user_key_of(table.smallest), form.hex)
                    .bytes("largest", user_key_of(table.largest), form.hex)
                    .flag("largest_included", trailer_of(table.largest) != kBorderTrailer)
                    .line();
      }
    }
  }
  return text;
}

}  // namespace

Status inspect_tree(const StoreDirectory& store, const cli::Form& form) {
  const auto loaded = despite_a_writer(store.whole, [&] { return load_manifest(*store.fs, store.directory); });
  if (!loaded.ok()) return loaded.error();
  if (form.json) return cli::print(tree_json(loaded->version, form));
  const std::string heading =
      fmt::format("{} as of record {} of {}: ", store.directory, loaded->last_record, manifest_name(loaded->number));
  return cli::print(heading + tree_text(loaded->version, form));
}

}  // namespace mylonite::tool
