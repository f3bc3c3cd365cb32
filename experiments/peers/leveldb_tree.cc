// LevelDB as a tree in memory. Three of its sizes are compiled in, so a spec has to ask for these.
#include <memory>
#include <string>

#include <fmt/format.h>

#include <leveldb/cache.h>
#include <leveldb/db.h>
#include <leveldb/filter_policy.h>

#include "experiments/amplification/peer_tree.h"
#include "experiments/bench/engine.h"
#include "experiments/peers/background_work.h"
#include "experiments/peers/leveldb_memory_env.h"

namespace mylonite::experiments {
namespace {

// Of LevelDB's source: db/dbformat.h, and MaxBytesForLevel of db/version_set.cc.
constexpr std::uint64_t kLevel0Runs = 4;
constexpr std::uint64_t kSizeRatio = 10;
constexpr std::uint64_t kLevel1Bytes = 10 << 20;
constexpr std::uint64_t kTableBytesMin = 1 << 20;  // what is less is taken for this
constexpr int kLevels = 7;

Status translated(const leveldb::Status& status) {
  if (status.ok()) return {};
  return Error(Code::kIo, "leveldb: " + status.ToString());
}

leveldb::Slice slice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }

class LevelTree final : public PeerTree {
 public:
  LevelTree() : env_(work_), filter_(leveldb::NewBloomFilterPolicy(kFilterBits)) {}
  ~LevelTree() override { work_.drain(); }  // the store's end waits for what is scheduled

  Status open(const TreeSizes& sizes) {
    leveldb::Options options;
    options.create_if_missing = true;
    options.env = &env_;
    options.write_buffer_size = sizes.memtable_bytes;
    options.max_file_size = sizes.table_bytes;
    options.max_open_files = 50'000;  // all of them: a table is opened once
    options.block_size = kBlockBytes;
    options.compression = leveldb::kNoCompression;
    options.block_cache = no_cache_.get();
    options.filter_policy = filter_.get();
    leveldb::DB* db = nullptr;
    Status opened = translated(leveldb::DB::Open(options, "/db", &db));
    db_.reset(db);
    return opened;
  }

  Status put(std::string_view key, std::string_view value) override {
    return translated(db_->Put({}, slice(key), slice(value)));
  }
  Status remove(std::string_view key) override { return translated(db_->Delete({}, slice(key))); }

  Result<bool> get(std::string_view key, std::string& value) override {
    const leveldb::Status found = db_->Get(read_, slice(key), &value);
    if (found.IsNotFound()) return false;
    if (Status sound = translated(found); !sound.ok()) return sound.error();
    return true;
  }

  Result<std::uint64_t> scan(std::string_view from, std::uint64_t limit) override {
    const std::unique_ptr<leveldb::Iterator> at(db_->NewIterator(read_));
    std::uint64_t bytes = 0;
    at->Seek(slice(from));
    for (std::uint64_t entries = 0; entries < limit && at->Valid(); at->Next(), ++entries) {
      bytes += at->key().size() + at->value().size();
      if (entries + 1 == limit) break;  // one step more might read a block
    }
    if (Status sound = translated(at->status()); !sound.ok()) return sound.error();
    return bytes;
  }

  // A write of no batch is how LevelDB's own manual merges end a memtable.
  Status flush() override {
    work_.next_flushes();
    if (Status begun = translated(db_->Write({}, nullptr)); !begun.ok()) return begun;
    return rest();
  }
  Status rest() override {
    work_.drain();
    return {};
  }

  const TreeTraffic& traffic() const override { return work_.traffic(); }
  void restart_largest() override { work_.traffic().largest_merge_bytes = 0; }
  std::uint64_t table_bytes() const override { return work_.table_bytes(); }
  std::uint64_t runs() const override {
    std::uint64_t runs = 0;
    for (int level = 0; level < kLevels; ++level) {
      std::string files;
      db_->GetProperty(fmt::format("leveldb.num-files-at-level{}", level), &files);
      const std::uint64_t count = files.empty() ? 0 : std::stoull(files);
      runs += level == 0 ? count : std::min<std::uint64_t>(count, 1);
    }
    return runs;
  }

 private:
  BackgroundWork work_;
  LevelMemoryEnv env_;
  std::unique_ptr<leveldb::Cache> no_cache_{leveldb::NewLRUCache(0)};
  std::unique_ptr<const leveldb::FilterPolicy> filter_;
  leveldb::ReadOptions read_;
  std::unique_ptr<leveldb::DB> db_;
};

Status check(const TreeSizes& sizes) {
  const auto refused = [](std::string_view what, std::uint64_t expected, std::uint64_t found) {
    return Error(Code::kInvalidArgument,
                 fmt::format("leveldb has its sizes compiled in: expected {} {}, found {}; leave leveldb out, or ask "
                             "for its sizes",
                             what, expected, found));
  };
  if (sizes.level0_runs != kLevel0Runs) return refused("--level0-runs", kLevel0Runs, sizes.level0_runs);
  if (sizes.size_ratio != kSizeRatio) return refused("--size-ratio", kSizeRatio, sizes.size_ratio);
  if (sizes.level1_bytes * 10 < kLevel1Bytes * 9 || sizes.level1_bytes * 10 > kLevel1Bytes * 11) {
    return refused("--base-buffers times the bytes of a buffer, within 10 %, of", kLevel1Bytes, sizes.level1_bytes);
  }
  if (sizes.table_bytes < kTableBytesMin)
    return refused("bytes of a table at least", kTableBytesMin, sizes.table_bytes);
  return {};
}

Result<std::unique_ptr<PeerTree>> open(std::string_view /*name*/, const TreeSizes& sizes) {
  auto tree = std::make_unique<LevelTree>();
  if (Status opened = tree->open(sizes); !opened.ok()) return opened.error();
  return tree;
}

}  // namespace

std::span<const PeerTreeKind> leveldb_trees() {
  static const std::string kLibrary = fmt::format("LevelDB {}.{}", leveldb::kMajorVersion, leveldb::kMinorVersion);
  static const PeerTreeKind kKinds[] = {{"leveldb", "read_trig",
                                         "leveled, round robin; tables that reads pass in vain go down", kLibrary,
                                         &open, &check}};
  return kKinds;
}

}  // namespace mylonite::experiments
