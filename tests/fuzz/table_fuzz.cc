// The parts of a table behind their checksums: data blocks, compressed blocks, index, range deletes, properties. And a
// whole table file as bytes.
#include <algorithm>

#include <mylonite/faultfs/sim_file_system.h>

#include "core/format/internal_key.h"
#include "core/sst/block.h"
#include "core/sst/format.h"
#include "core/sst/table_builder.h"
#include "core/sst/table_reader.h"
#include "core/vfs/util.h"
#include "tests/fuzz/input.h"

namespace mylonite {
namespace {

// Both directions show the same entries, and a seek to each finds it.
void walk(std::string payload) {
  auto parsed = Block::parse(std::move(payload));
  if (!parsed.ok()) return;
  BlockIterator at(std::make_shared<const Block>(std::move(*parsed)));
  std::vector<std::string> keys;
  for (at.seek_to_first(); at.valid() && keys.size() < 10'000; at.next()) keys.emplace_back(at.key());
  if (!at.status().ok()) return;
  at.seek_to_last();
  for (std::size_t i = keys.size(); i-- > 0 && at.valid(); at.prev()) fuzz::claim(at.key() == keys[i]);
  for (const std::string& key : keys) {
    if (is_internal_key(key)) at.seek(key);
  }
}

void decompress(Codec codec, std::string_view stored) {
  static Decompressor decompressor;
  const auto raw = decompressor.decompress(codec, stored);
  if (raw.ok()) walk(*raw);
}

void read_table(std::string_view bytes) {
  faultfs::Disk disk;
  faultfs::SimFileSystem fs(disk);
  fuzz::claim(vfs::write_new_file(fs, "sst-1.sst", std::string(bytes)).ok());
  TableInfo info;
  info.number = FileNumber{1};
  info.file_bytes = bytes.size();
  if (bytes.size() >= kFooterBytes) info.footer_hash = footer_hash(bytes.substr(bytes.size() - kFooterBytes));
  const auto environment = std::make_shared<TableEnvironment>(fs, "", Options());
  const auto table = TableReader::open(environment, info, TableReader::Damage::kBorne);
  if (!table.ok()) return;
  static_cast<void>((*table)->get("k", kTimestampMax).ok());
  static_cast<void>((*table)->verify().ok());
}

std::string block_of(int keys) {
  BlockBuilder block;
  for (int i = 0; i < keys; ++i) {
    std::string key;
    append_internal_key(key, "key" + std::to_string(100 + i), pack_trailer(Timestamp{5}, Kind::kPut));
    block.add(key, "value");
  }
  return std::string(block.finish());
}

}  // namespace

namespace fuzz {

std::vector<std::string> seeds() {
  const std::string block = block_of(20);
  std::string index;
  append_index_entry(index, "key100\0\0\0\0\0\0\0\0", 70);
  const std::vector<RangeTombstone> two = {{.low = "a", .high = "c", .at = Timestamp{3}},
                                           {.low = "b", .high = "d", .at = Timestamp{4}}};
  const RangeTombstones ranges(two);
  TableInfo info;
  info.smallest = "a12345678";
  info.largest = "b12345678";
  std::vector<std::string> all = {'\0' + block, '\3' + index, '\4' + encode_range_deletes(ranges),
                                  '\5' + encode_properties(info), '\6' + encode_footer({.table = FileNumber{1}})};
  for (const Codec codec : {Codec::kLz4, Codec::kZstd}) {
    std::string stored;
    if (Compressor(codec).compress(block, stored)) all.push_back(static_cast<char>(codec) + stored);
  }
  return all;
}

}  // namespace fuzz

void read_one(std::string_view input) {
  switch (fuzz::take_choice(input) % 7) {
    case 0: walk(std::string(input)); break;
    case 1: decompress(Codec::kLz4, input); break;
    case 2: decompress(Codec::kZstd, input); break;
    case 3: {
      const auto index = decode_index(input, input.size() * 100);
      if (index.ok())
        fuzz::claim(std::ranges::is_sorted(*index, {}, [](const auto& each) { return each.block.offset; }));
      break;
    }
    case 4: {
      const auto ranges = decode_range_deletes(input);
      if (ranges.ok()) fuzz::claim(decode_range_deletes(encode_range_deletes(*ranges)).ok());
      break;
    }
    case 5: {
      TableInfo info;
      static_cast<void>(decode_properties(input, info).ok());
      break;
    }
    default: read_table(input);
  }
}

}  // namespace mylonite

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  mylonite::read_one(mylonite::fuzz::view_of(data, size));
  return 0;
}
