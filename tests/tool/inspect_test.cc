// `mylonite inspect`: manifests and logs that are written here, so that every number is known, and tables of a real
// store.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include <mylonite/store.h>
#include <mylonite/write_batch.h>

#include "core/format/internal_key.h"
#include "core/version/manifest.h"
#include "core/vfs/posix.h"
#include "core/wal/writer.h"
#include "tests/tool/run_tool.h"

namespace mylonite::testing {
namespace {

TableInfo table(std::uint64_t number, const std::string& low, const std::string& high, std::uint64_t bytes) {
  TableInfo info;
  info.number = FileNumber{number};
  info.file_bytes = bytes;
  info.smallest = internal_key(low, Timestamp{number}, Kind::kPut);
  info.largest = internal_key(high, Timestamp{1}, Kind::kPut);
  info.entries = bytes / 100;
  info.tombstones = number % 3;
  info.oldest = Timestamp{1};
  info.newest = Timestamp{number};
  return info;
}

// A directory that looks like a store to who reads only the manifest or the logs: there are no tables in it.
class Written {
 public:
  Written() : fs_(std::move(vfs::open_posix(scratch_.path("")).value())) {
    EXPECT_TRUE(fs_->make_directory("store").ok());
  }
  vfs::FileSystem& fs() { return *fs_; }
  std::string store() const { return scratch_.path("store"); }
  std::string file(const std::string& name) const { return store() + "/" + name; }

 private:
  Scratch scratch_;
  std::unique_ptr<vfs::FileSystem> fs_;
};

std::unique_ptr<Manifest> write_manifest(Written& written) {
  Version version;
  version.levels.resize(2);
  version.next_file = FileNumber{20};
  version.first_log = FileNumber{8};
  version.ceiling = Timestamp{500};
  version.levels[0].runs = {{.id = RunId{7}, .tables = {table(7, "cat", "owl", 2'000)}}};
  version.levels[1].runs = {
      {.id = RunId{4}, .tables = {table(4, "ant", "bee", 1'000), table(5, "cat", "emu", 70'000'000)}},
      {.id = RunId{2}, .tables = {table(2, "emu", std::string("yak\x01", 4), 3'000)}}};
  auto manifest = Manifest::create(written.fs(), "store", FileNumber{9}, version);
  EXPECT_TRUE(manifest.ok());
  return std::move(*manifest);
}

// Goal: the manifest's story, a line a record. Method: a manifest of four records; then its last byte cut off; then a
// byte in the middle turned. Expectation: golden text; a torn end is told and no damage; damage exits 5 with its
// offset, behind what can be read.
TEST(Inspect, Manifest) {
  Written written;
  {
    const auto manifest = write_manifest(written);
    VersionEdit merge = add_run(1, RunId{7}, {table(12, "ant", "owl", 4'000)});
    merge.removed = {FileNumber{7}, FileNumber{4}};
    ASSERT_TRUE(manifest->append(merge).ok());
    VersionEdit move;
    move.history_floor = Timestamp{300};
    move.removed = {FileNumber{2}};
    move.added.push_back({.level = 0, .run = RunId{2}, .table = table(2, "emu", std::string("yak\x01", 4), 3'000)});
    ASSERT_TRUE(manifest->append(move).ok());
    ASSERT_TRUE(manifest->append({.ceiling = Timestamp{900}, .closed_log = LogLength{FileNumber{8}, 64}}).ok());
  }
  const Ran ran = run_tool({"inspect", "manifest", written.store()});
  EXPECT_EQ(ran.exit, 0) << ran.err;
  EXPECT_EQ(
      ran.out,
      R"(CURRENT names manifest-9.jsonl
record        byte  changes
     0           0  + sst-7.sst to level 0 run 7 (1.9 KiB, 20 entries); )"
      R"(+ sst-4.sst to level 1 run 4 (1000 B, 10 entries); + sst-5.sst to level 1 run 4 (66.7 MiB, 700000 entries); )"
      R"(+ sst-2.sst to level 1 run 2 (2.9 KiB, 30 entries); first log 8; next file 20; ceiling 500; floor 0
     1        1216  + sst-12.sst to level 1 run 7 (3.9 KiB, 40 entries); - sst-7.sst; - sst-4.sst
     2        1553  ~ sst-2.sst moved to level 0 run 2 (2.9 KiB, 30 entries); floor 300
     3        1908  ceiling 900; closed with wal-8.log of 64 bytes
4 records, 2008 bytes
)") << ran.out;
  const Ran json = run_tool({"inspect", "manifest", written.store(), "--json"});
  EXPECT_EQ(json.exit, 0);
  EXPECT_TRUE(json.out.starts_with("{\"current\":\"manifest-9.jsonl\"}\n{\"record\":0,\"offset\":0,\"bytes\":"))
      << json.out;

  const std::string file = written.file("manifest-9.jsonl");
  const std::string good = bytes_of(file);
  write_bytes(file, good.substr(0, good.size() - 1));
  const Ran torn = run_tool({"inspect", "manifest", written.store()});
  EXPECT_EQ(torn.exit, 0);
  EXPECT_NE(torn.out.find("3 records, "), std::string::npos) << torn.out;
  EXPECT_NE(torn.out.find("a torn end: "), std::string::npos) << torn.out;

  std::string bad = good;
  const std::size_t second = good.find('\n') + 1;
  bad[second + 40] ^= 1;
  write_bytes(file, bad);
  const Ran damaged = run_tool({"inspect", "manifest", written.store()});
  EXPECT_EQ(damaged.exit, 5);
  EXPECT_NE(damaged.out.find("+ sst-7.sst to level 0 run 7"), std::string::npos) << damaged.out;
  EXPECT_NE(damaged.err.find(fmt::format("corruption: {} at byte {}: ", file, second)), std::string::npos)
      << damaged.err;
  const Ran told = run_tool({"inspect", "manifest", written.store(), "--json"});
  EXPECT_NE(told.out.find(fmt::format("\"file\":\"manifest-9.jsonl\",\"offset\":{}}}\n", second)), std::string::npos)
      << told.out;
}

// Goal: the tree as a picture. Method: three runs on two levels, without any table file; then a version of nothing.
// Expectation: golden text: bars by the rank of borders, human sizes, aligned; one JSON object a table.
TEST(Inspect, Tree) {
  Written written;
  static_cast<void>(write_manifest(written));
  const Ran ran = run_tool({"inspect", "tree", written.store()});
  EXPECT_EQ(ran.exit, 0) << ran.err;
  EXPECT_EQ(ran.out, R"(store as of record 0 of manifest-9.jsonl: 4 tables, 66.7 MiB, 700060 entries, 6 tombstones
    table            size     entries  tombstones  where its keys lie among 6 borders of tables
level 0: 1 run, 1 table, 1.9 KiB, 20 entries, 1 tombstone
  run 7
    sst-7.sst     1.9 KiB          20           1  |···············█████████████████········|  "cat" .. "owl"
level 1: 2 runs, 3 tables, 66.7 MiB, 700040 entries, 5 tombstones
  run 4
    sst-4.sst      1000 B          10           1  |████████································|  "ant" .. "bee"
    sst-5.sst    66.7 MiB      700000           2  |···············█████████················|  "cat" .. "emu"
  run 2
    sst-2.sst     2.9 KiB          30           2  |·······················█████████████████|  "emu" .. "yak\x01"
)") << ran.out;
  const Ran json = run_tool({"inspect", "tree", written.store(), "--json"});
  EXPECT_TRUE(json.out.starts_with(R"({"level":0,"run":7,"table":7,"bytes":2000,"entries":20,"tombstones":1,)"
                                   R"("range_deletes":0,"smallest":"cat","largest":"owl","largest_included":true})"))
      << json.out;
  const Ran hex = run_tool({"inspect", "tree", written.store(), "--hex"});
  EXPECT_NE(hex.out.find("656d75 .. 79616b01\n"), std::string::npos) << hex.out;

  Written empty;
  ASSERT_TRUE(Manifest::create(empty.fs(), "store", FileNumber{1}, Version{}).ok());
  EXPECT_EQ(run_tool({"inspect", "tree", empty.store()}).out,
            "store as of record 0 of manifest-1.jsonl: 0 tables, 0 B, 0 entries, 0 tombstones\n");
}

// Goal: every way a log can end. Method: two logs of a chain, the second closed; the tail of it cut; the first damaged
// where the second attests it. Expectation: golden text; a torn tail is told; damage exits 5 with its offset, and the
// other log is shown all the same.
TEST(Inspect, Wal) {
  Written written;
  static_cast<void>(write_manifest(written));
  WriteBatch batch;
  batch.put("city", "Oslo");
  batch.remove(std::string_view("\x00", 1));
  batch.remove_range("a", "k");
  {
    WalHeader header;
    header.number = FileNumber{8};
    header.salt = 0xfeed;
    header.manifest = FileNumber{9};
    auto log = WalWriter::create(written.fs(), "store", header);
    ASSERT_TRUE(log.ok());
    const WalWriter::Pending pending[] = {{.at = Timestamp{600}, .payload = batch.encoded()}};
    ASSERT_TRUE((*log)->append(pending).ok());
    ASSERT_TRUE((*log)->roll(FileNumber{10}, FileNumber{9}, 0).ok());
    const WalWriter::Pending later[] = {{.at = Timestamp{700}, .payload = batch.encoded()}};
    ASSERT_TRUE((*log)->append(later).ok());
    ASSERT_TRUE((*log)->append_clean_close().ok());
  }
  const Ran ran = run_tool({"inspect", "wal", written.store(), "8"});
  EXPECT_EQ(ran.exit, 0) << ran.err;
  EXPECT_EQ(ran.out, R"(wal-8.log: 120 bytes, salt 000000000000feed, )"
                     R"(the first since the store was opened, attests manifest-9.jsonl up to record 0
  at byte 64: stamp 600, synced to 64, 3 operations
      put "city", value of 4 bytes
      delete "\x00"
      delete range "a" .. before "k"
  end: not closed, 1 record
)") << ran.out;
  const Ran both = run_tool({"inspect", "wal", written.store(), "--json"});
  EXPECT_NE(both.out.find(R"({"log":"wal-10.log",)"), std::string::npos) << both.out;
  EXPECT_NE(both.out.find(R"("operations":[{"kind":"put","key":"city","value_bytes":4},)"), std::string::npos)
      << both.out;
  EXPECT_TRUE(both.out.ends_with("\"valid_bytes\":152,\"torn_bytes\":0}\n")) << both.out;
  EXPECT_EQ(run_tool({"inspect", "wal", written.store(), "7"}).exit, 2);

  const std::string last = written.file("wal-10.log");
  const std::string whole = bytes_of(last);
  write_bytes(last, whole.substr(0, whole.size() - 40));
  const Ran torn = run_tool({"inspect", "wal", written.store(), "10"});
  EXPECT_EQ(torn.exit, 0) << torn.err;
  EXPECT_NE(torn.out.find("  end: 0 records, then a torn tail: 48 bytes at byte 64 "), std::string::npos) << torn.out;
  write_bytes(last, whole);

  const std::string first = written.file("wal-8.log");
  std::string bad = bytes_of(first);
  bad[100] ^= 1;
  write_bytes(first, bad);
  const Ran damaged = run_tool({"inspect", "wal", written.store()});
  EXPECT_EQ(damaged.exit, 5);
  EXPECT_NE(damaged.err.find("corruption: " + first + " at byte 64: "), std::string::npos) << damaged.err;
  EXPECT_NE(damaged.out.find("stamp 700"), std::string::npos) << damaged.out;
}

// A table of 200 keys, a range delete over some, and one of a delete; a log that holds data.
std::string make_store(const Scratch& scratch) {
  Options options;
  options.data_dir = scratch.path("store");
  options.block_bytes = 512;
  const auto store = Store::open(options);
  EXPECT_TRUE(store.ok());
  for (int i = 100; i < 300; ++i) EXPECT_TRUE((*store)->put(fmt::format("key{}", i), std::string(50, 'v')).ok());
  EXPECT_TRUE((*store)->remove_range("key120", "key130").ok());
  EXPECT_TRUE((*store)->remove("key131").ok());
  EXPECT_TRUE((*store)->flush().ok());
  EXPECT_TRUE((*store)->put("late", "1").ok());
  EXPECT_TRUE((*store)->close().ok());
  return options.data_dir;
}

std::string table_of(const std::string& store) {
  for (const auto& [name, bytes] : tree_of(store)) {
    if (name.starts_with("sst-")) return name;
  }
  ADD_FAILURE() << "no table";
  return "";
}

// Goal: a table by itself. Method: a real store; the table once as it is, once under another name, once in a store
// whose manifest is gone. Expectation: its facts, every entry with --entries; the manifest's view of it is told;
// nothing is written.
TEST(Inspect, Sst) {
  const Scratch scratch;
  const std::string store = make_store(scratch);
  const std::string name = table_of(store);
  const std::string number = name.substr(4, name.size() - 8);
  const auto before = tree_of(store);
  const Ran ran = run_tool({"inspect", "sst", store, number});
  EXPECT_EQ(ran.exit, 0) << ran.err;
  EXPECT_NE(ran.out.find("  listed        level 0, run "), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find("  keys          \"key100\" .. \"key299\"\n"), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find("1 range delete\n"), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find("  range delete  \"key120\" .. before \"key130\", stamp "), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find(" bits an entry\n"), std::string::npos) << ran.out;

  const Ran entries = run_tool({"inspect", "sst", store, number, "--entries"});
  EXPECT_EQ(entries.exit, 0) << entries.err;
  EXPECT_TRUE(entries.out.starts_with(ran.out));
  EXPECT_NE(entries.out.find("\"key100\"\t"), std::string::npos);
  EXPECT_NE(entries.out.find("\tdelete\t\"\"\n"), std::string::npos);
  EXPECT_GE(std::ranges::count(entries.out, '\n') - std::ranges::count(ran.out, '\n'), 190);
  const Ran json = run_tool({"inspect", "sst", store, number, "--entries", "--json"});
  EXPECT_NE(json.out.find("\"listed\":true,"), std::string::npos) << json.out;
  EXPECT_TRUE(tree_of(store) == before);

  std::filesystem::copy_file(store + "/" + name, store + "/sst-777.sst");
  const Ran left_over = run_tool({"inspect", "sst", store, "777"});
  EXPECT_EQ(left_over.exit, 0) << left_over.err;
  EXPECT_NE(left_over.out.find("  listed        no: a left-over"), std::string::npos) << left_over.out;
  std::filesystem::remove(store + "/CURRENT");
  const Ran alone = run_tool({"inspect", "sst", store, number});
  EXPECT_EQ(alone.exit, 0) << alone.err;
  EXPECT_NE(alone.out.find("  listed        unknown: "), std::string::npos) << alone.out;
  EXPECT_EQ(run_tool({"inspect", "sst", store, "778"}).exit, 2);
}

// Goal: damage of a table is told with its place. Method: every 61st byte turned, one at a time; cut files.
// Expectation: exit 5, the table's name, an offset where one is known; never a crash.
TEST(Inspect, DamagedSst) {
  const Scratch scratch;
  const std::string store = make_store(scratch);
  const std::string name = table_of(store);
  const std::string number = name.substr(4, name.size() - 8);
  const std::string good = bytes_of(store + "/" + name);
  for (std::size_t at = 0; at < good.size(); at += 61) {
    std::string bad = good;
    bad[at] ^= 0x20;
    write_bytes(store + "/" + name, bad);
    const Ran ran = run_tool({"inspect", "sst", store, number, "--entries"});
    EXPECT_EQ(ran.exit, 5) << at;
    EXPECT_NE(ran.err.find("corruption: " + store + "/" + name + " at byte "), std::string::npos) << ran.err;
  }
  for (const std::size_t size : {std::size_t{0}, std::size_t{63}, std::size_t{64}, good.size() - 1}) {
    write_bytes(store + "/" + name, good.substr(0, size));
    const Ran ran = run_tool({"inspect", "sst", store, number});
    EXPECT_EQ(ran.exit, 5) << size;
    EXPECT_NE(ran.err.find("corruption: " + store + "/" + name), std::string::npos) << ran.err;
  }
}

}  // namespace
}  // namespace mylonite::testing
