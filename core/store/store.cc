#include <mylonite/store.h>

#include <algorithm>
#include <utility>

#include "core/store/destroy.h"
#include "core/store/engine.h"
#include "core/store/repair.h"
#include "core/vfs/posix.h"
#include "core/vfs/util.h"

namespace mylonite {
namespace {

// The listener in place of a missing one.
class SilentListener final : public EventListener {};

struct SplitPath {
  std::string parent;
  std::string name;
};

// "a/b/" → "a" and "b"; "b" → "." and "b".
Result<SplitPath> split_path(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  const std::size_t slash = path.rfind('/');
  SplitPath parts{.parent = ".", .name = path};
  if (slash != std::string::npos) {
    parts.parent = slash == 0 ? "/" : path.substr(0, slash);
    parts.name = path.substr(slash + 1);
  }
  if (parts.name.empty() || parts.name == "." || parts.name == "..") {
    return Error(Code::kInvalidArgument, "option data_dir: expected a path that ends in the directory's own name")
        .in(path);
  }
  return parts;
}

struct Opened {
  std::shared_ptr<vfs::FileSystem> fs;
  Options options;  // with data_dir as a path in it
};

Result<Opened> open_parent(const Options& options) {
  if (Status valid = validate(options); !valid.ok()) return valid.error();
  auto path = split_path(options.data_dir);
  if (!path.ok()) return path.error();
  auto fs = vfs::open_posix(path->parent);
  if (!fs.ok()) return fs.error().prefixed("the parent of data_dir");
  Opened opened{.fs = std::move(*fs), .options = options};
  opened.options.data_dir = path->name;
  opened.options.open_files_max = std::min(options.open_files_max, vfs::cached_files_max());
  return opened;
}

// The same components, with a listener.
StoreComponents with_listener(StoreComponents components) {
  static SilentListener silent;
  if (components.listener == nullptr) components.listener = &silent;
  return components;
}

}  // namespace

Result<std::unique_ptr<Store>> Store::open(const Options& options, StoreComponents components) {
  auto on_disk = open_parent(options);
  if (!on_disk.ok()) return on_disk.error();
  return open_with(std::move(on_disk->fs), on_disk->options, std::move(components), false);
}

Result<std::unique_ptr<Store>> Store::open(vfs::FileSystem& fs, const Options& options, StoreComponents components) {
  return open_with(vfs::borrowed(fs), options, std::move(components), false);
}

Result<std::unique_ptr<Store>> Store::open_read_only(const Options& options, StoreComponents components) {
  auto on_disk = open_parent(options);
  if (!on_disk.ok()) return on_disk.error();
  return open_with(std::move(on_disk->fs), on_disk->options, std::move(components), true);
}

Result<std::unique_ptr<Store>> Store::open_read_only(vfs::FileSystem& fs, const Options& options,
                                                     StoreComponents components) {
  return open_with(vfs::borrowed(fs), options, std::move(components), true);
}

Result<std::unique_ptr<Store>> Store::open_with(std::shared_ptr<vfs::FileSystem> fs, const Options& options,
                                                StoreComponents components, bool read_only) {
  auto engine = Engine::open(std::move(fs), options, with_listener(std::move(components)),
                             read_only ? Access::kReadOnly : Access::kWrite);
  if (!engine.ok()) return engine.error();
  return std::unique_ptr<Store>(new Store(std::move(*engine)));
}

Status Store::destroy(const Options& options) {
  Options only_directory;
  only_directory.data_dir = options.data_dir;
  if (const auto given = open_parent(only_directory); !given.ok()) return given.error();
  only_directory.data_dir = vfs::without_links(options.data_dir);  // what is removed is the directory, not a link to it
  const auto on_disk = open_parent(only_directory);
  if (!on_disk.ok()) return on_disk.error();
  return destroy(*on_disk->fs, on_disk->options);
}

Status Store::destroy(vfs::FileSystem& fs, const Options& options) {
  Options only_directory;
  only_directory.data_dir = options.data_dir;
  if (Status valid = validate(only_directory); !valid.ok()) return valid;
  return destroy_store(fs, options.data_dir);
}

Result<RepairReport> Store::repair(const Options& options, RepairMode mode) {
  auto on_disk = open_parent(options);
  if (!on_disk.ok()) return on_disk.error();
  return repair_store(std::move(on_disk->fs), on_disk->options, mode);
}

Result<RepairReport> Store::repair(vfs::FileSystem& fs, const Options& options, RepairMode mode) {
  if (Status valid = validate(options); !valid.ok()) return valid.error();
  return repair_store(vfs::borrowed(fs), options, mode);
}

Store::Store(std::unique_ptr<Engine> engine) : engine_(std::move(engine)) {}

Store::~Store() = default;

Result<Timestamp> Store::put(std::string_view key, std::string_view value, const WriteOptions& options) {
  WriteBatch batch;
  batch.put(key, value);
  return write(batch, options);
}

Result<Timestamp> Store::remove(std::string_view key, const WriteOptions& options) {
  WriteBatch batch;
  batch.remove(key);
  return write(batch, options);
}

Result<Timestamp> Store::remove_range(std::string_view low, std::optional<std::string_view> high,
                                      const WriteOptions& options) {
  WriteBatch batch;
  batch.remove_range(low, high);
  return write(batch, options);
}

Result<Timestamp> Store::write(const WriteBatch& batch, const WriteOptions& options) {
  return engine_->write(batch, options);
}

Result<std::optional<std::string>> Store::get(std::string_view key, const ReadOptions& options) {
  return session().get(key, options);
}

Result<bool> Store::get_into(std::string_view key, std::string& value, const ReadOptions& options) {
  return session().get_into(key, value, options);
}

Result<Session::Values> Store::multi_get(std::span<const std::string_view> keys, const ReadOptions& options) {
  return session().multi_get(keys, options);
}

Result<Session::Pairs> Store::range(const KeyBounds& bounds, const ReadOptions& options) {
  return session().range(bounds, options);
}

Result<std::uint64_t> Store::approximate_size(const KeyBounds& bounds) { return session().approximate_size(bounds); }

Session Store::session() const { return Session(engine_->state()); }

Result<Snapshot> Store::snapshot() const { return engine_->snapshot(); }

Timestamp Store::history_floor() const {
  if (engine_->state()->inherited()) return {};
  const EngineState& state = *engine_->state();
  const rt::Lock lock(state.mutex);
  return state.history.floor();
}

Status Store::sync() { return engine_->sync(); }

Status Store::flush() { return engine_->flush(); }

Result<Timestamp> Store::ingest(IngestSource& source) { return engine_->ingest(source); }

Status Store::checkpoint(const std::string& directory) { return engine_->checkpoint(directory); }

Status Store::compact_level(std::uint32_t level) { return engine_->compact_level(level); }

Status Store::compact_range(const KeyBounds& bounds) { return engine_->compact_range(bounds); }

Status Store::set_compaction_policy(std::string_view text) { return engine_->set_compaction_policy(text); }

Status Store::close() { return engine_->close(); }

void Store::abandon() { engine_->abandon(); }

std::vector<Level> Store::levels() const {
  if (engine_->state()->inherited()) return {};
  return engine_->state()->catalog->version()->levels;
}

std::vector<JobRecord> Store::compactions() const {
  if (engine_->state()->inherited()) return {};
  return engine_->state()->catalog->version()->jobs;
}

StoreStats Store::stats() const { return engine_->stats(); }

const RecoveryReport& Store::recovery() const { return engine_->recovery(); }

const Options& Store::options() const { return engine_->options(); }

}  // namespace mylonite
