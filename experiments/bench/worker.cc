#include "experiments/bench/worker.h"

#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "experiments/bench/measure.h"

namespace mylonite::experiments {
namespace {

constexpr std::uint64_t kClockStride = 8;  // one operation in this many is timed; every synced one is
constexpr std::uint64_t kStopStride = 256;

// One measurement: it drives the engine, the streams and the model together.
class Measurement {
 public:
  Measurement(const WorkerJob& job, const Workload& workload, Engine& engine)
      : job_(job),
        workload_(workload),
        engine_(engine),
        keys_(job.stream),
        values_(job.stream),
        order_(workload.indices, job.stream),
        model_(job.stream, workload.loaded) {}

  Result<Figures> run() {
    const std::uint64_t wanted = operations_of(workload_, job_.stream, job_.synced_entries);
    const Usage before = usage();
    const std::uint64_t start = now_ns();
    Status done = workload_.action == Action::kScanAll ? scan_all() : each_operation(wanted, start);
    const std::uint64_t stop = now_ns();
    if (!done.ok()) return done.error();
    const std::uint64_t settled = std::max(wait_until_quiet(engine_), stop);
    const Usage after = usage();
    if (Status sound = judge(); !sound.ok()) return sound.error();

    const auto operations = static_cast<double>(operations_);
    Figures figures;
    figures.operations = operations;
    figures.ops_per_s = operations * 1e9 / static_cast<double>(stop - start);
    figures.settled_ops_per_s = operations * 1e9 / static_cast<double>(settled - start);
    figures.cpu_us_per_op = (after.cpu_us - before.cpu_us) / operations;
    figures.p50_us = latencies_.quantile_us(0.5);
    figures.p99_us = latencies_.quantile_us(0.99);
    figures.p999_us = latencies_.quantile_us(0.999);
    figures.rss_mb = static_cast<double>(after.peak_bytes) / 1e6;
    const auto entry_bytes = static_cast<double>(kKeyBytes + job_.stream.value_bytes);
    if (workload_.action == Action::kPut) {
      figures.write_amp = static_cast<double>(after.written_bytes - before.written_bytes) / (operations * entry_bytes);
    }
    const std::uint64_t live = model_.live();
    if (live > 0) {
      figures.space_amp =
          static_cast<double>(directory_bytes(job_.directory)) / (static_cast<double>(live) * entry_bytes);
    }
    return figures;
  }

 private:
  Status each_operation(std::uint64_t wanted, std::uint64_t start) {
    const std::uint64_t stride = workload_.synced ? 1 : kClockStride;
    const std::uint64_t deadline = start + job_.seconds_max * 1'000'000'000;
    for (operations_ = 0; operations_ < wanted; ++operations_) {
      const std::uint64_t index = order_.next();
      if (operations_ % kStopStride == 0 && now_ns() > deadline) return {};
      if (operations_ % stride != 0) {
        if (Status done = operate(index); !done.ok()) return done;
        continue;
      }
      const std::uint64_t from = now_ns();
      if (Status done = operate(index); !done.ok()) return done;
      latencies_.add(now_ns() - from);
    }
    return {};
  }

  Status operate(std::uint64_t index) {
    switch (workload_.action) {
      case Action::kPut:
        model_.put(index, workload_.generation);
        return engine_.put(keys_.at(index), values_.at(index, workload_.generation));
      case Action::kRemove: model_.remove(index); return engine_.remove(keys_.at(index));
      case Action::kGet: return expect(engine_.get(keys_.at(index), values_.at(index, 0)), true);
      case Action::kGetMissing: return expect(engine_.get(keys_.missing(index), {}), false);
      case Action::kSeek: return seek(index);
      case Action::kScanAll: break;
    }
    return Error(Code::kInvalidArgument, "not an operation");
  }

  static Status expect(const Result<bool>& found, bool present) {
    if (!found.ok()) return found.error();
    if (*found == present) return {};
    return Error(Code::kCorruption, present ? "a key that was written is absent" : "an absent key was found");
  }

  Status seek(std::uint64_t index) {
    const auto seen = engine_.scan(keys_.at(index), kSeekEntries);
    if (!seen.ok()) return seen.error();
    sought_.digest += seen->digest;
    sought_.entries += seen->entries;
    return {};
  }

  Status scan_all() {
    const std::uint64_t deadline = now_ns() + job_.seconds_max * 1'000'000'000;
    for (std::uint64_t pass = 0; pass < kScanPasses && now_ns() < deadline; ++pass) {
      const auto seen = engine_.scan({}, UINT64_MAX);
      if (!seen.ok()) return seen.error();
      operations_ += seen->entries;
      if (pass == 0) first_pass_ = *seen;
      if (*seen != first_pass_) return Error(Code::kCorruption, "two scans of the same store differ");
    }
    return {};
  }

  // Checks the answers given, and the store's contents.
  Status judge() {
    if (workload_.action == Action::kSeek) {
      Order order(workload_.indices, job_.stream);
      Seen expected;
      for (std::uint64_t i = 0; i < operations_; ++i) {
        const Seen one = model_.scan(order.next(), kSeekEntries);
        expected.digest += one.digest;
        expected.entries += one.entries;
      }
      if (sought_ != expected) return Error(Code::kCorruption, "seeks did not see what was written");
    }
    const Seen expected = model_.scan(0, UINT64_MAX);
    const auto seen = engine_.scan({}, UINT64_MAX);
    if (!seen.ok()) return seen.error();
    if (*seen == expected && (workload_.action != Action::kScanAll || first_pass_ == expected)) return {};
    return Error(Code::kCorruption,
                 fmt::format("the store's contents are wrong: expected {} entries (digest {:016x}), found {} ({:016x})",
                             expected.entries, expected.digest, seen->entries, seen->digest));
  }

  const WorkerJob& job_;
  const Workload& workload_;
  Engine& engine_;
  Keys keys_;
  Values values_;
  Order order_;
  Model model_;
  Histogram latencies_;
  std::uint64_t operations_ = 0;
  Seen sought_;
  Seen first_pass_;
};

}  // namespace

Result<Figures> run_worker(const WorkerJob& job) {
  const Workload* workload = find_workload(job.workload);
  const EngineKind* kind = find_engine(job.engine);
  if (workload == nullptr) return Error(Code::kInvalidArgument, "no workload '" + job.workload + "'");
  if (kind == nullptr || kind->open == nullptr) {
    return Error(Code::kInvalidArgument, "the engine '" + job.engine + "' is not built");
  }
  auto engine = kind->open({.directory = job.directory,
                            .cache_bytes = job.cache_bytes,
                            .mylonite = job.mylonite,
                            .synced = workload->synced});
  if (!engine.ok()) return engine.error();
  wait_until_quiet(**engine);  // background work of the open does not count
  auto measurement = std::make_unique<Measurement>(job, *workload, **engine);
  auto figures = measurement->run();
  if (Status closed = (*engine)->close(); !closed.ok() && figures.ok()) return closed.error();
  return figures;
}

}  // namespace mylonite::experiments
