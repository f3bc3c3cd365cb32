// What can be read of a damaged table, by index, without it, and without a footer.
#include "core/sst/table_salvage.h"

#include <gtest/gtest.h>

#include <algorithm>

#include <fmt/format.h>
#include <mylonite/faultfs/sim_file_system.h>

#include "core/format/internal_key.h"
#include "core/sst/format.h"
#include "core/sst/table_builder.h"
#include "core/vfs/util.h"

namespace mylonite::testing {
namespace {

constexpr FileNumber kId{7};
constexpr int kEntries = 100;

struct Table {
  std::string bytes;
  TableInfo info;
  Footer footer;
};

std::string key_of(int i) { return fmt::format("key{:03}", i); }

Table make_table(Codec codec) {
  faultfs::Disk disk;
  faultfs::SimFileSystem fs(disk);
  auto file = std::move(fs.open("t", vfs::OpenMode::kCreateExclusive).value());
  TableBuilder builder(*file, {.table = kId, .block_bytes = 256, .filter_rate = 10'000, .compression = codec});
  for (int i = 0; i < kEntries; ++i) {
    const std::string key = internal_key(key_of(i), Timestamp{1000U + static_cast<unsigned>(i)}, Kind::kPut);
    EXPECT_TRUE(builder.add(key, std::string(30, static_cast<char>('a' + i % 5))).ok());
  }
  const std::vector<RangeTombstone> deletes = {{.low = "key010", .high = "key020", .at = Timestamp{900}}};
  const auto info = builder.finish(RangeTombstones(deletes));
  Table table{.bytes = vfs::read_whole_file(fs, "t").value(), .info = *info, .footer = {}};
  const std::string_view end = std::string_view(table.bytes).substr(table.bytes.size() - kFooterBytes);
  table.footer = *decode_footer(end, table.bytes.size());
  return table;
}

TableSalvage salvage(const Table& table, bool listed = true) {
  auto found = salvage_table(table.bytes, kId, listed ? &table.info : nullptr, {});
  EXPECT_TRUE(found.ok());
  return std::move(*found);
}

class Salvage : public ::testing::TestWithParam<Codec> {};
INSTANTIATE_TEST_SUITE_P(Codecs, Salvage, ::testing::Values(Codec::kNone, Codec::kLz4, Codec::kZstd));

// Goal: whatever part of the metadata is gone, no entry is lost. Method: filter, index, properties, footer turned; the
// file cut behind the data. Expectation: all entries; no gap where the facts are known; range deletes unless theirs are
// damaged.
TEST_P(Salvage, MetadataIsNotNeeded) {
  const Table whole = make_table(GetParam());
  const std::uint64_t places[] = {
      whole.footer.filter().offset,     whole.footer.index().offset + 3, whole.footer.range_deletes().offset + 1,
      whole.footer.properties().offset, whole.bytes.size() - 30,         whole.footer.data_bytes};
  for (const std::uint64_t place : places) {
    for (const bool listed : {true, false}) {
      Table table = whole;
      const bool cut = place == whole.footer.data_bytes;
      if (cut) {
        table.bytes.resize(place);
      } else {
        table.bytes[place] ^= 1;
      }
      const TableSalvage found = salvage(table, listed);
      EXPECT_EQ(found.entries, kEntries) << place;
      EXPECT_TRUE(!listed || found.gaps.empty()) << place;
      const bool deletes = place == whole.footer.range_deletes().offset + 1;
      if (!deletes && !cut) {
        EXPECT_EQ(found.range_deletes.fragments().size(), listed || !found.range_deletes_lost ? 1U : 0U) << place;
      }
      EXPECT_EQ(found.range_deletes_lost, deletes || cut || found.range_deletes.empty()) << place;
    }
  }
}

// Goal: a damaged block costs its entries, and the gap has no more. Method: each block turned in turn; with the index,
// without it, without a footer. Expectation: the other entries, those behind it too; one gap, whose ends touch them.
TEST_P(Salvage, OneBlock) {
  const Table whole = make_table(GetParam());
  for (const int lost : {0, 1, 2}) {
    for (std::uint64_t at = 5; at < whole.footer.data_bytes; at += 97) {
      Table table = whole;
      table.bytes[at] ^= 4;
      if (lost == 1) table.bytes[whole.footer.index().offset + 2] ^= 1;
      if (lost == 2) table.bytes.back() ^= 1;
      std::vector<std::string> keys;
      const auto found = salvage_table(table.bytes, kId, &table.info, [&](std::string_view key, std::string_view) {
        keys.emplace_back(user_key_of(key));
        return Status();
      });
      ASSERT_TRUE(found.ok());
      ASSERT_EQ(found->gaps.size(), 1U) << at << " " << lost;
      EXPECT_GT(keys.size(), kEntries / 2U) << at << " " << lost;
      for (int i = 0; i < kEntries; ++i) {
        const std::string key = key_of(i);
        const bool inside = *found->gaps[0].low <= key && key <= *found->gaps[0].high;
        EXPECT_TRUE(inside || std::ranges::find(keys, key) != keys.end()) << key << " at " << at;
      }
    }
  }
}

// Goal: nothing of another table, or of another place, is taken. Method: the bytes under another id; two blocks
// swapped. Expectation: no entry; at most the blocks that lie where they were.
TEST_P(Salvage, BlocksAreBoundToTheirPlace) {
  const Table whole = make_table(GetParam());
  const auto other = salvage_table(whole.bytes, FileNumber{8}, nullptr, {});
  ASSERT_TRUE(other.ok());
  EXPECT_EQ(other->entries, 0U);
  Table table = whole;
  table.bytes = whole.bytes.substr(512) + whole.bytes.substr(0, 512);
  EXPECT_EQ(salvage(table).entries, 0U);
  EXPECT_FALSE(own_facts(table.bytes, kId)->has_value());
  EXPECT_TRUE(own_facts(whole.bytes, kId)->has_value());
}

}  // namespace
}  // namespace mylonite::testing
