// Store::repair: what is kept, what is lost and named, and what a crash on the way leaves.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <mylonite/faultfs/crash.h>
#include <mylonite/faultfs/interceptor.h>
#include <mylonite/faultfs/sim_file_system.h>

#include "core/format/file_names.h"
#include "core/version/manifest.h"
#include "core/wal/record.h"
#include "tests/store/store_fixture.h"
#include "tests/support/every_image.h"

namespace mylonite::testing {
namespace {

using Fate = RepairReport::File::Fate;

// Three runs of level 0 with shared keys, deletes among them; a log that holds data; closed unless `kill`.
std::map<std::string, std::string> make_store(vfs::FileSystem& fs, Options options, bool kill = false) {
  options.compaction_policy = "none";
  options.memtable_max_bytes = 1 << 20;
  const auto store = open_store(fs, options);
  std::map<std::string, std::string> expected;
  for (int round = 0; round < 3; ++round) {
    for (int i = round; i < 40; i += round + 1) {
      const std::string key = fmt::format("key{:02}", i);
      expected[key] = fmt::format("round {} of {} {}", round, i, std::string(40, 'x'));
      put(*store, key, expected[key]);
    }
    const std::string gone = fmt::format("key{:02}", 10 + round);
    EXPECT_TRUE(store->remove(gone).ok());
    expected.erase(gone);
    EXPECT_TRUE(store->flush().ok());
  }
  for (int i = 30; i < 36; ++i) {
    put(*store, fmt::format("key{}", i), "in the log");
    expected[fmt::format("key{}", i)] = "in the log";
  }
  if (kill) {
    store->abandon();
  } else {
    EXPECT_TRUE(store->close().ok());
  }
  return expected;
}

// Oldest first.
std::vector<std::string> by_number(vfs::FileSystem& fs, std::string_view prefix) {
  std::vector<std::string> names = names_of(fs, prefix);
  std::ranges::sort(names, {}, [](const std::string& name) { return parse_file_name(name)->number; });
  return names;
}

std::string bytes_in(vfs::FileSystem& fs, const std::string& name) {
  return vfs::read_whole_file(fs, "store/" + name).value();
}

void flip(vfs::FileSystem& fs, const std::string& name, std::size_t at) {
  std::string bytes = bytes_in(fs, name);
  bytes.at(at) ^= 1;
  replace_file(fs, "store/" + name, bytes);
}

RepairReport repaired(vfs::FileSystem& fs, const Options& options, RepairMode mode = RepairMode::kRepair) {
  const auto report = Store::repair(fs, options, mode);
  EXPECT_TRUE(report.ok()) << report.error().to_string();
  return report.ok() ? *report : RepairReport();
}

std::map<std::string, std::string> content(vfs::FileSystem& fs, const Options& options) {
  const auto store = open_store(fs, options);
  if (store == nullptr) return {};
  const auto pairs = all(*store);
  return {pairs.begin(), pairs.end()};
}

std::map<std::string, std::string> files_of(vfs::FileSystem& fs) {
  std::map<std::string, std::string> files;
  for (const std::string& name : names_of(fs, "")) {
    const auto file = fs.stat("store/" + name);
    if (file.ok() && *file && !(*file)->is_directory) files[name] = bytes_in(fs, name);
  }
  return files;
}

// With what a repair set aside.
void destroy_all(vfs::FileSystem& fs, const Options& options) {
  ASSERT_TRUE(Store::destroy(fs, options).ok());
  const std::vector<std::string> kept = fs.list("store/lost").value();
  for (const std::string& name : kept) ASSERT_TRUE(fs.remove("store/lost/" + name).ok());
  ASSERT_TRUE(fs.remove_directory("store/lost").ok());
  ASSERT_TRUE(fs.remove_directory("store").ok());
}

class Repair : public OnEachDisk {};
INSTANTIATE_TEST_SUITE_P(Disks, Repair, ::testing::Bool(), disk_name);

// Goal: a sound store stays as it is, and what is no store too. Method: a repair of a closed store and of a killed one;
// while it is open; of a directory without files of ours, and of none. Expectation: sound, no byte changed, also LOCK;
// kLocked; kNotAStore.
TEST_P(Repair, SoundStaysAsItIs) {
  vfs::FileSystem& fs = disk_.fs();
  for (const bool kill : {false, true}) {
    make_store(fs, options_, kill);
    ASSERT_TRUE(fs.remove("store/LOCK").ok());
    const auto before = files_of(fs);
    const RepairReport report = repaired(fs, options_);
    EXPECT_TRUE(report.sound);
    EXPECT_EQ(report.records_replayed, 6U);
    EXPECT_TRUE(files_of(fs) == before);
    const auto store = open_store(fs, options_);
    EXPECT_EQ(Store::repair(fs, options_).error().code(), Code::kLocked);
    ASSERT_TRUE(store->close().ok());
    ASSERT_TRUE(Store::destroy(fs, options_).ok());
  }
  EXPECT_EQ(Store::repair(fs, options_).error().code(), Code::kNotAStore);
  ASSERT_TRUE(fs.make_directory("store").ok());
  ASSERT_TRUE(vfs::write_new_file(fs, "store/photo.jpg", "jpg").ok());
  EXPECT_EQ(Store::repair(fs, options_).error().code(), Code::kNotAStore);
  EXPECT_EQ(names_of(fs, ""), std::vector<std::string>{"photo.jpg"});
}

// Goal: a damaged block costs its own keys only. Method: a byte turned in the first block of the newest table; a dry
// run; a repair; another one. Expectation: the dry run says the same and changes nothing; outside of the range that is
// named all is as before; inside, keys are older or gone; the original is kept; then the store is sound.
TEST_P(Repair, SalvagesATable) {
  vfs::FileSystem& fs = disk_.fs();
  const auto expected = make_store(fs, options_);
  const std::string table = by_number(fs, "sst-").back();
  flip(fs, table, 20);
  const auto damaged = files_of(fs);
  const RepairReport dry = repaired(fs, options_, RepairMode::kDryRun);
  EXPECT_TRUE(files_of(fs) == damaged);
  EXPECT_TRUE(dry.dry_run);
  const RepairReport report = repaired(fs, options_);
  ASSERT_EQ(report.files.size(), 1U);
  EXPECT_EQ(report.files[0].name, table);
  EXPECT_EQ(report.files[0].fate, Fate::kSalvaged);
  EXPECT_EQ(report.files[0].kept, "lost/" + table);
  EXPECT_EQ(bytes_in(fs, "lost/" + table), damaged.at(table));
  ASSERT_EQ(report.lost_keys.size(), 1U);
  EXPECT_EQ(dry.lost_keys[0].high, report.lost_keys[0].high);
  EXPECT_GT(report.entries_salvaged, 0U);
  EXPECT_FALSE(report.deletes_may_return);
  const auto found = content(fs, options_);
  std::size_t hit = 0;
  for (const auto& [key, value] : expected) {
    if (key >= *report.lost_keys[0].low && key <= *report.lost_keys[0].high) {
      ++hit;
    } else {
      EXPECT_EQ(found.at(key), value);
    }
  }
  EXPECT_GT(hit, 0U);
  EXPECT_LT(hit, expected.size() / 2);
  EXPECT_TRUE(repaired(fs, options_).sound);
  ASSERT_TRUE(Store::destroy(fs, options_).ok());
  EXPECT_EQ(names_of(fs, ""), std::vector<std::string>{"lost"}) << "what was set aside is not ours to remove";
}

// Goal: a table that is gone is lost by its range, and nothing else. Method: the oldest table removed. Expectation:
// named as missing, its whole range is lost; newer versions of its keys are there.
TEST_P(Repair, MissingTable) {
  vfs::FileSystem& fs = disk_.fs();
  const auto expected = make_store(fs, options_);
  const std::string table = by_number(fs, "sst-").front();
  ASSERT_TRUE(fs.remove("store/" + table).ok());
  EXPECT_EQ(open_code(fs, options_), Code::kCorruption);
  const RepairReport report = repaired(fs, options_);
  ASSERT_EQ(report.files.size(), 1U);
  EXPECT_EQ(report.files[0].fate, Fate::kMissing);
  ASSERT_EQ(report.lost_keys.size(), 1U);
  EXPECT_EQ(report.lost_keys[0].file, table);
  const auto found = content(fs, options_);
  for (const auto& [key, value] : found) EXPECT_EQ(value, expected.at(key));
  EXPECT_GT(found.size(), 10U);
}

// Goal: CURRENT is found again, also beside a manifest that it never named. Method: CURRENT damaged and removed; a
// manifest behind it with all that is in force; a torn one behind that. Expectation: all content, nothing lost, the
// newest whole manifest decides.
TEST_P(Repair, LostCurrent) {
  vfs::FileSystem& fs = disk_.fs();
  for (const int state : {0, 1, 2, 3}) {
    const auto expected = make_store(fs, options_);
    const auto loaded = load_manifest(fs, "store");
    ASSERT_TRUE(loaded.ok());
    if (state >= 2) {
      Version next = loaded->version;
      const FileNumber number = next.next_file;
      next.next_file = FileNumber{number.value + 1};
      ASSERT_TRUE(Manifest::create(fs, "store", number, next).ok());
      if (state == 3) {
        ASSERT_TRUE(vfs::write_new_file(fs, "store/manifest-99.jsonl", "{\"crc\":\"00000000\",\"body\":{\"n\":0").ok());
      }
    }
    ASSERT_TRUE(fs.remove("store/CURRENT").ok());
    if (state == 1) {
      ASSERT_TRUE(vfs::write_new_file(fs, "store/CURRENT", "manifest-\n").ok());
    }
    const RepairReport report = repaired(fs, options_);
    EXPECT_EQ(report.tree, TreeSource::kManifest) << state;
    EXPECT_EQ(report.files[0].name, "CURRENT");
    EXPECT_TRUE(report.lost_keys.empty() && report.lost_logs.empty());
    EXPECT_TRUE(content(fs, options_) == expected) << state;
    EXPECT_TRUE(repaired(fs, options_).sound);
    destroy_all(fs, options_);
  }
}

// Goal: no table is lost with the manifest. Method: a byte turned in each record of the manifest in turn, but for the
// last, which would be a torn end; then the manifest removed. Expectation: every key reads as before; the report says
// that deleted ones may be back, or none is.
TEST_P(Repair, DamagedManifest) {
  vfs::FileSystem& fs = disk_.fs();
  for (std::size_t record = 0; record < 5; ++record) {
    const auto expected = make_store(fs, options_);
    const std::string manifest = by_number(fs, "manifest-").back();
    std::size_t at = 0;
    for (std::size_t i = 0; i < record; ++i) at = bytes_in(fs, manifest).find('\n', at) + 1;
    if (record == 4) {
      ASSERT_TRUE(fs.remove("store/" + manifest).ok());
    } else {
      flip(fs, manifest, at + 30);
    }
    const RepairReport report = repaired(fs, options_);
    EXPECT_FALSE(report.files.empty());
    EXPECT_TRUE(report.lost_keys.empty() && report.lost_logs.empty());
    const auto found = content(fs, options_);
    for (const auto& [key, value] : expected) EXPECT_EQ(found.at(key), value) << record;
    EXPECT_TRUE(report.deletes_may_return || found == expected) << record;
    EXPECT_TRUE(repaired(fs, options_).sound);
    destroy_all(fs, options_);
  }
}

// Goal: records behind damage are kept, batches whole. Method: a byte turned in the second of six records; the log
// removed. Expectation: five keys are there, one is not; the place and the stamps around it are named; all six are
// named as lost.
TEST_P(Repair, DamagedLog) {
  vfs::FileSystem& fs = disk_.fs();
  for (const bool remove : {false, true}) {
    auto expected = make_store(fs, options_);
    const std::string log = by_number(fs, "wal-").back();
    if (remove) {
      ASSERT_TRUE(fs.remove("store/" + log).ok());
    } else {
      const std::size_t record = (bytes_in(fs, log).size() - kWalHeaderBytes - kRecordHeaderBytes) / 6;
      flip(fs, log, kWalHeaderBytes + record + kRecordHeaderBytes + 3);
    }
    EXPECT_EQ(open_code(fs, options_), Code::kCorruption);
    const RepairReport report = repaired(fs, options_);
    ASSERT_EQ(report.lost_logs.size(), 1U);
    EXPECT_EQ(report.lost_logs[0].file, log);
    EXPECT_EQ(report.records_replayed, remove ? 0U : 5U);
    EXPECT_EQ(report.lost_logs[0].before == kTimestampMax, remove);
    const auto found = content(fs, options_);
    for (int i = 30; i < 36; ++i) {
      const std::string key = fmt::format("key{}", i);
      EXPECT_EQ(found.at(key) == "in the log", !remove && i != 31) << key;
    }
    EXPECT_TRUE(repaired(fs, options_).sound);
    destroy_all(fs, options_);
  }
}

// Goal: what a merge deleted stays deleted while a manifest can be read. Method: a merge drops a key for good; its
// inputs come back under their names; the log is damaged. Expectation: the key is not there.
TEST_P(Repair, LeftOversStayOut) {
  vfs::FileSystem& fs = disk_.fs();
  options_.tombstone_retention_seconds = 0;
  make_store(fs, options_);
  const auto inputs = files_of(fs);
  {
    const auto store = open_store(fs, options_);
    ASSERT_TRUE(store->remove("key00").ok());
    ASSERT_TRUE(store->compact_range({}).ok());
    put(*store, "late", "1");
    put(*store, "later", "1");
    ASSERT_TRUE(store->close().ok());
  }
  for (const auto& [name, bytes] : inputs) {
    if (!name.starts_with("sst-")) continue;
    ASSERT_TRUE(vfs::write_new_file(fs, "store/" + name, bytes).ok());
  }
  flip(fs, by_number(fs, "wal-").back(), kWalHeaderBytes + kRecordHeaderBytes + 1);
  const RepairReport report = repaired(fs, options_);
  EXPECT_EQ(report.tree, TreeSource::kManifest);
  EXPECT_GT(report.files_ignored, 0U);
  const auto found = content(fs, options_);
  EXPECT_FALSE(found.contains("key00"));
  EXPECT_TRUE(found.contains("later"));
}

// Goal: numbers and stamps go on above everything seen, and the past is not read where it was lost. Method: a repair
// without the manifest, then a write; a read as of an earlier stamp. Expectation: a stamp above the last one, and above
// the clock; kOutOfRange.
TEST_P(Repair, StampsGoOn) {
  vfs::FileSystem& fs = disk_.fs();
  make_store(fs, options_);
  Timestamp last;
  {
    const auto store = open_store(fs, options_);
    last = put(*store, "z", "1");
    ASSERT_TRUE(store->close().ok());
  }
  std::uint64_t highest = 0;
  for (const std::string& name : names_of(fs, "")) {
    if (const auto file = parse_file_name(name)) highest = std::max(highest, file->number.value);
  }
  ASSERT_TRUE(fs.remove("store/" + by_number(fs, "manifest-").back()).ok());
  repaired(fs, options_);
  const auto loaded = load_manifest(fs, "store");
  ASSERT_TRUE(loaded.ok());
  EXPECT_GT(loaded->version.ceiling.ticks, last.ticks + 4 * kTicksPerSecond) << "stamps may have been seen beyond it";
  for (const TableInfo* table : loaded->version.tables()) EXPECT_LT(table->number, loaded->version.next_file);
  EXPECT_GT(loaded->number.value, highest);
  const auto store = open_store(fs, options_);
  EXPECT_GE(put(*store, "z", "2"), Timestamp{loaded->version.ceiling.ticks});
  ReadOptions past;
  past.as_of = Timestamp{last.ticks - 1};
  EXPECT_EQ(store->get("z", past).error().code(), Code::kOutOfRange);
}

// Goal: a repair that crashes is repeated. Method: a table damaged, one missing, the log damaged in the middle, without
// and with CURRENT; a kill and a power loss at every call that changes the disk; a repair of that, and of what a crash
// of the second one leaves. Expectation: the content is that of the first repair; damaged files are kept.
TEST(RepairCrash, AtEveryCall) {
  for (const bool current : {true, false}) {
    faultfs::Disk disk;
    const Options options = small_options();
    {
      faultfs::SimFileSystem fs(disk);
      make_store(fs, options);
      flip(fs, by_number(fs, "sst-").back(), 20);
      flip(fs, by_number(fs, "wal-").back(), kWalHeaderBytes + 120);
      ASSERT_TRUE(fs.remove("store/" + by_number(fs, "sst-").front()).ok());
      if (!current) {
        ASSERT_TRUE(fs.remove("store/CURRENT").ok());
      }
      ASSERT_TRUE(fs.sync_directory("store").ok());
    }
    disk = faultfs::process_kill(disk);
    EveryImage every(disk);
    std::map<std::string, std::string> expected;
    std::size_t lost = 0;
    {
      faultfs::SimFileSystem fs(disk, &every);
      const RepairReport report = repaired(fs, options);
      lost = report.lost_keys.size();
      EXPECT_EQ(lost, 2U);
    }
    {
      faultfs::Disk after = faultfs::process_kill(disk);
      faultfs::SimFileSystem fs(after);
      expected = content(fs, options);
    }
    EXPECT_GT(every.images().size(), 10U);
    for (std::size_t i = 0; i < every.images().size(); ++i) {
      for (const bool power : {false, true}) {
        KeepNothing nothing;
        faultfs::Disk crashed = power ? faultfs::power_loss(every.images()[i], faultfs::NameOrder::kPosix, nothing)
                                      : faultfs::process_kill(every.images()[i]);
        faultfs::SimFileSystem fs(crashed);
        const RepairReport again = repaired(fs, options);
        // Without CURRENT the manifest of the first repair counts once it is whole, and loses nothing.
        EXPECT_TRUE(again.sound || again.lost_keys.size() == lost || (!current && again.lost_keys.empty())) << i;
        EXPECT_FALSE(again.deletes_may_return) << i;
        EXPECT_TRUE(content(fs, options) == expected) << "call " << i << (power ? ", power loss" : ", kill");
        EXPECT_EQ(fs.list("store/lost").value().size(), 2U) << i;  // a table and a log
        EXPECT_TRUE(repaired(fs, options).sound) << i;
      }
    }
  }
}

}  // namespace
}  // namespace mylonite::testing
