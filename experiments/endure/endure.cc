#include "experiments/endure/endure.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>

#include <mylonite/store.h>

#include "core/store/internals.h"
#include "experiments/bench/measure.h"
#include "experiments/endure/contents.h"
#include "experiments/endure/place.h"

namespace mylonite::experiments {
namespace {

constexpr std::uint64_t kRangeDeletes = 100;  // among the deletes
constexpr std::uint64_t kRangeShare = 800;    // each covers this part of all indices; together an eighth
constexpr std::uint64_t kGetsShare = 25;      // one get for this many entries

class Endurance {
 public:
  Endurance(const EndureArguments& arguments, const Scratch& place)
      : stop_(arguments.stop),
        options_(arguments.options),
        contents_(arguments.stream),
        order_(Indices::kShuffled, arguments.stream),
        random_(Random(arguments.stream.seed).split("endure")) {
    if (!arguments.policies.empty()) components_.compaction_policies = arguments.policies;
    options_.data_dir = place.store();
    options_.wal_flush_every_write = false;
    report_.memory.memtables = (options_.frozen_memtables_max + 1) * options_.memtable_max_bytes;
    report_.memory.block_cache = options_.block_cache_bytes;
    report_.memory.writers = options_.group_commit_max_bytes;
  }

  Result<EndureReport> run() {
    before_bytes_ = resident_bytes();
    Status whole = life();
    if (Status on = check_stop(stop_); !on.ok()) return on.error();
    if (!whole.ok()) report_.failure = whole.error().to_string();
    return std::move(report_);
  }

 private:
  using Counted = Result<std::uint64_t>;  // operations

  Status life();
  Status phase(std::string name, const std::function<Counted()>& work);
  Status judged(std::string name, const std::function<Counted()>& work);  // with a scan after it
  Status scan(Contents::Direction direction);

  Counted open();
  Counted close();
  Counted put_all();
  Counted remove_half();
  Counted remove_one_range();
  Counted gets();
  Counted merge_all();
  Counted verify();

  const Stop& stop_;
  Options options_;
  StoreComponents components_;
  Contents contents_;
  Order order_;
  Random random_;
  std::unique_ptr<Store> store_;
  std::shared_ptr<const Version> closed_version_;  // of the store when it was last closed
  RssSampler sampler_;
  std::uint64_t before_bytes_ = 0;
  StoreStats last_stats_;
  EndureReport report_;
};

Status Endurance::phase(std::string name, const std::function<Counted()>& work) {
  static_cast<void>(sampler_.take_peak());
  const std::uint64_t start = now_ns();
  const auto done = work();
  const double seconds = static_cast<double>(now_ns() - start) / 1e9;
  if (!done.ok()) return done.error().prefixed(name);
  const std::uint64_t peak = sampler_.take_peak();
  if (store_) last_stats_ = store_->stats();
  EndurePhase row{.name = std::move(name), .operations = *done, .seconds = seconds, .stats = last_stats_};
  for (const LevelStats& level : row.stats.levels) row.tables += level.tables;
  row.disk_bytes = directory_bytes(options_.data_dir);
  row.live_bytes = contents_.live_bytes();
  row.peak_rss_bytes = peak - std::min(peak, before_bytes_);
  MemoryBudget& memory = report_.memory;
  memory.peak_rss = std::max(memory.peak_rss, row.peak_rss_bytes);
  memory.table_metadata = std::max(memory.table_metadata, row.stats.table_metadata_bytes);
  report_.phases.push_back(std::move(row));
  return {};
}

Status Endurance::scan(Contents::Direction direction) {
  return phase(direction == Contents::Direction::kForward ? "scan" : "scan back",
               [&] { return contents_.judge_scan(store_->session(), direction); });
}

Status Endurance::judged(std::string name, const std::function<Counted()>& work) {
  if (Status done = phase(std::move(name), work); !done.ok()) return done;
  return scan(Contents::Direction::kForward);
}

Endurance::Counted Endurance::open() {
  auto store = Store::open(options_, components_);
  if (!store.ok()) return store.error();
  store_ = std::move(*store);
  return 1;
}

Endurance::Counted Endurance::close() {
  Status closed = store_->close();
  closed_version_ = StoreInternals::version(*store_);
  store_.reset();
  if (!closed.ok()) return closed.error();
  return 1;
}

Endurance::Counted Endurance::put_all() {
  for (std::uint64_t i = 0; i < contents_.indices(); ++i) {
    if (Status on = check_stop(stop_); !on.ok()) return on.error();
    const std::uint64_t index = order_.next();
    const auto written = store_->put(contents_.key(index), contents_.value(index));
    if (!written.ok()) return written.error();
    contents_.put(index);
  }
  return contents_.indices();
}

Endurance::Counted Endurance::remove_one_range() {
  const std::uint64_t low = random_.below(contents_.indices());
  const std::uint64_t high = low + std::max<std::uint64_t>(contents_.indices() / kRangeShare, 1);
  const std::string first(contents_.key(low));
  const auto written = store_->remove_range(first, contents_.key(high));
  if (!written.ok()) return written.error();
  for (std::uint64_t i = low; i < std::min(high, contents_.indices()); ++i) contents_.remove(i);
  return 1;
}

Endurance::Counted Endurance::remove_half() {
  const std::uint64_t wanted = contents_.live() / 2;
  const std::uint64_t between = std::max<std::uint64_t>(wanted / kRangeDeletes, 2);
  std::uint64_t operations = 0;
  for (; contents_.live() > wanted; ++operations) {
    if (Status on = check_stop(stop_); !on.ok()) return on.error();
    if (operations % between == 0) {
      if (auto done = remove_one_range(); !done.ok()) return done;
      continue;
    }
    std::uint64_t index = order_.next();
    while (!contents_.alive(index)) index = order_.next();
    const auto written = store_->remove(contents_.key(index));
    if (!written.ok()) return written.error();
    contents_.remove(index);
  }
  return operations;
}

Endurance::Counted Endurance::gets() {
  Session session = store_->session();
  const std::uint64_t wanted = std::max<std::uint64_t>(contents_.indices() / kGetsShare, 1);
  for (std::uint64_t i = 0; i < wanted; ++i) {
    if (Status same = contents_.judge_get(session, random_.below(contents_.indices())); !same.ok()) return same.error();
  }
  return wanted;
}

Endurance::Counted Endurance::merge_all() {
  if (Status merged = store_->compact_range({}); !merged.ok()) return merged.error();
  return 1;
}

// Requires a closed store: in an open one, merges remove tables meanwhile.
Endurance::Counted Endurance::verify() {
  if (Status sound = verify_tables(*closed_version_, options_); !sound.ok()) return sound.error();
  return closed_version_->tables().size();
}

Status Endurance::life() {
  const auto forward = [&] { return scan(Contents::Direction::kForward); };
  const auto backward = [&] { return scan(Contents::Direction::kBackward); };
  const std::function<Status()> steps[] = {
      [&] { return phase("open", [&] { return open(); }); },
      [&] { return judged("fill", [&] { return put_all(); }); },
      [&] {
        contents_.next_generation();
        return judged("overwrite", [&] { return put_all(); });
      },
      [&] { return judged("delete", [&] { return remove_half(); }); },
      backward,
      [&] { return phase("get", [&] { return gets(); }); },
      [&] { return judged("compact", [&] { return merge_all(); }); },
      backward,
      [&] { return phase("get", [&] { return gets(); }); },
      [&] { return phase("close", [&] { return close(); }); },
      [&] { return phase("verify", [&] { return verify(); }); },
      [&] { return judged("open", [&] { return open(); }); },
      forward,
      [&] { return phase("close", [&] { return close(); }); },
  };
  for (const auto& step : steps) {
    if (Status on = check_stop(stop_); !on.ok()) return on;
    if (Status done = step(); !done.ok()) return done;
  }
  return {};
}

}  // namespace

double EndurePhase::space_amplification() const {
  return live_bytes == 0 ? 0 : static_cast<double>(disk_bytes) / static_cast<double>(live_bytes);
}

Result<EndureReport> run_endure(const EndureArguments& arguments) {
  auto place = Scratch::make(arguments.directory);
  if (!place.ok()) return place.error();
  if (Status valid = validate(arguments.options); !valid.ok()) return valid.error();
  return Endurance(arguments, *place).run();
}

}  // namespace mylonite::experiments
