#include <leveldb/cache.h>
#include <leveldb/db.h>
#include <leveldb/filter_policy.h>

#include "experiments/bench/engine.h"

namespace mylonite::experiments {
namespace {

Status translated(const leveldb::Status& status) {
  if (status.ok()) return {};
  return Error(Code::kIo, "leveldb: " + status.ToString());
}

leveldb::Slice slice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }
std::string_view view(const leveldb::Slice& bytes) { return {bytes.data(), bytes.size()}; }

class LevelEngine final : public Engine {
 public:
  explicit LevelEngine(const EngineOptions& given)
      : cache_(leveldb::NewLRUCache(given.cache_bytes)), filter_(leveldb::NewBloomFilterPolicy(kFilterBits)) {
    write_.sync = given.synced;
    read_.verify_checksums = true;  // Mylonite and RocksDB do
  }

  Status open(const std::string& directory) {
    leveldb::Options options;
    options.create_if_missing = true;
    options.write_buffer_size = kWriteBufferBytes;
    options.block_size = kBlockBytes;
    options.compression = leveldb::kNoCompression;
    options.block_cache = cache_.get();
    options.filter_policy = filter_.get();
    leveldb::DB* db = nullptr;
    Status opened = translated(leveldb::DB::Open(options, directory, &db));
    db_.reset(db);
    return opened;
  }

  Status put(std::string_view key, std::string_view value) override {
    return translated(db_->Put(write_, slice(key), slice(value)));
  }
  Status remove(std::string_view key) override { return translated(db_->Delete(write_, slice(key))); }

  Result<bool> get(std::string_view key, std::string_view expected) override {
    const leveldb::Status found = db_->Get(read_, slice(key), &value_);
    if (found.IsNotFound()) return false;
    if (Status sound = translated(found); !sound.ok()) return sound.error();
    if (value_ != expected) return wrong_value(key);
    return true;
  }

  Result<Seen> scan(std::string_view from, std::uint64_t limit) override {
    const std::unique_ptr<leveldb::Iterator> at(db_->NewIterator(read_));
    Seen seen;
    for (at->Seek(slice(from)); seen.entries < limit && at->Valid(); at->Next()) {
      seen.add(view(at->key()), view(at->value()));
    }
    if (Status sound = translated(at->status()); !sound.ok()) return sound.error();
    return seen;
  }

  Status close() override {
    db_.reset();
    return {};
  }

 private:
  std::unique_ptr<leveldb::Cache> cache_;
  std::unique_ptr<const leveldb::FilterPolicy> filter_;
  std::unique_ptr<leveldb::DB> db_;
  leveldb::WriteOptions write_;
  leveldb::ReadOptions read_;
  std::string value_;
};

Result<std::unique_ptr<Engine>> open(const EngineOptions& given) {
  auto engine = std::make_unique<LevelEngine>(given);
  if (Status opened = engine->open(given.directory); !opened.ok()) return opened.error();
  return engine;
}

}  // namespace

EngineKind leveldb_engine() {
  return {.name = "leveldb", .open = &open, .library = MYLONITE_LEVELDB_LIBRARY, .asserts = MYLONITE_LEVELDB_ASSERTS};
}

}  // namespace mylonite::experiments
