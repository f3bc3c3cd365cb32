#include <mylonite/faultfs/crash.h>

#include "core/format/file_names.h"
#include "core/store/internals.h"
#include "core/version/manifest.h"
#include "core/wal/writer.h"
#include "tests/store/store_fixture.h"

namespace mylonite::testing {
namespace {

// A simulated disk that a process was killed on, and what may be done to it before the next open.
class Recovery : public ::testing::Test {
 protected:
  Recovery() { options_.memtable_max_bytes = 1 << 20; }

  // `count` writes of one record each, then the process dies.
  void write_and_die(int count) {
    auto store = open_store(*fs_, options_);
    for (int i = 0; i < count; ++i) put(*store, key(i), "value " + std::to_string(i));
    const faultfs::Disk killed = faultfs::process_kill(disk_);
    ASSERT_TRUE(store->close().ok());
    store.reset();
    fs_.reset();
    disk_ = killed;
    fs_ = std::make_unique<faultfs::SimFileSystem>(disk_);
  }
  static std::string key(int i) { return "key" + std::to_string(1000 + i); }

  std::string only(std::string_view prefix) {
    const auto names = names_of(*fs_, prefix);
    EXPECT_EQ(names.size(), 1U);
    return "store/" + names.at(0);
  }
  std::string read(const std::string& path) { return vfs::read_whole_file(*fs_, path).value(); }

  void expect_refused(Code code, std::string_view says) {
    const std::uint64_t before = disk_.hash();
    const auto store = Store::open(*fs_, options_);
    ASSERT_FALSE(store.ok()) << "opens";
    EXPECT_EQ(store.error().code(), code) << store.error().to_string();
    EXPECT_NE(store.error().to_string().find(says), std::string::npos) << store.error().to_string();
    EXPECT_EQ(disk_.hash(), before) << "a refused store was changed";
  }
  void expect_keys(int count) {
    const auto store = open_store(*fs_, options_);
    Session::Pairs expected;
    for (int i = 0; i < count; ++i) expected.emplace_back(key(i), "value " + std::to_string(i));
    EXPECT_EQ(all(*store), expected);
  }

  faultfs::Disk disk_;
  std::unique_ptr<faultfs::SimFileSystem> fs_ = std::make_unique<faultfs::SimFileSystem>(disk_);
  Options options_ = small_options();
};

// Goal: a log cut anywhere is a torn tail if nothing attests more. Method: unsynced writes; the log cut at every length
// beyond its header. Expectation: opens with the whole records before the cut; the rest is reported as dropped.
TEST_F(Recovery, TornTailAtEveryLength) {
  options_.wal_flush_every_write = false;
  write_and_die(5);
  const faultfs::Disk killed = disk_;
  const std::string log = only("wal-");
  const std::string bytes = read(log);
  const std::size_t record = (bytes.size() - kWalHeaderBytes) / 5;
  for (std::size_t length = kWalHeaderBytes; length <= bytes.size(); ++length) {
    fs_.reset();
    disk_ = killed;
    fs_ = std::make_unique<faultfs::SimFileSystem>(disk_);
    replace_file(*fs_, log, bytes.substr(0, length));
    const auto store = open_store(*fs_, options_);
    ASSERT_EQ(all(*store).size(), (length - kWalHeaderBytes) / record) << "length " << length;
    ASSERT_EQ(store->recovery().log_bytes_dropped, (length - kWalHeaderBytes) % record);
  }
}

// Goal: damage below what a later record attests is loud, above it a cut. Method: one byte flipped in every record,
// with sync on (each record attests all before it) and off (none does). Expectation: on: kCorruption naming the log,
// nothing changed, except in the last record; off: the records before it.
TEST_F(Recovery, DamageIsLoudOnlyWhereAttested) {
  for (const bool sync : {true, false}) {
    fs_.reset();
    disk_ = faultfs::Disk();
    fs_ = std::make_unique<faultfs::SimFileSystem>(disk_);
    options_.wal_flush_every_write = sync;
    write_and_die(5);
    const faultfs::Disk killed = disk_;
    const std::string log = only("wal-");
    const std::string bytes = read(log);
    const std::size_t record = (bytes.size() - kWalHeaderBytes) / 5;
    for (int i = 0; i < 5; ++i) {
      for (const std::size_t within : {std::size_t{0}, kRecordHeaderBytes + 3, record - 1}) {
        fs_.reset();
        disk_ = killed;
        fs_ = std::make_unique<faultfs::SimFileSystem>(disk_);
        std::string bad = bytes;
        char& byte = bad[kWalHeaderBytes + static_cast<std::size_t>(i) * record + within];
        byte = static_cast<char>(byte ^ 0x40);
        replace_file(*fs_, log, bad);
        if (sync && i < 4) {
          expect_refused(Code::kCorruption, "known durable");
        } else {
          expect_keys(i);
        }
      }
    }
  }
}

// Goal: the manifest attests the log. Method: unsynced writes, a sync, a kill; then the log cut at every length, one
// bit of each record flipped, the log removed. Expectation: refused, naming the log; whole, it opens.
TEST_F(Recovery, SyncAttestsTheLogOutsideOfIt) {
  options_.wal_flush_every_write = false;
  {
    const auto store = open_store(*fs_, options_);
    for (int i = 0; i < 5; ++i) put(*store, key(i), "value " + std::to_string(i));
    ASSERT_TRUE(store->sync().ok());
    store->abandon();
  }
  const faultfs::Disk killed = faultfs::process_kill(disk_);
  const std::string log = only("wal-");
  const std::string bytes = read(log);
  const auto afresh = [&] {
    fs_.reset();
    disk_ = killed;
    fs_ = std::make_unique<faultfs::SimFileSystem>(disk_);
  };
  for (std::size_t length = kWalHeaderBytes; length < bytes.size(); length += 8) {
    afresh();
    replace_file(*fs_, log, bytes.substr(0, length));
    expect_refused(Code::kCorruption, "known durable");
  }
  for (std::size_t at = kWalHeaderBytes; at < bytes.size(); at += 40) {
    afresh();
    std::string bad = bytes;
    bad[at] ^= 1;
    replace_file(*fs_, log, bad);
    expect_refused(Code::kCorruption, "known durable");
  }
  afresh();
  ASSERT_TRUE(fs_->remove(log).ok());
  expect_refused(Code::kCorruption, "knows");
  afresh();
  expect_keys(5);
}

// Goal: an open does not remove the tables of a manifest record that was damaged. Method: two tables merged, and the
// record of the merge damaged after their files went. Expectation: refused, naming the manifest.
TEST_F(Recovery, LostRecordOfAMergeIsMissed) {
  options_.compaction_policy = "none";
  options_.manifest_rotate_bytes = 1 << 20;
  {
    const auto store = open_store(*fs_, options_);
    for (const char* value : {"1", "2"}) {
      put(*store, "a", value);
      ASSERT_TRUE(store->flush().ok());
    }
    ASSERT_TRUE(store->compact_level(0).ok());
    store->abandon();
  }
  disk_ = faultfs::process_kill(disk_);
  fs_ = std::make_unique<faultfs::SimFileSystem>(disk_);
  const std::string manifest = only("manifest-");
  std::string bytes = read(manifest);
  bytes[bytes.size() - 10] ^= 1;
  for (const std::string& name : names_of(*fs_, "sst-")) {
    const auto version = load_manifest(*fs_, "store")->version;
    const auto lists = [&](const TableInfo* each) { return table_name(each->number) == name; };
    if (std::ranges::any_of(version.tables(), lists)) continue;
    ASSERT_TRUE(fs_->remove("store/" + name).ok());
  }
  replace_file(*fs_, manifest, bytes);
  expect_refused(Code::kCorruption, "the manifest's last");
}

// Goal: after a clean close the whole log is attested. Method: closed, then the last data record damaged; the log
// longer, shorter, emptied, gone; then the marker's own damage alone. Expectation: loud; the marker's damage loses
// nothing.
TEST_F(Recovery, CleanCloseAttestsTheLog) {
  {
    const auto store = open_store(*fs_, options_);
    for (int i = 0; i < 5; ++i) put(*store, key(i), "value " + std::to_string(i));
    ASSERT_TRUE(store->close().ok());
  }
  const std::string log = only("wal-");
  const std::string bytes = read(log);
  std::string bad = bytes;
  bad[bad.size() - 2 * kRecordHeaderBytes] ^= 1;
  replace_file(*fs_, log, bad);
  expect_refused(Code::kCorruption, "known durable");
  for (const std::string& other :
       {bytes + "x", bytes.substr(0, bytes.size() - kRecordHeaderBytes), bytes.substr(0, 64)}) {
    replace_file(*fs_, log, other);
    expect_refused(Code::kCorruption, "the store was closed with");
  }
  replace_file(*fs_, log, "");
  expect_refused(Code::kCorruption, "missing or was emptied");
  ASSERT_TRUE(fs_->remove(log).ok());
  expect_refused(Code::kCorruption, "missing or was emptied");
  ASSERT_TRUE(vfs::write_new_file(*fs_, log, bytes).ok());
  bad = bytes;
  bad[bad.size() - 1] ^= 1;
  replace_file(*fs_, log, bad);
  expect_keys(5);
}

// Goal: a log that is missing from the chain is loud. Method: four logs, one of the first three taken away, or cut, or
// lengthened, or swapped for its neighbour. Expectation: kCorruption, nothing changed.
TEST_F(Recovery, MissingAndForeignLogs) {
  write_and_die(300);
  std::vector<std::string> logs = names_of(*fs_, "wal-");
  ASSERT_GE(logs.size(), 4U);
  std::ranges::sort(logs, {}, [](const std::string& name) { return parse_file_name(name)->number; });
  const faultfs::Disk killed = disk_;
  for (std::size_t i = 0; i + 1 < logs.size(); ++i) {
    const std::string path = "store/" + logs[i];
    for (const char what : {'m', 'c', 'l', 's'}) {
      fs_.reset();
      disk_ = killed;
      fs_ = std::make_unique<faultfs::SimFileSystem>(disk_);
      const std::string bytes = read(path);
      if (what == 'm') {
        ASSERT_TRUE(fs_->remove(path).ok());
      }
      if (what == 'c') replace_file(*fs_, path, bytes.substr(0, bytes.size() - 8));
      if (what == 'l') replace_file(*fs_, path, bytes + std::string(8, '\0'));
      if (what == 's') replace_file(*fs_, path, read("store/" + logs[i + 1]));
      SCOPED_TRACE(logs[i] + " " + what);
      const std::uint64_t before = disk_.hash();
      const auto store = Store::open(*fs_, options_);
      // Zeros behind the attested length hold nothing: only a record there would be damage.
      if (store.ok()) {
        EXPECT_EQ(what, 'l');
        EXPECT_EQ(all(**store).size(), 300U);
        continue;
      }
      EXPECT_EQ(store.error().code(), Code::kCorruption) << store.error().to_string();
      EXPECT_EQ(disk_.hash(), before);
    }
  }
}

// Goal: an old manifest is not taken for the newest. Method: hand-made: a log that attests record 1 of a manifest that
// ends with record 0, or a manifest of a higher number. Expectation: kCorruption that says so; as attested, it opens.
TEST_F(Recovery, ManifestOlderThanALogAttests) {
  for (const std::uint64_t manifest : {1U, 9U}) {
    for (const std::uint64_t record : {0U, 1U}) {
      fs_.reset();
      disk_ = faultfs::Disk();
      fs_ = std::make_unique<faultfs::SimFileSystem>(disk_);
      ASSERT_TRUE(fs_->make_directory("store").ok());
      Version version;
      version.next_file = FileNumber{3};
      version.first_log = FileNumber{2};
      ASSERT_TRUE(Manifest::create(*fs_, "store", FileNumber{1}, version).ok());
      const WalHeader header{.number = FileNumber{2},
                             .salt = 7,
                             .previous = {},
                             .previous_bytes = 0,
                             .manifest = FileNumber{manifest},
                             .manifest_record = record};
      ASSERT_TRUE(WalWriter::create(*fs_, "store", header).ok());
      ASSERT_TRUE(vfs::write_new_file(*fs_, "store/LOCK", "").ok());
      if (manifest == 1 && record == 0) {
        expect_keys(0);
      } else {
        expect_refused(Code::kCorruption, "attests manifest");
      }
    }
  }
}

// Goal: CURRENT decides what a directory is. Method: CURRENT taken from a store with data; a creation that ended before
// CURRENT; a foreign directory. Expectation: kCorruption; a fresh store without the left-overs; kNotAStore.
TEST_F(Recovery, WithoutCurrent) {
  write_and_die(3);
  ASSERT_TRUE(fs_->remove("store/CURRENT").ok());
  expect_refused(Code::kCorruption, "no CURRENT");

  fs_.reset();
  disk_ = faultfs::Disk();
  fs_ = std::make_unique<faultfs::SimFileSystem>(disk_);
  ASSERT_TRUE(fs_->make_directory("store").ok());
  for (const std::string name : {"manifest-1.jsonl", "LOCK", "CURRENT.new"}) {
    ASSERT_TRUE(vfs::write_new_file(*fs_, "store/" + name, "half").ok());
  }
  expect_keys(0);
  EXPECT_EQ(names_of(*fs_, "manifest-").size(), 1U);
  EXPECT_EQ(names_of(*fs_, "CURRENT"), std::vector<std::string>{"CURRENT"});

  fs_.reset();
  disk_ = faultfs::Disk();
  fs_ = std::make_unique<faultfs::SimFileSystem>(disk_);
  ASSERT_TRUE(fs_->make_directory("store").ok());
  ASSERT_TRUE(vfs::write_new_file(*fs_, "store/photo.jpg", "jpg").ok());
  expect_refused(Code::kNotAStore, "not a store");
  options_.create_if_missing = false;
  ASSERT_TRUE(fs_->remove("store/photo.jpg").ok());
  expect_refused(Code::kNotAStore, "no store here");
}

// Goal: left-overs go, foreign names stay. Method: orphans of every kind and foreign files beside a store; reopened
// several times. Expectation: orphans gone, foreign files there with their bytes, the listing does not grow.
TEST_F(Recovery, LeftOversGoForeignNamesStay) {
  write_and_die(3);
  for (const std::string name :
       {"sst-900.sst", "manifest-901.jsonl", "CURRENT.new", "wal-x.log", "sst-01.sst", "notes"}) {
    ASSERT_TRUE(vfs::write_new_file(*fs_, "store/" + name, "bytes").ok());
  }
  ASSERT_TRUE(fs_->make_directory("store/wal-7").ok());
  expect_keys(3);
  const std::size_t names = fs_->list("store")->size();
  for (int i = 0; i < 3; ++i) expect_keys(3);
  EXPECT_EQ(fs_->list("store")->size(), names);
  for (const std::string name : {"wal-x.log", "sst-01.sst", "notes"}) EXPECT_EQ(read("store/" + name), "bytes");
  EXPECT_TRUE(fs_->stat("store/wal-7")->has_value());
  EXPECT_FALSE(fs_->stat("store/sst-900.sst")->has_value());
  EXPECT_FALSE(fs_->stat("store/manifest-901.jsonl")->has_value());
  EXPECT_GT(StoreInternals::version(*open_store(*fs_, options_))->next_file, FileNumber{901});
}

// Goal: a last log whose creation never finished is no damage. Method: empty, cut and garbage headers of the newest log
// in a chain; the same in the middle. Expectation: all records of the logs before; in the middle: loud.
TEST_F(Recovery, UnfinishedLastLog) {
  write_and_die(300);
  std::vector<std::string> logs = names_of(*fs_, "wal-");
  std::ranges::sort(logs, {}, [](const std::string& name) { return parse_file_name(name)->number; });
  const FileNumber next{parse_file_name(logs.back())->number.value + 1};
  const faultfs::Disk killed = disk_;
  for (const std::string& bytes : {std::string(), std::string(40, 'x'), std::string(kWalHeaderBytes, '\0')}) {
    fs_.reset();
    disk_ = killed;
    fs_ = std::make_unique<faultfs::SimFileSystem>(disk_);
    ASSERT_TRUE(vfs::write_new_file(*fs_, "store/" + wal_name(next), bytes).ok());
    expect_keys(300);
    fs_.reset();
    disk_ = killed;
    fs_ = std::make_unique<faultfs::SimFileSystem>(disk_);
    replace_file(*fs_, "store/" + logs[1], bytes);
    expect_refused(Code::kCorruption, logs[1]);
  }
}

}  // namespace
}  // namespace mylonite::testing
