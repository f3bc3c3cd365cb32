#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>

#include "experiments/bench/engine.h"

namespace mylonite::experiments {
namespace {

Status translated(const rocksdb::Status& status) {
  if (status.ok()) return {};
  return Error(Code::kIo, "rocksdb: " + status.ToString());
}

rocksdb::Slice slice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }
std::string_view view(const rocksdb::Slice& bytes) { return {bytes.data(), bytes.size()}; }

class RocksEngine final : public Engine {
 public:
  RocksEngine(rocksdb::DB* db, bool synced) : db_(db) { write_.sync = synced; }

  Status put(std::string_view key, std::string_view value) override {
    return translated(db_->Put(write_, slice(key), slice(value)));
  }
  Status remove(std::string_view key) override { return translated(db_->Delete(write_, slice(key))); }

  Result<bool> get(std::string_view key, std::string_view expected) override {
    pinned_.Reset();
    const rocksdb::Status found = db_->Get({}, db_->DefaultColumnFamily(), slice(key), &pinned_);
    if (found.IsNotFound()) return false;
    if (Status sound = translated(found); !sound.ok()) return sound.error();
    if (view(pinned_) != expected) return wrong_value(key);
    return true;
  }

  Result<Seen> scan(std::string_view from, std::uint64_t limit) override {
    const std::unique_ptr<rocksdb::Iterator> at(db_->NewIterator({}));
    Seen seen;
    for (at->Seek(slice(from)); seen.entries < limit && at->Valid(); at->Next()) {
      seen.add(view(at->key()), view(at->value()));
    }
    if (Status sound = translated(at->status()); !sound.ok()) return sound.error();
    return seen;
  }

  std::optional<bool> busy() override {
    for (const char* property : {"rocksdb.mem-table-flush-pending", "rocksdb.compaction-pending",
                                 "rocksdb.num-running-flushes", "rocksdb.num-running-compactions"}) {
      std::uint64_t count = 0;
      if (!db_->GetIntProperty(property, &count)) return std::nullopt;
      if (count > 0) return true;
    }
    return false;
  }

  Status close() override {
    pinned_.Reset();
    return translated(db_->Close());
  }

 private:
  std::unique_ptr<rocksdb::DB> db_;
  rocksdb::WriteOptions write_;
  rocksdb::PinnableSlice pinned_;
};

Result<std::unique_ptr<Engine>> open(const EngineOptions& given) {
  rocksdb::BlockBasedTableOptions table;
  table.block_size = kBlockBytes;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(kFilterBits));
  table.block_cache = rocksdb::NewLRUCache(given.cache_bytes);
  rocksdb::Options options;
  options.create_if_missing = true;
  options.write_buffer_size = kWriteBufferBytes;
  options.compression = rocksdb::kNoCompression;
  options.max_background_jobs = kBackgroundJobs;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  rocksdb::DB* db = nullptr;
  if (Status opened = translated(rocksdb::DB::Open(options, given.directory, &db)); !opened.ok()) return opened.error();
  return std::make_unique<RocksEngine>(db, given.synced);
}

}  // namespace

EngineKind rocksdb_engine() {
  return {.name = "rocksdb", .open = &open, .library = MYLONITE_ROCKSDB_LIBRARY, .asserts = MYLONITE_ROCKSDB_ASSERTS};
}

}  // namespace mylonite::experiments
