#include "experiments/endure/open_time.h"

#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include <mylonite/store.h>

#include "core/store/internals.h"
#include "experiments/bench/figures.h"
#include "experiments/bench/measure.h"
#include "experiments/endure/contents.h"
#include "experiments/endure/place.h"

namespace mylonite::experiments {
namespace {

constexpr std::uint64_t kTableBytes = 16384;
constexpr std::uint64_t kEntriesPerTable = 144;  // about as many as fit
constexpr std::uint64_t kLookEvery = 64;         // gets between two counts of the descriptors

double ms_since(std::uint64_t start) { return static_cast<double>(now_ns() - start) / 1e6; }

// All indices in order.
class Everything final : public IngestSource {
 public:
  Everything(Contents& contents, const Stop& stop) : contents_(contents), stop_(stop) {}
  Result<bool> next(std::string_view& key, std::string_view& value) override {
    if (next_ == contents_.indices()) return false;
    if (Status on = check_stop(stop_); !on.ok()) return on.error();
    contents_.put(next_);
    key = contents_.key(next_);
    value = contents_.value(next_++);
    return true;
  }

 private:
  Contents& contents_;
  const Stop& stop_;
  std::uint64_t next_ = 0;
};

class ManyTables {
 public:
  ManyTables(const OpenArguments& arguments, const Scratch& place)
      : arguments_(arguments), contents_({.entries = arguments.tables * kEntriesPerTable}) {
    options_.data_dir = place.store();
    options_.sstable_max_bytes = kTableBytes;
    options_.compression = "none";
    options_.compaction_policy = "none";
    options_.open_files_max = arguments.open_files_max;
  }

  Status make();
  Status measure();
  OpenReport take() { return std::move(report_); }

 private:
  Status round(bool detailed);
  Status touch_all(Store& store);

  const OpenArguments& arguments_;
  Options options_;
  Contents contents_;
  std::vector<double> open_ms_;
  std::vector<double> open_cpu_ms_;
  std::vector<double> first_get_ms_;
  std::vector<double> close_ms_;
  OpenReport report_;
};

Status ManyTables::make() {
  const std::uint64_t start = now_ns();
  auto store = Store::open(options_);
  if (!store.ok()) return store.error();
  Everything everything(contents_, arguments_.stop);
  if (const auto loaded = (*store)->ingest(everything); !loaded.ok()) return loaded.error();
  report_.tables = StoreInternals::version(**store)->tables().size();
  if (Status closed = (*store)->close(); !closed.ok()) return closed;
  report_.make_s = ms_since(start) / 1e3;
  report_.entries = contents_.indices();
  report_.disk_bytes = directory_bytes(options_.data_dir);
  report_.descriptors_bound = options_.open_files_max;
  return {};
}

// At least one get in each table: the distance between gets is smaller than any table.
Status ManyTables::touch_all(Store& store) {
  Session session = store.session();
  std::uint64_t gets = 0;
  double ms = 0;
  for (std::uint64_t index = 0; index < contents_.indices(); index += kEntriesPerTable / 2) {
    if (Status on = check_stop(arguments_.stop); !on.ok()) return on;
    const std::uint64_t start = now_ns();
    if (Status same = contents_.judge_get(session, index); !same.ok()) return same;
    ms += ms_since(start);
    if (++gets % kLookEvery != 0) continue;
    report_.descriptors_most = std::max(report_.descriptors_most, descriptors_below(options_.data_dir));
  }
  report_.touch_us = gets == 0 ? 0 : ms * 1e3 / static_cast<double>(gets);
  report_.metadata_bytes = store.stats().table_metadata_bytes;
  report_.rss_touched = resident_bytes();
  return {};
}

Status ManyTables::round(bool detailed) {
  if (detailed) report_.rss_before = resident_bytes();
  const double cpu_us = usage().cpu_us;
  std::uint64_t start = now_ns();
  auto store = Store::open(options_);
  if (!store.ok()) return store.error();
  open_ms_.push_back(ms_since(start));
  open_cpu_ms_.push_back((usage().cpu_us - cpu_us) / 1e3);
  if (detailed) {
    report_.rss_open = resident_bytes();
    report_.descriptors_open = descriptors_below(options_.data_dir);
  }
  Session session = (*store)->session();
  start = now_ns();
  if (Status same = contents_.judge_get(session, contents_.indices() / 2); !same.ok()) return same;
  first_get_ms_.push_back(ms_since(start));
  if (detailed) {
    if (Status touched = touch_all(**store); !touched.ok()) return touched;
  }
  start = now_ns();
  if (Status closed = (*store)->close(); !closed.ok()) return closed;
  close_ms_.push_back(ms_since(start));
  return {};
}

// Only the first round measures memory: the process keeps the memory that a round frees, which would hide later needs.
Status ManyTables::measure() {
  for (std::uint64_t i = 0; i < arguments_.rounds; ++i) {
    if (Status on = check_stop(arguments_.stop); !on.ok()) return on;
    if (Status done = round(i == 0); !done.ok()) return done;
  }
  report_.open_ms = median(open_ms_);
  report_.open_cpu_ms = median(open_cpu_ms_);
  report_.first_get_ms = median(first_get_ms_);
  report_.close_ms = median(close_ms_);
  return {};
}

}  // namespace

Result<OpenReport> run_open(const OpenArguments& arguments) {
  auto place = Scratch::make(arguments.directory);
  if (!place.ok()) return place.error();
  ManyTables work(arguments, *place);
  if (Status made = work.make(); !made.ok()) return made.error();
  const Status measured = work.measure();
  if (Status on = check_stop(arguments.stop); !on.ok()) return on.error();
  OpenReport report = work.take();
  if (!measured.ok()) report.failure = measured.error().to_string();
  // The bound counts tables only, not the lock and the log.
  if (report.failure.empty() && report.descriptors_most > report.descriptors_bound + 8) {
    report.failure =
        fmt::format("{} files were open, the bound is {} and a few", report.descriptors_most, report.descriptors_bound);
  }
  return report;
}

}  // namespace mylonite::experiments
