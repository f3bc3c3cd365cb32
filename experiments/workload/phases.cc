#include "experiments/workload/phases.h"

#include <algorithm>
#include <initializer_list>
#include <iterator>

#include "core/base/invariant.h"

namespace mylonite::experiments {
namespace {

struct Part {
  OperationKind kind;
  std::uint32_t thousandths;
};
constexpr Mix mix_of(std::initializer_list<Part> parts) {
  Mix mix{};
  for (const Part& part : parts) mix[static_cast<std::size_t>(part.kind)] = part.thousandths;
  return mix;
}
constexpr Mix all(OperationKind kind) { return mix_of({{kind, 1000}}); }
constexpr Mix half_reads(OperationKind other) { return mix_of({{OperationKind::kRead, 500}, {other, 500}}); }
constexpr Mix nearly_all(OperationKind kind, OperationKind other) { return mix_of({{kind, 950}, {other, 50}}); }

constexpr Phase load(std::uint64_t length) {
  return {.name = "load",
          .length = length,
          .mix = all(OperationKind::kInsert),
          .keys = Indices::kShuffled,
          .measured = false};
}
constexpr Phase updates(Skew skew) {
  return {.name = "update", .length = 1000, .mix = all(OperationKind::kUpdate), .skew = skew};
}
// Updates of which some are deletes; an update of a deleted key inserts it again.
constexpr WorkloadPlan deletes(std::string_view name, std::string_view what, std::uint32_t thousandths) {
  const Mix mix = mix_of({{OperationKind::kUpdate, 1000 - thousandths}, {OperationKind::kDelete, thousandths}});
  return {.name = name,
          .key_space = 200,
          .phases = {{load(200), {.name = "run", .length = 1000, .mix = mix}}},
          .what = what};
}
// As the workloads of YCSB (Cooper et al., SoCC 2010): N keys are loaded, then N operations.
constexpr WorkloadPlan ycsb(std::string_view name, std::string_view what, const Mix& mix,
                            Skew skew = Skew::kScrambledZipf) {
  const std::uint64_t inserted = mix[static_cast<std::size_t>(OperationKind::kInsert)];
  return {.name = name,
          .key_space = 1000 + inserted + (inserted > 0 ? 50 : 0),  // draws may give some more inserts
          .phases = {{load(1000), {.name = "run", .length = 1000, .mix = mix, .skew = skew}}},
          .what = what};
}

constexpr WorkloadPlan kPlans[] = {
    {.name = "ingest",
     .phases = {{{.name = "ingest", .length = 1000, .mix = all(OperationKind::kInsert), .keys = Indices::kShuffled}}},
     .what = "N unique keys in random order"},
    {.name = "seq",
     .phases = {{{.name = "seq", .length = 1000, .mix = all(OperationKind::kInsert)}}},
     .what = "N keys in ascending order"},
    {.name = "upd_u",
     .key_space = 200,
     .phases = {{load(200), updates(Skew::kUniform)}},
     .what = "load N/5 keys, then N uniform updates of them"},
    {.name = "upd_z",
     .key_space = 200,
     .phases = {{load(200), updates(Skew::kScrambledZipf)}},
     .what = "load N/5 keys, then N updates by Zipf's law, 0.99, popular keys anywhere"},
    {.name = "upd_l",
     .key_space = 200,
     .phases = {{load(200), updates(Skew::kLatestZipf)}},
     .what = "load N/5 keys, then N updates by Zipf's law, popular keys together"},
    {.name = "empty",
     .phases = {{load(1000), {.name = "read", .length = 1000, .mix = all(OperationKind::kReadAbsent)}}},
     .what = "load N keys, then N reads of keys that are absent"},
    deletes("del_2", "load N/5 keys, then N uniform updates of them, of which 2 % are deletes", 20),
    deletes("del_5", "the same with 5 % deletes", 50),
    deletes("del_10", "the same with 10 % deletes", 100),
    ycsb("write_95", "load N keys, then 95 % updates, 5 % reads",
         nearly_all(OperationKind::kUpdate, OperationKind::kRead), Skew::kUniform),
    ycsb("ycsb_a", "load N keys, then half reads, half updates, by Zipf's law", half_reads(OperationKind::kUpdate)),
    ycsb("ycsb_b", "load N keys, then 95 % reads, 5 % updates",
         nearly_all(OperationKind::kRead, OperationKind::kUpdate)),
    ycsb("ycsb_c", "load N keys, then reads", all(OperationKind::kRead)),
    ycsb("ycsb_d", "load N keys, then 95 % reads of the latest, 5 % inserts",
         nearly_all(OperationKind::kRead, OperationKind::kInsert), Skew::kLatestZipf),
    ycsb("ycsb_e", "load N keys, then 95 % scans of 1 to 100 entries, 5 % inserts",
         nearly_all(OperationKind::kScan, OperationKind::kInsert)),
    ycsb("ycsb_f", "load N keys, then half reads, half reads with a write of the same key",
         half_reads(OperationKind::kReadModifyWrite)),
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
      keys_(of_n(plan.key_space)),
      seed_(size.seed),
      phases_(phases_of(plan)),
      random_(Random(size.seed).split("operations")) {}

void OperationStream::begin(std::size_t phase) {
  phase_ = &phases_.at(phase);
  left_ = of_n(phase_->length);
  live_before_ = live_;
  order_.emplace(phase_->keys, StreamOptions{.entries = left_, .seed = seed_});
  zipf_.reset();
  scrambled_.clear();
  if (phase_->skew == Skew::kUniform) return;
  zipf_.emplace(live_);
  if (phase_->skew == Skew::kLatestZipf) return;
  Order ranks(Indices::kShuffled, {.entries = live_, .seed = ~seed_});
  for (std::uint64_t i = 0; i < live_; ++i) scrambled_.push_back(static_cast<std::uint32_t>(ranks.next()));
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

std::uint64_t OperationStream::draw_index() {
  invariant(live_ > 0, "there are keys to draw from");
  switch (phase_->skew) {
    case Skew::kScrambledZipf: return scrambled_[zipf_->draw(random_)];
    case Skew::kLatestZipf: return live_ - 1 - zipf_->draw(random_);
    case Skew::kUniform: break;
  }
  return random_.below(live_);
}

std::optional<PlannedOperation> OperationStream::next() {
  constexpr std::uint64_t kScanMax = 100;
  if (left_ == 0) return std::nullopt;
  --left_;
  PlannedOperation operation{.kind = draw_kind(phase_->mix), .index = 0, .generation = 0};
  if (operation.kind == OperationKind::kInsert && live_ == keys_) operation.kind = OperationKind::kUpdate;
  if (operation.kind == OperationKind::kInsert) {
    operation.index = live_before_ + order_->next();
    ++live_;
  } else {
    operation.index = draw_index();
  }
  const bool writes = operation.kind == OperationKind::kInsert || operation.kind == OperationKind::kUpdate ||
                      operation.kind == OperationKind::kReadModifyWrite;
  if (writes) operation.generation = ++written_;
  if (operation.kind == OperationKind::kScan) operation.length = 1 + random_.below(kScanMax);
  return operation;
}

}  // namespace mylonite::experiments
