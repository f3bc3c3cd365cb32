// What tables owe when their bytes are not what was written: an error, or the right answer.
#include <gtest/gtest.h>

#include "core/base/coding.h"
#include "core/base/hash.h"
#include "core/sst/format.h"
#include "tests/sst/table_fixture.h"

namespace mylonite {
namespace {

using testing::BuiltTable;
using testing::Entries;

Entries small_model() {
  Random random(4);
  return testing::random_entries(random, 60, 6);
}

RangeTombstones small_ranges() {
  return RangeTombstones(std::vector<RangeTombstone>{{.low = "a", .high = "b", .at = {9}},
                                                     {.low = "a", .high = "c", .at = {300}},
                                                     {.low = "x", .high = "y", .at = {2}}});
}

// Asks a table whose bytes may be damaged for everything in the model; counts the errors. Every answer must be right:
// a get is an error or the model's, a walk is a prefix of the model, and ends early only with an error.
void expect_no_wrong_answer(const TableReader& reader, const Entries& model, std::size_t& errors) {
  for (const auto& [key, value] : model) {
    const ParsedKey parsed = parse_internal_key(key);
    const auto found = reader.get(parsed.user_key, parsed.at);
    errors += found.ok() ? 0 : 1;
    if (!found.ok()) continue;
    const auto expected = testing::newest(model, parsed.user_key, parsed.at);
    ASSERT_TRUE(found->has_value());
    ASSERT_EQ((*found)->value, expected->second);
    ASSERT_EQ((*found)->kind, parse_internal_key(expected->first).kind);
  }
  const auto cursor = reader.iterator();
  auto place = model.begin();
  for (cursor->seek_to_first(); cursor->valid(); cursor->next(), ++place) {
    ASSERT_NE(place, model.end());
    ASSERT_EQ(cursor->key(), place->first);
    ASSERT_EQ(cursor->value(), place->second);
  }
  ASSERT_EQ(cursor->status().ok(), place == model.end());
  auto back = model.rbegin();
  for (cursor->seek_to_last(); cursor->valid(); cursor->prev(), ++back) {
    ASSERT_NE(back, model.rend());
    ASSERT_EQ(cursor->key(), back->first);
    ASSERT_EQ(cursor->value(), back->second);
  }
  ASSERT_EQ(cursor->status().ok(), back == model.rend());
}

void change_every_byte(const BuiltTable& table, const Entries& model) {
  std::size_t at_open = 0;
  std::size_t at_every_use = 0;
  std::size_t at_some_use = 0;
  for (std::size_t i = 0; i < table.content->bytes.size(); ++i) {
    for (unsigned mask : {1U, 4U, 128U, 255U}) {
      std::string bytes = table.content->bytes;
      bytes[i] = static_cast<char>(static_cast<unsigned char>(bytes[i]) ^ mask);
      const auto reader = testing::open_table(testing::with_bytes(table, std::move(bytes)));
      if (!reader.ok()) {
        ASSERT_EQ(reader.error().code(), Code::kCorruption);
        ++at_open;
        continue;
      }
      const Status verified = (*reader)->verify();
      ASSERT_FALSE(verified.ok()) << "byte " << i << " mask " << mask;
      ASSERT_EQ(verified.error().code(), Code::kCorruption);
      ASSERT_EQ(verified.error().file(), "sst-7.sst");
      ASSERT_TRUE(verified.error().offset());
      ASSERT_LE(*verified.error().offset(), i);
      std::size_t errors = 0;
      ASSERT_NO_FATAL_FAILURE(expect_no_wrong_answer(**reader, model, errors)) << "byte " << i << " mask " << mask;
      ASSERT_GT(errors, 0U);
      const bool every = errors == model.size();
      ASSERT_EQ((*reader)->range_tombstones().ok(), !every);
      ASSERT_TRUE(every || errors < model.size() / 2);
      ++(every ? at_every_use : at_some_use);
    }
  }
  EXPECT_GT(at_open, 0U);
  EXPECT_GT(at_every_use, 0U);
  EXPECT_GT(at_some_use, 0U);
}

// Goal: no changed byte goes unseen. Method: every byte of a small table of many blocks and a few range deletes
// changed, in each bit and as a whole, under each codec. Expect: an error at open, from every use, or from some uses
// and verify; no wrong answer; all three occur, and a table with one damaged block still serves other keys.
TEST(TableDamage, EveryChangedByteIsFound) {
  const Entries model = small_model();
  for (Codec codec : {Codec::kNone, Codec::kLz4, Codec::kZstd}) {
    ASSERT_NO_FATAL_FAILURE(change_every_byte(
        testing::build_table(model, {.table = {7}, .block_bytes = 512, .filter_rate = 100'000, .compression = codec},
                             small_ranges()),
        model));
  }
}

// Goal: a byte that changes after open is found, the metadata included. Method: every byte of the file of an open
// table changed. Expect: verify finds it.
TEST(TableDamage, VerifyFindsWhatChangedSinceOpen) {
  const BuiltTable table = testing::build_table(small_model(), {.table = {7}, .block_bytes = 128}, small_ranges());
  const auto reader = testing::open_table(table);
  ASSERT_TRUE(reader.ok());
  ASSERT_TRUE((*reader)->range_tombstones().ok());  // the metadata is in memory now
  for (char& byte : table.content->bytes) {
    byte = static_cast<char>(byte ^ 0x10);
    ASSERT_FALSE((*reader)->verify().ok());
    byte = static_cast<char>(byte ^ 0x10);
  }
  EXPECT_TRUE((*reader)->verify().ok());
}

// Goal: a cut file is never opened, and one cut after open never answers wrongly. Method: every length below the
// whole, with the expected size and with the expectation cut as well; then cut under an open reader.
TEST(TableDamage, EveryTruncationIsFound) {
  const Entries model = small_model();
  const BuiltTable table = testing::build_table(model, {.table = {7}, .block_bytes = 128});
  const std::string whole = table.content->bytes;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    BuiltTable cut = testing::with_bytes(table, whole.substr(0, size));
    ASSERT_EQ(testing::open_table(cut).error().code(), Code::kCorruption);
    cut.info.file_bytes = size;
    ASSERT_EQ(testing::open_table(cut).error().code(), Code::kCorruption);

    const BuiltTable later = testing::with_bytes(table, whole);
    const auto reader = testing::open_table(later);
    ASSERT_TRUE(reader.ok());
    later.content->bytes.resize(size);
    ASSERT_FALSE((*reader)->verify().ok());
    std::size_t errors = 0;
    ASSERT_NO_FATAL_FAILURE(expect_no_wrong_answer(**reader, model, errors)) << "cut to " << size;
  }
  ASSERT_EQ(testing::open_table(testing::with_bytes(table, whole + '\0')).error().code(), Code::kCorruption);
}

// Goal: a block read from the wrong place or the wrong table fails its check. Method: entries of equal size, so that
// all blocks are; two blocks swapped; one block replaced by the same block of another table with the same entries.
// Expect: kCorruption for keys of the foreign blocks, the rest is served.
TEST(TableDamage, MisdirectedBlocksAreFound) {
  Entries model;
  for (int i = 0; i < 64; ++i) {
    model.emplace(internal_key("key" + std::to_string(100 + i), Timestamp{1}, Kind::kPut),
                  "value" + std::to_string(100 + i));
  }
  const BuiltTable table = testing::build_table(model, {.table = {7}, .block_bytes = 150});
  const BuiltTable other = testing::build_table(model, {.table = {8}, .block_bytes = 150});
  const auto reader = testing::open_table(table);
  ASSERT_TRUE(reader.ok());
  ASSERT_EQ(table.content->bytes.size(), other.content->bytes.size());

  // The first block's size: where the second block's first key, less what it shares, cannot be: read it off the index.
  const std::string& bytes = table.content->bytes;
  const auto footer = decode_footer(bytes.substr(bytes.size() - kFooterBytes), bytes.size());
  ASSERT_TRUE(footer.ok());
  const auto index =
      decode_index(std::string_view(bytes).substr(footer->index().offset, footer->index_bytes), footer->data_bytes);
  ASSERT_TRUE(index.ok());
  ASSERT_GE(index->size(), 4U);
  const BlockHandle first = (*index)[1].block;
  const BlockHandle second = (*index)[2].block;
  ASSERT_EQ(first.stored_bytes, second.stored_bytes);
  const std::size_t size = first.end() - first.offset;

  std::string swapped = bytes;
  swapped.replace(first.offset, size, bytes, second.offset, size);
  swapped.replace(second.offset, size, bytes, first.offset, size);
  std::string foreign = bytes;
  foreign.replace(first.offset, size, other.content->bytes, first.offset, size);
  for (const std::string& damaged : {swapped, foreign}) {
    ASSERT_NE(damaged, bytes);
    const auto opened = testing::open_table(testing::with_bytes(table, damaged));
    ASSERT_TRUE(opened.ok());
    EXPECT_EQ((*opened)->verify().error().code(), Code::kCorruption);
    std::size_t errors = 0;
    ASSERT_NO_FATAL_FAILURE(expect_no_wrong_answer(**opened, model, errors));
    EXPECT_GT(errors, 0U);
    EXPECT_LT(errors, model.size() / 2);
  }
}

// Goal: a table that is not the expected one is refused. Method: each fact of the expectation changed. Expect:
// kCorruption, from open or from the first use; but another number, which names the file, is no reason.
TEST(TableDamage, AnotherTableIsRefused) {
  const BuiltTable table = testing::build_table(small_model(), {.table = {7}});
  const auto refused = [&](auto change) {
    BuiltTable copy = testing::with_bytes(table, table.content->bytes);
    change(copy.info);
    const auto opened = testing::open_table(copy);
    if (!opened.ok()) return opened.error().code() == Code::kCorruption;
    const auto used = (*opened)->get("a", kTimestampMax);
    return !used.ok() && used.error().code() == Code::kCorruption && !(*opened)->verify().ok();
  };
  EXPECT_TRUE(refused([](TableInfo& info) { ++info.file_bytes; }));
  EXPECT_TRUE(refused([](TableInfo& info) { ++info.footer_hash; }));
  EXPECT_TRUE(refused([](TableInfo& info) { info.smallest[0] = 'z'; }));
  EXPECT_TRUE(refused([](TableInfo& info) { info.largest[0] = 'z'; }));
  EXPECT_TRUE(refused([](TableInfo& info) { ++info.entries; }));
  EXPECT_TRUE(refused([](TableInfo& info) { ++info.tombstones; }));
  EXPECT_TRUE(refused([](TableInfo& info) { ++info.oldest.ticks; }));
  EXPECT_TRUE(refused([](TableInfo& info) { ++info.newest.ticks; }));
  EXPECT_TRUE(refused([](TableInfo& info) { ++info.range_deletes; }));
  EXPECT_TRUE(refused([](TableInfo& info) { info.oldest_tombstone = {}; }));
  EXPECT_FALSE(refused([](TableInfo& info) { ++info.number.value; }));
}

// Replaces the payload at `block` by a changed one of the same size and seals it again, as a hostile writer could.
void forge(std::string& bytes, BlockHandle block, Random& random) {
  for (std::uint64_t left = random.between(1, 4); left > 0 && block.stored_bytes > 0; --left) {
    const std::size_t place = block.offset + random.below(block.stored_bytes);
    bytes[place] = static_cast<char>(random.chance(1, 2) ? random.next() : random.below(4));
  }
  const std::size_t covered = block.stored_bytes + 1;
  if (random.chance(1, 4)) bytes[block.offset + covered - 1] = static_cast<char>(random.below(4));  // the codec
  std::string sum;
  put_fixed64(sum, block_checksum(std::string_view(bytes).substr(block.offset, covered), {7}, block.offset));
  bytes.replace(block.offset + covered, sum.size(), sum);
}

// Goal: bytes whose checksums hold but whose meaning does not are no danger (run it under ASan and UBSan, too).
// Method: random changes inside index, filter, range deletes, properties, data or a codec, sealed again, over
// tables of each codec. Expect: an error or an answer, never a crash; the first use refuses some and accepts some.
void forge_parts(Codec codec, std::uint64_t seed) {
  const Entries model = small_model();
  const BuiltTable table =
      testing::build_table(model, {.table = {7}, .block_bytes = 512, .compression = codec}, small_ranges());
  const std::string& whole = table.content->bytes;
  const auto footer = decode_footer(whole.substr(whole.size() - kFooterBytes), whole.size());
  ASSERT_TRUE(footer.ok());
  const auto index =
      decode_index(std::string_view(whole).substr(footer->index().offset, footer->index_bytes), footer->data_bytes);
  ASSERT_TRUE(index.ok());
  std::vector<BlockHandle> parts = {footer->filter(), footer->index(), footer->range_deletes(), footer->properties()};
  for (const IndexEntry& entry : *index) parts.push_back(entry.block);

  Random random(seed);
  std::size_t used = 0;
  std::size_t refused = 0;
  for (int round = 0; round < 3000; ++round) {
    std::string bytes = whole;
    forge(bytes, parts[random.below(parts.size())], random);
    const auto reader = testing::open_table(testing::with_bytes(table, std::move(bytes)));
    ASSERT_TRUE(reader.ok());
    ++((*reader)->range_tombstones().ok() ? used : refused);
    ignore((*reader)->verify(), "any verdict will do");
    for (const auto& [key, value] : model) {
      ignore((*reader)->get(user_key_of(key), parse_internal_key(key).at), "any answer will do");
    }
    const auto cursor = (*reader)->iterator();
    std::size_t steps = 0;
    for (cursor->seek_to_first(); cursor->valid(); cursor->next()) ASSERT_LT(++steps, whole.size());
    for (cursor->seek_to_last(); cursor->valid(); cursor->prev()) ASSERT_LT(++steps, 2 * whole.size());
  }
  EXPECT_GT(used, 100U);
  EXPECT_GT(refused, 100U);
}
TEST(TableDamage, ForgedPartsAreNoDanger) {
  ASSERT_NO_FATAL_FAILURE(forge_parts(Codec::kNone, 12));
  ASSERT_NO_FATAL_FAILURE(forge_parts(Codec::kLz4, 13));
  ASSERT_NO_FATAL_FAILURE(forge_parts(Codec::kZstd, 14));
}

// Goal: another format is told from a damaged file. Method: a footer with an older and a newer version, sealed. Expect:
// kUnsupported; the same without the seal: kCorruption.
TEST(TableFormat, AnotherVersionIsUnsupported) {
  const Footer footer{.table = {1},
                      .data_bytes = 100,
                      .filter_bytes = 65,
                      .index_bytes = 10,
                      .range_delete_bytes = 5,
                      .properties_bytes = 10};
  const std::uint64_t file_bytes = footer.properties().end() + kFooterBytes;
  std::string bytes = encode_footer(footer);
  ASSERT_EQ(bytes.size(), kFooterBytes);
  ASSERT_TRUE(decode_footer(bytes, file_bytes).ok());
  EXPECT_EQ(decode_footer(bytes, file_bytes + 1).error().code(), Code::kCorruption);
  for (char version : {'\x01', '\x03'}) {
    bytes[44] = version;
    EXPECT_EQ(decode_footer(bytes, file_bytes).error().code(), Code::kCorruption);
    std::string other = bytes;
    std::string sum;
    put_fixed64(sum, hash64(std::string_view(other).substr(0, 48)));
    other.replace(48, 8, sum);
    EXPECT_EQ(decode_footer(other, file_bytes).error().code(), Code::kUnsupported);
  }
}

// Goal: a block can move between tables undecoded. Method: random payloads at two places. Expect: the checksums differ
// by the same word, whatever the payload, and differ at all.
TEST(TableFormat, ChecksumsCanBeMasked) {
  const auto exchange = [](std::string_view payload) {
    const std::uint64_t here = block_checksum(payload, {7}, 4096);
    const std::uint64_t there = block_checksum(payload, {9}, 77);
    return here ^ there;
  };
  EXPECT_NE(exchange(""), 0U);
  EXPECT_EQ(exchange("one payload"), exchange(""));
  EXPECT_EQ(exchange(std::string(5000, 'x')), exchange(""));
}

}  // namespace
}  // namespace mylonite
