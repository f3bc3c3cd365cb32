// RocksDB as a tree in memory. Its background pool is a queue, and a wrapper of its file system counts.
#include <memory>
#include <string>
#include <utility>

#include <fmt/format.h>

#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>
#include <rocksdb/universal_compaction.h>
#include <rocksdb/version.h>

#include "experiments/amplification/peer_tree.h"
#include "experiments/bench/engine.h"
#include "experiments/peers/background_work.h"

namespace mylonite::experiments {
namespace {

Status translated(const rocksdb::Status& status) {
  if (status.ok()) return {};
  return Error(Code::kIo, "rocksdb: " + status.ToString());
}

rocksdb::Slice slice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }

class CountedTable final : public rocksdb::FSRandomAccessFileOwnerWrapper {
 public:
  CountedTable(std::unique_ptr<rocksdb::FSRandomAccessFile> file, BackgroundWork& work)
      : FSRandomAccessFileOwnerWrapper(std::move(file)), work_(work) {}
  // NOLINTNEXTLINE(readability-function-size): the library's signature
  rocksdb::IOStatus Read(std::uint64_t offset, std::size_t n, const rocksdb::IOOptions& options, rocksdb::Slice* result,
                         char* scratch, rocksdb::IODebugContext* debug) const override {
    work_.read(true, n);
    return FSRandomAccessFileOwnerWrapper::Read(offset, n, options, result, scratch, debug);
  }

 private:
  BackgroundWork& work_;
};

class CountedOutput final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  CountedOutput(std::unique_ptr<rocksdb::FSWritableFile> file, std::string name, BackgroundWork& work)
      : FSWritableFileOwnerWrapper(std::move(file)), name_(std::move(name)), work_(work) {}
  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           rocksdb::IODebugContext* debug) override {
    work_.appended(name_, data.size());
    return FSWritableFileOwnerWrapper::Append(data, options, debug);
  }
  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           const rocksdb::DataVerificationInfo& verification, rocksdb::IODebugContext* debug) override {
    work_.appended(name_, data.size());
    return FSWritableFileOwnerWrapper::Append(data, options, verification, debug);
  }

 private:
  const std::string name_;
  BackgroundWork& work_;
};

class CountingFiles final : public rocksdb::FileSystemWrapper {
 public:
  CountingFiles(const std::shared_ptr<rocksdb::FileSystem>& files, BackgroundWork& work)
      : FileSystemWrapper(files), work_(work) {}
  const char* Name() const override { return "counting"; }
  rocksdb::IOStatus NewRandomAccessFile(const std::string& name, const rocksdb::FileOptions& options,
                                        std::unique_ptr<rocksdb::FSRandomAccessFile>* file,
                                        rocksdb::IODebugContext* debug) override {
    rocksdb::IOStatus done = FileSystemWrapper::NewRandomAccessFile(name, options, file, debug);
    if (done.ok() && BackgroundWork::is_table(name)) *file = std::make_unique<CountedTable>(std::move(*file), work_);
    return done;
  }
  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* debug) override {
    rocksdb::IOStatus done = FileSystemWrapper::NewWritableFile(name, options, file, debug);
    if (done.ok() && BackgroundWork::is_table(name)) {
      *file = std::make_unique<CountedOutput>(std::move(*file), name, work_);
    }
    return done;
  }
  rocksdb::IOStatus DeleteFile(const std::string& name, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override {
    work_.removed(name);
    return FileSystemWrapper::DeleteFile(name, options, debug);
  }

 private:
  BackgroundWork& work_;
};

// No thread is ever started for the store's work.
class QueuedEnv final : public rocksdb::EnvWrapper {
 public:
  QueuedEnv(std::unique_ptr<rocksdb::Env> env, BackgroundWork& work) : EnvWrapper(std::move(env)), work_(work) {}
  // NOLINTNEXTLINE(readability-function-size): the library's signature
  void Schedule(void (*run)(void*), void* argument, Priority priority, void* tag, void (*give_up)(void*)) override {
    work_.add({.run = run, .argument = argument, .tag = tag, .give_up = give_up, .flushes = priority == HIGH});
  }
  int UnSchedule(void* tag, Priority /*priority*/) override { return work_.give_up(tag); }
  unsigned int GetThreadPoolQueueLen(Priority /*priority*/) const override { return 0; }
  void SetBackgroundThreads(int /*count*/, Priority /*priority*/) override {}
  void IncBackgroundThreadsIfNeeded(int /*count*/, Priority /*priority*/) override {}
  int GetBackgroundThreads(Priority priority) override { return priority == HIGH || priority == LOW ? 1 : 0; }

 private:
  BackgroundWork& work_;
};

rocksdb::Options options_of(const TreeSizes& sizes) {
  rocksdb::BlockBasedTableOptions table;
  table.block_size = kBlockBytes;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(kFilterBits));
  table.no_block_cache = true;
  table.max_auto_readahead_size = 0;  // a scan reads block by block
  rocksdb::Options options;
  options.create_if_missing = true;
  options.write_buffer_size = sizes.memtable_bytes;
  options.compression = rocksdb::kNoCompression;
  options.max_background_jobs = 2;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  options.target_file_size_base = sizes.table_bytes;
  options.max_bytes_for_level_base = sizes.level1_bytes;
  options.max_bytes_for_level_multiplier = static_cast<double>(sizes.size_ratio);
  options.level0_file_num_compaction_trigger = static_cast<int>(sizes.level0_runs);
  options.level0_slowdown_writes_trigger = options.level0_stop_writes_trigger = 1 << 30;  // nothing runs meanwhile
  options.stats_dump_period_sec = 0;
  options.db_host_id = "";  // stands in every table
  return options;
}

// What each name changes.
void configure(std::string_view name, rocksdb::Options& options) {
  options.compaction_pri =
      name == "rocksdb_rr" ? rocksdb::CompactionPri::kRoundRobin : rocksdb::CompactionPri::kMinOverlappingRatio;
  options.level_compaction_dynamic_level_bytes = name == "rocksdb_dynamic";
  options.level_compaction_dynamic_file_size = name != "rocksdb_unaligned";
  if (name == "rocksdb_universal") options.compaction_style = rocksdb::kCompactionStyleUniversal;
  if (name == "rocksdb_fifo") {
    options.compaction_style = rocksdb::kCompactionStyleFIFO;
    options.compaction_options_fifo.max_table_files_size = std::uint64_t{1} << 60;  // nothing is lost
  }
}

class RocksTree final : public PeerTree {
 public:
  RocksTree()
      : memory_(rocksdb::NewMemEnv(rocksdb::Env::Default())),
        env_(rocksdb::NewCompositeEnv(std::make_shared<CountingFiles>(memory_->GetFileSystem(), work_)), work_) {}
  ~RocksTree() override { work_.drain(); }  // close() waits for what is scheduled

  Status open(std::string_view name, const TreeSizes& sizes) {
    rocksdb::Options options = options_of(sizes);
    configure(name, options);
    options.env = &env_;
    rocksdb::DB* db = nullptr;
    Status opened = translated(rocksdb::DB::Open(options, "/db", &db));
    db_.reset(db);
    return opened;
  }

  Status put(std::string_view key, std::string_view value) override {
    return translated(db_->Put({}, slice(key), slice(value)));
  }
  Status remove(std::string_view key) override { return translated(db_->Delete({}, slice(key))); }

  Result<bool> get(std::string_view key, std::string& value) override {
    const rocksdb::Status found = db_->Get({}, slice(key), &value);
    if (found.IsNotFound()) return false;
    if (Status sound = translated(found); !sound.ok()) return sound.error();
    return true;
  }

  Result<std::uint64_t> scan(std::string_view from, std::uint64_t limit) override {
    const std::unique_ptr<rocksdb::Iterator> at(db_->NewIterator({}));
    std::uint64_t bytes = 0;
    at->Seek(slice(from));
    for (std::uint64_t entries = 0; entries < limit && at->Valid(); at->Next(), ++entries) {
      bytes += at->key().size() + at->value().size();
      if (entries + 1 == limit) break;  // one step more might read a block
    }
    if (Status sound = translated(at->status()); !sound.ok()) return sound.error();
    return bytes;
  }

  Status flush() override {
    rocksdb::FlushOptions options;
    options.wait = false;
    options.allow_write_stall = true;
    if (Status begun = translated(db_->Flush(options)); !begun.ok()) return begun;
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
    for (int level = 0; level < db_->NumberLevels(); ++level) {
      std::string files;
      db_->GetProperty(fmt::format("rocksdb.num-files-at-level{}", level), &files);
      const std::uint64_t count = files.empty() ? 0 : std::stoull(files);
      runs += level == 0 ? count : std::min<std::uint64_t>(count, 1);
    }
    return runs;
  }

 private:
  BackgroundWork work_;
  std::unique_ptr<rocksdb::Env> memory_;
  QueuedEnv env_;
  std::unique_ptr<rocksdb::DB> db_;
};

Result<std::unique_ptr<PeerTree>> open(std::string_view name, const TreeSizes& sizes) {
  auto tree = std::make_unique<RocksTree>();
  if (Status opened = tree->open(name, sizes); !opened.ok()) return opened.error();
  return tree;
}

}  // namespace

std::span<const PeerTreeKind> rocksdb_trees() {
  static const std::string kLibrary = fmt::format("RocksDB {}.{}.{}", ROCKSDB_MAJOR, ROCKSDB_MINOR, ROCKSDB_PATCH);
  static const PeerTreeKind kKinds[] = {
      {"rocksdb_leveled", "lo1", "leveled, fixed targets, kMinOverlappingRatio", kLibrary, &open, nullptr},
      {"rocksdb_unaligned", "lo1", "as rocksdb_leveled; tables do not end where those of the next level do", kLibrary,
       &open, nullptr},
      {"rocksdb_rr", "rr", "leveled, fixed targets, kRoundRobin", kLibrary, &open, nullptr},
      {"rocksdb_dynamic", "one_lvl_dyn", "leveled, level_compaction_dynamic_level_bytes", kLibrary, &open, nullptr},
      {"rocksdb_universal", "universal", "universal; level0_runs start a merge", kLibrary, &open, nullptr},
      {"rocksdb_fifo", "none", "FIFO without a bound: no merges, and nothing is dropped", kLibrary, &open, nullptr}};
  return kKinds;
}

}  // namespace mylonite::experiments
