#include "experiments/workload/phases.h"

#include <algorithm>
#include <iterator>

#include "core/base/invariant.h"

namespace mylonite::experiments {
namespace {

constexpr Mix all(OperationKind kind) {
  Mix mix{};
  mix[static_cast<std::size_t>(kind)] = 1000;
  return mix;
}
constexpr Mix kInserts = all(OperationKind::kInsert);
constexpr Mix kUpdates = all(OperationKind::kUpdate);

constexpr WorkloadPlan kPlans[] = {
    {.name = "ingest",
     .phases = {{{.name = "ingest", .length = 1000, .mix = kInserts, .keys = Indices::kShuffled}}},
     .what = "N unique keys in random order"},
    {.name = "seq",
     .phases = {{{.name = "seq", .length = 1000, .mix = kInserts, .keys = Indices::kAscending}}},
     .what = "N keys in ascending order"},
    {.name = "upd_u",
     .key_space = 200,
     .phases = {{{.name = "load", .length = 200, .mix = kInserts, .keys = Indices::kShuffled, .measured = false},
                 {.name = "update", .length = 1000, .mix = kUpdates}}},
     .what = "load N/5 keys, then N uniform updates of them"},
};

std::vector<Phase> phases_of(const WorkloadPlan& plan) {
  std::vector<Phase> phases;
  std::ranges::copy_if(plan.phases, std::back_inserter(phases), [](const Phase& phase) { return phase.length > 0; });
  return phases;
}

}  // namespace

std::span<const WorkloadPlan> workload_plans() { return kPlans; }

const WorkloadPlan* find_workload_plan(std::string_view name) {
  const auto* found = std::ranges::find(kPlans, name, &WorkloadPlan::name);
  return found == std::end(kPlans) ? nullptr : found;
}

OperationStream::OperationStream(const WorkloadPlan& plan, const StreamOptions& size)
    : entries_(size.entries),
      key_options_{.entries = of_n(plan.key_space), .value_bytes = size.value_bytes, .seed = size.seed},
      phases_(phases_of(plan)),
      random_(Random(size.seed).split("operations")),
      live_(key_options_.entries) {}

void OperationStream::begin(std::size_t phase) {
  phase_ = &phases_.at(phase);
  left_ = of_n(phase_->length);
  const bool inserts = phase_->mix[static_cast<std::size_t>(OperationKind::kInsert)] > 0;
  order_.reset();
  if (inserts) order_.emplace(phase_->keys, key_options_);
}

std::uint64_t OperationStream::total() const {
  std::uint64_t operations = 0;
  for (const Phase& phase : phases_) operations += of_n(phase.length);
  return operations;
}

OperationKind OperationStream::draw_kind(const Mix& mix) {
  std::uint64_t part = random_.below(1000);
  std::size_t kind = 0;
  while (part >= mix[kind]) part -= mix[kind++];
  return static_cast<OperationKind>(kind);
}

std::optional<PlannedOperation> OperationStream::next() {
  if (left_ == 0) return std::nullopt;
  --left_;
  PlannedOperation operation{.kind = draw_kind(phase_->mix), .index = 0, .generation = 0};
  if (operation.kind == OperationKind::kInsert) {
    operation.index = order_->next();
    live_count_ += live_[operation.index] ? 0 : 1;
    live_[operation.index] = true;
  } else {
    invariant(live_count_ > 0, "there are keys to draw from");
    do operation.index = random_.below(live_.size());
    while (!live_[operation.index]);
  }
  const bool writes = operation.kind == OperationKind::kInsert || operation.kind == OperationKind::kUpdate;
  operation.generation = writes ? ++written_ : 0;
  return operation;
}

}  // namespace mylonite::experiments
