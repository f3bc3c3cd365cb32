#include "tests/damage/image.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <mylonite/faultfs/crash.h>
#include <mylonite/faultfs/sim_file_system.h>
#include <mylonite/random.h>
#include <mylonite/store.h>

#include "core/base/invariant.h"
#include "core/sst/format.h"
#include "core/store/repair_tree.h"
#include "core/version/manifest.h"
#include "core/vfs/util.h"
#include "core/wal/record.h"
#include "sim/machine/scheduler.h"

namespace mylonite::damage {
namespace {

constexpr int kKeys = 150;

struct Plan {
  std::string name;
  std::string policy;
  std::string compression;
  std::uint64_t block_bytes;
  bool closed;
  int writes;
  bool readers = false;  // iterators hold tables that merges replace, until the store is killed
};
const Plan kPlans[] = {
    {"leveled, closed", "one_lvl", "none", 256, true, 420},
    {"leveled, killed", "one_lvl", "lz4", 1024, false, 430},
    {"tiered, killed", "tier", "none", 1024, false, 380},
    {"tiered, closed", "tier", "zstd", 512, true, 300},
    {"unmerged, killed", "none", "lz4", 256, false, 200},
    {"unmerged, closed", "none", "none", 4096, true, 120},
    {"full, killed", "full", "lz4", 512, false, 400},
    {"logs only, killed", "none", "none", 256, false, 12},
    {"full, readers, killed", "full", "none", 256, false, 390, true},
};

void run_simulated(const std::function<void()>& program) {
  sim::VirtualClock clock(17'000'000'000'000'000);
  sim::StackPool stacks;
  sim::Trace trace;
  sim::DefaultSchedule schedule;
  sim::FiberScheduler scheduler({stacks, clock, trace}, schedule, {});
  invariant(scheduler.run(program).end == sim::RunEnd::kFinished, "the store is made");
}

std::string key_of(std::uint64_t i) { return fmt::format("key{:03}", i); }

class Writer {
 public:
  Writer(Image& image, Store& store, Random random) : image_(image), store_(store), random_(random) {}

  void write(int number) {
    WriteBatch batch;
    std::map<std::string, std::optional<std::string>> after;
    const std::uint64_t kind = random_.below(20);
    if (kind == 0) {
      const std::uint64_t low = random_.below(kKeys);
      const std::uint64_t high = low + random_.between(1, 12);
      batch.remove_range(key_of(low), key_of(high));
      for (std::uint64_t i = low; i < std::min<std::uint64_t>(high, kKeys); ++i) after[key_of(i)] = std::nullopt;
    } else {
      const std::uint64_t operations = kind < 5 ? random_.between(2, 5) : 1;
      for (std::uint64_t i = 0; i < operations; ++i) one(batch, after, fmt::format("{}.{}", number, i));
    }
    const auto at = store_.write(batch);
    invariant(at.ok(), "a write to a sound disk");
    image_.stamps.push_back(*at);
    for (auto& [key, value] : after) image_.model[key].push_back({.at = *at, .value = std::move(value)});
  }

 private:
  void one(WriteBatch& batch, std::map<std::string, std::optional<std::string>>& after, const std::string& name) {
    const std::string key = key_of(random_.below(kKeys));
    if (random_.chance(1, 5)) {
      batch.remove(key);
      after[key] = std::nullopt;
      return;
    }
    const std::string value = name + std::string(random_.between(5, 90), static_cast<char>('a' + random_.below(26)));
    batch.put(key, value);
    after[key] = value;
  }

  Image& image_;
  Store& store_;
  Random random_;
};

void add_table(Image& image, const TableInfo& table) {
  const std::string name = table_name(table.number);
  const std::string& bytes = image.files.at(name);
  const auto footer = decode_footer(std::string_view(bytes).substr(bytes.size() - kFooterBytes), bytes.size());
  invariant(footer.ok(), "a table as it was written");
  auto part = [&](Role role, std::uint64_t from, std::uint64_t to) {
    if (to > from) image.parts[static_cast<std::size_t>(role)].push_back({.file = name, .from = from, .to = to});
  };
  part(Role::kData, 0, footer->data_bytes);
  part(Role::kFilter, footer->filter().offset, footer->filter().end());
  part(Role::kIndex, footer->index().offset, footer->index().end());
  part(Role::kRangeDeletes, footer->range_deletes().offset, footer->range_deletes().end());
  part(Role::kFooter, footer->properties().offset, bytes.size());
}

void add_log(Image& image, FileNumber number) {
  const std::string name = wal_name(number);
  const std::string_view bytes = image.files.at(name);
  const auto header = decode_wal_header(bytes, name);
  invariant(header.ok(), "a log as it was written");
  image.parts[static_cast<std::size_t>(Role::kLog)].push_back({.file = name, .from = 0, .to = bytes.size()});
  image.last_log = name;
  std::vector<Record>& records = image.records[name];
  for (std::uint64_t at = kWalHeaderBytes; at < bytes.size();) {
    const auto record = decode_record_header(bytes.substr(at), *header, at);
    invariant(record.has_value(), "a record as it was written", at);
    at += encoded_record_bytes(record->payload_bytes);
    if (record->type == RecordType::kBatch) records.push_back({.end = at, .at = record->at});
  }
}

// What counts on the disk, by role.
void divide(Image& image) {
  faultfs::SimFileSystem fs(image.disk);
  std::vector<FileName> names;
  const auto listed = fs.list("store");
  for (const std::string& name : *listed) {
    image.files[name] = *vfs::read_whole_file(fs, "store/" + name);
    if (const auto ours = parse_file_name(name)) names.push_back(*ours);
  }
  const auto loaded = load_manifest(fs, "store");
  invariant(loaded.ok(), "a manifest as it was written");
  for (const TableInfo* table : loaded->version.tables()) add_table(image, *table);
  for (const FileNumber number : numbers_of(names, FileKind::kWal)) {
    if (number >= loaded->version.first_log) add_log(image, number);
  }
  auto whole = [&](Role role, const std::string& name) {
    image.parts[static_cast<std::size_t>(role)].push_back({.file = name, .from = 0, .to = image.files.at(name).size()});
  };
  whole(Role::kManifest, manifest_name(loaded->number));
  whole(Role::kCurrent, std::string(kCurrentName));
}

Image make_image(const Plan& plan, std::uint64_t seed) {
  Image image{.name = plan.name,
              .closed = plan.closed,
              .options = {},
              .disk = faultfs::Disk(),
              .model = {},
              .stamps = {},
              .parts = {},
              .files = {},
              .records = {},
              .last_log = {}};
  Options& options = image.options;
  options.data_dir = "store";
  options.memtable_max_bytes = 4096;
  options.wal_file_rotate_bytes = 2048;
  options.sstable_max_bytes = 4096;
  options.compaction_threshold_bytes = 8192;
  options.level_size_ratio = 3;
  options.level0_compact_runs = 2;
  options.block_bytes = plan.block_bytes;
  options.compression = plan.compression;
  options.compaction_policy = plan.policy;
  options.compaction_threads = 1;
  options.tombstone_retention_seconds = 0;
  faultfs::Disk disk;
  run_simulated([&] {
    faultfs::SimFileSystem fs(disk);
    auto store = Store::open(fs, options);
    invariant(store.ok(), "a store on a sound disk");
    Writer writer(image, **store, Random(seed));
    Session session = (*store)->session();
    std::vector<std::unique_ptr<Iterator>> readers;
    for (int i = 0; i < plan.writes; ++i) {
      writer.write(i);
      if (!plan.readers || i % 40 != 0) continue;
      auto reader = session.iterator();
      invariant(reader.ok(), "an iterator of a sound store");
      readers.push_back(std::move(*reader));
    }
    if (plan.closed) {
      invariant((*store)->close().ok(), "a close on a sound disk");
    } else {
      (*store)->abandon();
    }
  });
  image.disk = faultfs::process_kill(disk);
  divide(image);
  return image;
}

}  // namespace

const char* role_name(Role role) {
  constexpr const char* kNames[kRoles] = {"data",   "filter", "index",    "range deletes",
                                          "footer", "log",    "manifest", "CURRENT"};
  return kNames[static_cast<std::size_t>(role)];
}

std::vector<Image> make_images() {
  std::vector<Image> images;
  for (const Plan& plan : kPlans) images.push_back(make_image(plan, images.size() + 1));
  return images;
}

}  // namespace mylonite::damage
