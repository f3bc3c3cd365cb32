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

#include "core/base/fixed_point.h"
#include "core/compaction/policies.h"
#include "core/rt/rt.h"
#include "experiments/machine/world.h"
#include "experiments/result/commit.h"
#include "experiments/run/debt.h"
#include "experiments/run/live_data.h"
#include "experiments/run/measuring.h"
#include "experiments/run/rest.h"
#include "experiments/run/store_options.h"
#include "experiments/run/workload_source.h"
#include "experiments/workload/arrivals.h"
#include "experiments/workload/operation_stream.h"

namespace mylonite::experiments {
namespace {

constexpr std::uint64_t kProgressOperations = 1 << 10;
constexpr std::uint64_t kBurstsOfAPhase = 10;

// All that stays the same when a spec is run once more.
struct Prepared {
  const RunSpec& spec;
  const CompactionPolicies& policies;
  const PlannedWorkload& workload;
  const Values& values;
  const Progress& progress;
  EventListener* observer;  // null: nobody
  Options options{};
  std::string policy{};
  std::uint64_t buffer_bytes = 0;
};

// One run on its machine.
class Run {
 public:
  // `arrival_mean_ps`: between arrivals in measured phases; 0: a client issues the next operation at the answer.
  Run(const Prepared& prepared, std::uint64_t arrival_mean_ps, World& world)
      : spec_(prepared.spec),
        arrival_mean_ps_(arrival_mean_ps),
        world_(world),
        progress_(prepared.progress),
        operations_(prepared.workload, prepared.spec.seed),
        keys_(prepared.workload),
        values_(prepared.values),
        live_(operations_.keys()),
        measuring_(world, prepared.observer) {}

  Status carry_out(const Options& options, CompactionPolicies policies);  // on the machine
  const std::string& failure() const { return failure_; }
  std::vector<faultfs::Disk> take_disks() { return std::move(disks_); }  // those of debt_samples
  Measuring& measuring() { return measuring_; }

 private:
  void work(const Phase& phase);
  void client(const Phase& phase);
  Status apply(const PlannedOperation& operation, const std::string& key);
  enum class Expected : std::uint8_t { kThere, kAbsent, kEither };
  Status read(const std::string& key, Expected expected, Timestamp written = {});
  Status scan(const std::string& from, std::uint64_t length);
  std::uint64_t due_ns(const Phase& phase);  // when the next operation is issued
  void after_buffer(bool measured);
  std::uint64_t samples_a_debt() const {
    return std::max<std::uint64_t>(spec_.entries / spec_.buffer_entries / spec_.debt_samples, 1);
  }
  void verify();

  const RunSpec& spec_;
  const std::uint64_t arrival_mean_ps_;
  World& world_;
  const Progress& progress_;
  OperationStream operations_;
  KeyTexts keys_;
  const Values& values_;
  LiveData live_;
  Measuring measuring_;
  std::unique_ptr<Store> store_;
  std::optional<Error> error_;
  std::uint64_t done_ = 0;
  std::uint64_t writes_ = 0;
  std::optional<Arrivals> arrivals_;  // of the phase, if it has any
  std::vector<faultfs::Disk> disks_;
  std::string failure_;
  std::uint64_t phase_began_ns_ = 0;
  std::uint64_t phase_operations_ = 0;
};

Status Run::carry_out(const Options& options, CompactionPolicies policies) {
  StoreComponents components(&measuring_.events());
  components.compaction_policies = std::move(policies);
  auto opened = Store::open(world_.files(), options, std::move(components));
  if (!opened.ok()) return opened.error();
  store_ = std::move(*opened);
  bool measuring = false;
  for (std::size_t i = 0; i < operations_.phases().size() && !error_; ++i) {
    const Phase& phase = operations_.phases()[i];
    if (phase.measured && !measuring) {
      if (i > 0) rest_until_idle(*store_);  // what earlier phases left to merge is not this one's
      measuring_.begin(*store_);
    }
    measuring = measuring || phase.measured;
    operations_.begin(i);
    work(phase);
  }
  if (!error_) {
    measuring_.end(*store_);
    verify();
  }
  const Status closed = store_->close();
  return error_ ? *error_ : closed;
}

void Run::work(const Phase& phase) {
  phase_began_ns_ = rt::monotonic_ns();
  phase_operations_ = operations_.left();
  if (phase.measured && arrival_mean_ps_ > 0) {
    const std::uint64_t burst = phase.bursts ? operations_.left() / kBurstsOfAPhase : 0;
    arrivals_.emplace(arrival_mean_ps_, rt::monotonic_ns(), Random(spec_.seed).split("arrivals"), burst);
  }
  std::vector<rt::Thread> clients;
  for (std::uint64_t i = 1; i < spec_.clients; ++i) clients.emplace_back("client", [this, &phase] { client(phase); });
  client(phase);
  for (rt::Thread& each : clients) each.join();
}

std::uint64_t Run::due_ns(const Phase& phase) {
  if (arrivals_) return arrivals_->next_ns();
  if (phase.seconds == 0) return rt::monotonic_ns();
  const std::uint64_t before = phase_operations_ - 1 - operations_.left();
  return phase_began_ns_ + multiply_divide(phase.seconds * 1'000'000'000, before, phase_operations_);
}

void Run::client(const Phase& phase) {
  std::string key;  // its own: other clients use the same keys meanwhile
  while (!error_) {
    const auto operation = operations_.next();
    if (!operation) return;
    const std::uint64_t before_ns = due_ns(phase);
    if (arrivals_ || phase.seconds > 0) rt::sleep_until(before_ns);
    live_.fetch(operation->index);
    key = keys_.at(operation->index);
    if (Status done = apply(*operation, key); !done.ok()) {
      error_ = done.error();
      return;
    }
    if (phase.measured) measuring_.took(operation->kind, rt::monotonic_ns() - before_ns);
    ++done_;
    if (done_ % kProgressOperations == 0 && progress_ && !progress_(done_, operations_.total())) {
      error_ = Error(Code::kClosed, "the run was given up");
      return;
    }
    const bool wrote = operation->generation > 0 || operation->kind == OperationKind::kDelete;
    if (wrote && ++writes_ % spec_.buffer_entries == 0) after_buffer(phase.measured);
  }
}

Status Run::apply(const PlannedOperation& operation, const std::string& key) {
  if (operation.kind == OperationKind::kScan) return scan(key, operation.length);
  if (operation.kind == OperationKind::kReadAbsent) return read(key + ".", Expected::kAbsent);
  const bool reads = operation.kind == OperationKind::kRead || operation.kind == OperationKind::kReadModifyWrite;
  if (reads) {
    // An insert by another client may still be on its way.
    const Expected expected = live_.last(operation.index).generation > 0 ? Expected::kThere : Expected::kEither;
    if (Status done = read(key, expected, live_.last(operation.index).at); !done.ok()) return done;
  }
  const bool deletes = operation.kind == OperationKind::kDelete;
  if (operation.generation == 0 && !deletes) return {};
  const std::uint64_t bytes = operation.value_bytes == kUsualValueBytes ? spec_.value_bytes : operation.value_bytes;
  const auto stamp =
      deletes ? store_->remove(key) : store_->put(key, values_.at(operation.index, operation.generation, bytes));
  if (!stamp.ok()) return stamp.error();
  live_.wrote(operation.index, {.generation = operation.generation,
                                .key_bytes = static_cast<std::uint32_t>(key.size()),
                                .value_bytes = static_cast<std::uint32_t>(bytes),
                                .at = *stamp});
  return {};
}

Status Run::read(const std::string& key, Expected expected, Timestamp written) {
  Session session = store_->session();
  const auto value = session.get(key);
  if (!value.ok()) return value.error();
  if (value->has_value()) measuring_.returned(key, **value);
  if (expected == Expected::kThere && written <= session.moment().expired_through) {
    expected = spec_.clients > 1 ? Expected::kEither : Expected::kAbsent;  // another client may have written it again
  }
  if (expected != Expected::kEither && value->has_value() != (expected == Expected::kThere) && failure_.empty()) {
    failure_ = fmt::format("key {} is {}", key, value->has_value() ? "there, and was never written" : "missing");
  }
  return {};
}

Status Run::scan(const std::string& from, std::uint64_t length) {
  const auto iterator = store_->session().iterator();
  if (!iterator.ok()) return iterator.error();
  (*iterator)->seek(from);
  for (std::uint64_t i = 0; i < length && (*iterator)->valid(); ++i) {
    if (i > 0) (*iterator)->next();
    if ((*iterator)->valid()) measuring_.returned((*iterator)->key(), (*iterator)->value());
  }
  return (*iterator)->status();
}

void Run::after_buffer(bool measured) {
  if (spec_.rests) rest_until_idle(*store_);
  if (!measured) return;
  measuring_.sample(*store_, live_);
  if (spec_.debt_samples > 0 && measuring_.samples() % samples_a_debt() == 0) disks_.push_back(world_.data());
}

// Concurrent clients may have written one key in either order; their values are not compared.
void Run::verify() {
  if (!failure_.empty()) return;
  auto opened = store_->session().iterator();
  if (!opened.ok()) {
    error_ = opened.error();
    return;
  }
  const std::unique_ptr<Iterator> iterator = std::move(*opened);
  std::uint64_t index = 0;
  const auto skip_absent = [&] {
    while (index < live_.keys() && !live_.last(index).there(iterator->moment().expired_through)) ++index;
  };
  skip_absent();
  for (iterator->seek_to_first(); iterator->valid(); iterator->next(), ++index, skip_absent()) {
    if (index == live_.keys() || iterator->key() != keys_.at(index)) {
      failure_ = fmt::format("the scan shows key {}, expected {}", iterator->key(),
                             index == live_.keys() ? "the end" : keys_.at(index));
      return;
    }
    const LiveData::Value& last = live_.last(index);
    if (spec_.clients == 1 && iterator->value() != values_.at(index, last.generation, last.value_bytes)) {
      failure_ = fmt::format("key {} has another value than the last one written", iterator->key());
      return;
    }
  }
  if (!iterator->status().ok()) error_ = iterator->status().error();
  if (index < live_.keys()) failure_ = fmt::format("key {} is missing in the scan", keys_.at(index));
}

Result<RunResult> run_at(const Prepared& prepared, std::uint64_t arrival_mean_ps) {
  const RunSpec& spec = prepared.spec;
  World world(device_named(spec.device), processor_named(spec.processor));
  Run run(prepared, arrival_mean_ps, world);
  Status done;
  const std::string stuck = world.run([&] { done = run.carry_out(prepared.options, prepared.policies); });
  if (!stuck.empty()) return Error(Code::kIo, stuck);
  if (!done.ok()) return done.error();
  RunFigures figures = run.measuring().take_figures();
  figures.arrival_mean_ps = arrival_mean_ps;
  done = measure_debt(run.take_disks(), prepared.options, prepared.policies, figures);
  if (!done.ok()) return done.error();
  return RunResult{.spec = spec,
                   .policy = prepared.policy,
                   .options_hash = options_hash(prepared.options),
                   .commit = std::string(built_from()),
                   .buffer_bytes = prepared.buffer_bytes,
                   .figures = std::move(figures),
                   .failure = run.failure(),
                   .shape = run.measuring().take_shape()};
}

}  // namespace

Result<RunResult> run_spec(const RunSpec& given, const CompactionPolicies& policies, const Progress& progress,
                           EventListener* observer) {
  if (Status good = check_names(given); !good.ok()) return good.error();
  const auto source = workload_source(given);
  if (!source.ok()) return source.error();
  const RunSpec& spec = source->spec;
  const auto policy = configure_policy(policies, spec.policy);
  if (!policy.ok()) return policy.error();
  const Values values(value_options(spec, source->workload));
  const auto buffer_bytes = measured_buffer(spec, source->workload, values);
  if (!buffer_bytes.ok()) return buffer_bytes.error();
  auto options = store_options(spec, source->workload, *buffer_bytes);
  if (!options.ok()) return options.error();
  const Prepared prepared{.spec = spec,
                          .policies = policies,
                          .workload = source->workload,
                          .values = values,
                          .progress = progress,
                          .observer = observer,
                          .options = std::move(*options),
                          .policy = policy->text,
                          .buffer_bytes = *buffer_bytes};
  if (spec.arrivals_per_second > 0) return run_at(prepared, 1'000'000'000'000 / spec.arrivals_per_second);
  auto closed = run_at(prepared, 0);
  if (spec.load_percent == 0 || !closed.ok() || !closed->failure.empty()) return closed;
  const RunFigures& at = closed->figures;
  const std::uint64_t mean_ps =
      at.duration_ns * 1000 / std::max<std::uint64_t>(at.operations, 1) * 100 / spec.load_percent;
  return run_at(prepared, mean_ps);
}

}  // namespace mylonite::experiments
