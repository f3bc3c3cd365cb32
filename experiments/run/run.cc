#include "experiments/run/run.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <mylonite/events.h>
#include <mylonite/store.h>

#include "core/compaction/policies.h"
#include "core/rt/rt.h"
#include "experiments/machine/world.h"
#include "experiments/run/store_options.h"
#include "experiments/workload/phases.h"

namespace mylonite::experiments {
namespace {

constexpr std::uint64_t kRestNs = 1'000'000;
constexpr std::uint64_t kProgressOperations = 1 << 14;

const DeviceProfile& device_named(std::string_view name) {
  return *std::ranges::find(kDevices, name, &DeviceProfile::name);
}
const ProcessorProfile& processor_named(std::string_view name) {
  return *std::ranges::find(kProcessors, name, &ProcessorProfile::name);
}

StreamOptions stream_options(const RunSpec& spec) {
  return {.entries = spec.entries, .value_bytes = spec.value_bytes, .seed = spec.seed};
}

class LargestMerge final : public EventListener {
 public:
  void on_compaction(const JobRecord& record) override {
    if (!record.move) bytes_ = std::max(bytes_, record.bytes_out);
  }
  void restart() { bytes_ = 0; }
  std::uint64_t bytes() const { return bytes_; }

 private:
  std::uint64_t bytes_ = 0;
};

// One run on its machine.
class Run {
 public:
  Run(const RunSpec& spec, const WorkloadPlan& plan, World& world, const Progress& progress)
      : spec_(spec),
        world_(world),
        progress_(progress),
        operations_(plan, stream_options(spec)),
        keys_({.entries = operations_.keys()}),
        values_(stream_options(spec)),
        written_(operations_.keys()) {}

  Status carry_out(const Options& options, CompactionPolicies policies);  // on the machine
  const RunFigures& figures() const { return figures_; }
  const std::string& failure() const { return failure_; }

 private:
  void work(const Phase& phase);
  void client(bool measured);
  Status apply(const PlannedOperation& operation);
  enum class Expected : std::uint8_t { kThere, kAbsent, kEither };
  Status read(const std::string& key, Expected expected);
  Status scan(const std::string& from, std::uint64_t length);
  void after_buffer(bool measured);
  void rest();
  void sample();
  void begin_measuring();
  void end_measuring();
  void verify();

  const RunSpec& spec_;
  World& world_;
  const Progress& progress_;
  OperationStream operations_;
  Keys keys_;
  Values values_;
  std::vector<std::uint64_t> written_;  // by index: the generation of the last value; 0: absent
  LargestMerge largest_merge_;
  std::unique_ptr<Store> store_;
  std::optional<Error> error_;
  std::uint64_t done_ = 0;
  std::uint64_t writes_ = 0;
  std::vector<std::uint64_t> latencies_ns_;
  RunFigures figures_;
  std::string failure_;
  StoreStats stats_before_;
  Traffic traffic_before_;
  std::uint64_t began_ns_ = 0;
};

Status Run::carry_out(const Options& options, CompactionPolicies policies) {
  StoreComponents components(&largest_merge_);
  components.compaction_policies = std::move(policies);
  auto opened = Store::open(world_.files(), options, std::move(components));
  if (!opened.ok()) return opened.error();
  store_ = std::move(*opened);
  bool measuring = false;
  for (std::size_t i = 0; i < operations_.phases().size() && !error_; ++i) {
    const Phase& phase = operations_.phases()[i];
    if (phase.measured && !measuring) {
      if (i > 0) rest();  // what earlier phases left to merge is not this one's
      begin_measuring();
    }
    measuring = measuring || phase.measured;
    operations_.begin(i);
    work(phase);
  }
  if (!error_) {
    end_measuring();
    verify();
  }
  const Status closed = store_->close();
  return error_ ? *error_ : closed;
}

void Run::work(const Phase& phase) {
  std::vector<rt::Thread> clients;
  for (std::uint64_t i = 1; i < spec_.clients; ++i) {
    clients.emplace_back("client", [this, &phase] { client(phase.measured); });
  }
  client(phase.measured);
  for (rt::Thread& each : clients) each.join();
}

void Run::client(bool measured) {
  while (!error_) {
    const auto operation = operations_.next();
    if (!operation) return;
    const std::uint64_t before_ns = rt::monotonic_ns();
    if (Status done = apply(*operation); !done.ok()) {
      error_ = done.error();
      return;
    }
    if (measured) latencies_ns_.push_back(rt::monotonic_ns() - before_ns);
    if (++done_ % kProgressOperations == 0 && progress_) progress_(done_, operations_.total());
    const bool wrote = operation->generation > 0;
    if (wrote && ++writes_ % spec_.buffer_entries == 0) after_buffer(measured);
  }
}

Status Run::apply(const PlannedOperation& operation) {
  const std::string key(keys_.at(operation.index));  // other clients use the same keys meanwhile
  if (operation.kind == OperationKind::kScan) return scan(key, operation.length);
  if (operation.kind == OperationKind::kReadAbsent) return read(key + ".", Expected::kAbsent);
  const bool reads = operation.kind == OperationKind::kRead || operation.kind == OperationKind::kReadModifyWrite;
  if (reads) {
    // An insert by another client may still be on its way.
    const Expected expected = written_[operation.index] > 0 ? Expected::kThere : Expected::kEither;
    if (Status done = read(key, expected); !done.ok()) return done;
  }
  if (operation.generation == 0) return {};
  const auto stamp = store_->put(key, values_.at(operation.index, operation.generation));
  if (!stamp.ok()) return stamp.error();
  written_[operation.index] = operation.generation;
  return {};
}

Status Run::read(const std::string& key, Expected expected) {
  const auto value = store_->get(key);
  if (!value.ok()) return value.error();
  if (expected != Expected::kEither && value->has_value() != (expected == Expected::kThere) && failure_.empty()) {
    failure_ = fmt::format("key {} is {}", key, value->has_value() ? "there, and was never written" : "missing");
  }
  return {};
}

Status Run::scan(const std::string& from, std::uint64_t length) {
  const auto opened = store_->session().iterator();
  if (!opened.ok()) return opened.error();
  Iterator& iterator = **opened;
  iterator.seek(from);
  for (std::uint64_t i = 1; i < length && iterator.valid(); ++i) iterator.next();
  return iterator.status();
}

void Run::after_buffer(bool measured) {
  if (spec_.rests) rest();
  if (measured) sample();
}

void Run::rest() {
  for (;;) {
    rt::sleep_until(rt::monotonic_ns() + kRestNs);
    const StoreStats stats = store_->stats();
    if (stats.merges_running == 0 && stats.frozen_memtables == 0) return;
  }
}

void Run::sample() {
  std::uint64_t runs = 0;
  std::uint64_t bytes = 0;
  for (const LevelStats& level : store_->stats().levels) {
    runs += level.runs;
    bytes += level.bytes;
  }
  ++figures_.samples;
  figures_.runs_sum += runs;
  figures_.runs_max = std::max(figures_.runs_max, runs);
  figures_.table_bytes_sum += bytes;
  figures_.live_bytes_sum += operations_.live() * (kKeyBytes + spec_.value_bytes);
  figures_.space_max = std::max(figures_.space_max, world_.space_bytes());
}

void Run::begin_measuring() {
  stats_before_ = store_->stats();
  traffic_before_ = world_.disk().traffic();
  largest_merge_.restart();
  began_ns_ = rt::monotonic_ns();
}

void Run::end_measuring() {
  figures_.duration_ns = rt::monotonic_ns() - began_ns_;
  const StoreStats now = store_->stats();
  const auto since = [&](std::uint64_t StoreStats::* figure) { return now.*figure - stats_before_.*figure; };
  const auto stalled = [&](StallCause cause) {
    const auto i = static_cast<std::size_t>(cause);
    return now.stalls[i].ns - stats_before_.stalls[i].ns;
  };
  figures_.operations = latencies_ns_.size();
  figures_.user_bytes = since(&StoreStats::user_bytes);
  figures_.user_entries = since(&StoreStats::operations);
  figures_.log_bytes = since(&StoreStats::wal_bytes);
  figures_.manifest_bytes = world_.disk().traffic().appended("manifest") - traffic_before_.appended("manifest");
  figures_.flush_bytes = since(&StoreStats::flush_bytes);
  figures_.flush_entries = since(&StoreStats::flush_entries);
  figures_.merge_bytes_in = since(&StoreStats::merge_bytes_in);
  figures_.merge_bytes_out = since(&StoreStats::merge_bytes_out);
  figures_.merge_entries_out = since(&StoreStats::merge_entries_out);
  figures_.gets = since(&StoreStats::gets);
  figures_.tables_probed = since(&StoreStats::tables_probed);
  figures_.filter_negatives = since(&StoreStats::filter_negatives);
  figures_.blocks_read = since(&StoreStats::block_cache_misses);
  figures_.merges = since(&StoreStats::merges);
  figures_.moves = since(&StoreStats::moves);
  figures_.largest_merge_bytes = largest_merge_.bytes();
  figures_.processors_busy_ns = world_.processors_busy_ns();
  figures_.device_busy_ns = world_.disk().device_busy_ns();
  figures_.stall_memtables_ns = stalled(StallCause::kMemtables);
  figures_.stall_level0_ns = stalled(StallCause::kLevel0);
  figures_.slowdown_ns = stalled(StallCause::kSlowdown);
  std::ranges::sort(latencies_ns_);
  const auto percentile = [&](std::uint64_t per_mille) {
    return latencies_ns_.empty() ? 0 : latencies_ns_[(latencies_ns_.size() - 1) * per_mille / 1000];
  };
  figures_.latency_p50_ns = percentile(500);
  figures_.latency_p99_ns = percentile(990);
  figures_.latency_p999_ns = percentile(999);
  figures_.latency_max_ns = percentile(1000);
}

// Concurrent clients may have written one key in either order; their values are not compared.
void Run::verify() {
  if (!failure_.empty()) return;
  std::uint64_t index = 0;
  const auto skip_absent = [&] {
    while (index < written_.size() && written_[index] == 0) ++index;
  };
  auto opened = store_->session().iterator();
  if (!opened.ok()) {
    error_ = opened.error();
    return;
  }
  const std::unique_ptr<Iterator> iterator = std::move(*opened);
  skip_absent();
  for (iterator->seek_to_first(); iterator->valid(); iterator->next(), ++index, skip_absent()) {
    if (index == written_.size() || iterator->key() != keys_.at(index)) {
      failure_ = fmt::format("the scan shows key {}, expected {}", iterator->key(),
                             index == written_.size() ? "the end" : keys_.at(index));
      return;
    }
    if (spec_.clients == 1 && iterator->value() != values_.at(index, written_[index])) {
      failure_ = fmt::format("key {} has another value than the last one written", iterator->key());
      return;
    }
  }
  if (!iterator->status().ok()) error_ = iterator->status().error();
  if (index < written_.size()) failure_ = fmt::format("key {} is missing in the scan", keys_.at(index));
}

// The bytes of the table that a full memtable makes.
Result<std::uint64_t> measured_buffer(const RunSpec& spec, const WorkloadPlan& plan) {
  auto options = store_options(spec, std::uint64_t{1} << 30);
  if (!options.ok()) return options.error();
  options->compaction_policy = "none";
  World world(device_named("none"), processor_named("none"));
  Result<std::uint64_t> bytes = std::uint64_t{0};
  const std::string stuck = world.run([&] {
    auto store = Store::open(world.files(), *options);
    if (!store.ok()) {
      bytes = store.error();
      return;
    }
    const std::uint64_t keys = OperationStream(plan, stream_options(spec)).keys();
    Keys names({.entries = keys});
    const Values values(stream_options(spec));
    Status done;
    for (std::uint64_t i = 0; i < spec.buffer_entries && done.ok(); ++i) {
      const std::uint64_t index = i * std::max<std::uint64_t>(keys / spec.buffer_entries, 1);
      if (const auto stamp = (*store)->put(names.at(index), values.at(index, 0)); !stamp.ok()) done = stamp.error();
    }
    if (done.ok()) done = (*store)->flush();
    if (done.ok()) {
      bytes = (*store)->stats().flush_bytes;
    } else {
      bytes = done.error();
    }
  });
  if (!stuck.empty()) return Error(Code::kIo, stuck);
  return bytes;
}

}  // namespace

Result<RunResult> run_spec(const RunSpec& spec, const CompactionPolicies& policies, const Progress& progress) {
  if (Status good = check_names(spec); !good.ok()) return good.error();
  const auto policy = configure_policy(policies, spec.policy);
  if (!policy.ok()) return policy.error();
  const WorkloadPlan& plan = *find_workload_plan(spec.workload);
  const auto buffer_bytes = measured_buffer(spec, plan);
  if (!buffer_bytes.ok()) return buffer_bytes.error();
  const auto options = store_options(spec, *buffer_bytes);
  if (!options.ok()) return options.error();
  World world(device_named(spec.device), processor_named(spec.processor));
  Run run(spec, plan, world, progress);
  Status done;
  const std::string stuck = world.run([&] { done = run.carry_out(*options, policies); });
  if (!stuck.empty()) return Error(Code::kIo, stuck);
  if (!done.ok()) return done.error();
  return RunResult{.spec = spec,
                   .policy = policy->text,
                   .buffer_bytes = *buffer_bytes,
                   .figures = run.figures(),
                   .failure = run.failure()};
}

}  // namespace mylonite::experiments
