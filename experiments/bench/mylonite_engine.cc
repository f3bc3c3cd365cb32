#include <mylonite/store.h>

#include "experiments/bench/engine.h"
#include "experiments/workload/unexpired.h"

namespace mylonite::experiments {
namespace {

class MyloniteEngine final : public Engine {
 public:
  explicit MyloniteEngine(std::unique_ptr<Store> store) : store_(std::move(store)), session_(store_->session()) {}

  Status put(std::string_view key, std::string_view value) override { return without_stamp(store_->put(key, value)); }
  Status remove(std::string_view key) override { return without_stamp(store_->remove(key)); }

  Result<bool> get(std::string_view key, std::string_view expected) override {
    const auto found = session_.get(key);
    if (!found.ok()) return found.error();
    if (!*found) return false;
    if (**found != expected) return wrong_value(key);
    return true;
  }

  Result<Seen> scan(std::string_view from, std::uint64_t limit) override {
    auto cursor = session_.iterator();
    if (!cursor.ok()) return cursor.error();
    Iterator& at = **cursor;
    Seen seen;
    for (at.seek(from); seen.entries < limit && at.valid(); at.next()) seen.add(at.key(), at.value());
    if (Status sound = at.status(); !sound.ok()) return sound.error();
    if (Status kept = check_nothing_expired(at.moment()); !kept.ok()) return kept.error();
    return seen;
  }

  // The store counts merges; flushes show in the process only.
  std::optional<bool> busy() override {
    if (store_->stats().merges_running > 0) return true;
    return std::nullopt;
  }

  Status close() override { return store_->close(); }

 private:
  static Status without_stamp(const Result<Timestamp>& written) {
    return written.ok() ? Status() : Status(written.error());
  }

  std::unique_ptr<Store> store_;
  Session session_;
};

Result<std::unique_ptr<Engine>> open(const EngineOptions& given) {
  Options options;
  options.data_dir = given.directory;
  options.memtable_max_bytes = kWriteBufferBytes;
  options.wal_file_rotate_bytes = 4 * kWriteBufferBytes;  // as the peers: the log rotates only with the memtable
  options.wal_flush_every_write = given.synced;
  options.block_bytes = kBlockBytes;
  options.compression = "none";
  options.block_cache_bytes = given.cache_bytes;
  options.bloom_false_positive_rate = 0.01;  // 10.2 bits
  if (!given.mylonite.policy.empty()) options.compaction_policy = given.mylonite.policy;
  for (const auto& [name, value] : given.mylonite.options) {
    if (Status done = set_option(options, name, value); !done.ok()) return done.error();
  }
  StoreComponents components;
  components.compaction_policies = given.mylonite.policies;
  auto store = Store::open(options, std::move(components));
  if (!store.ok()) return store.error();
  return std::make_unique<MyloniteEngine>(std::move(*store));
}

}  // namespace

EngineKind mylonite_engine() { return {.name = "mylonite", .open = &open, .library = "this build"}; }

}  // namespace mylonite::experiments
