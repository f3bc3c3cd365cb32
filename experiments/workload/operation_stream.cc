#include "experiments/workload/operation_stream.h"

#include <algorithm>
#include <utility>

#include "core/base/invariant.h"

namespace mylonite::experiments {

OperationStream::OperationStream(PlannedWorkload workload, std::uint64_t seed)
    : workload_(std::move(workload)), keys_(workload_.keys()), seed_(seed), random_(Random(seed).split("operations")) {}

void OperationStream::begin(std::size_t phase) {
  phase_ = &workload_.phases.at(phase);
  left_ = workload_.of_n(phase_->length);
  if (workload_.recording) return;
  live_before_ = live_;
  order_.emplace(phase_->keys, StreamOptions{.entries = left_, .seed = seed_});
  zipf_.reset();
  scrambled_.clear();
  const bool by_rank = phase_->skew == Skew::kScrambledZipf || phase_->skew == Skew::kLatestZipf;
  if (by_rank) zipf_.emplace(live_);
  if (phase_->skew != Skew::kScrambledZipf && phase_->skew != Skew::kEachOnce) return;
  Order ranks(Indices::kShuffled, {.entries = live_, .seed = ~seed_});
  for (std::uint64_t i = 0; i < live_; ++i) scrambled_.push_back(static_cast<std::uint32_t>(ranks.next()));
}

std::uint64_t OperationStream::total() const {
  std::uint64_t operations = 0;
  for (const Phase& phase : workload_.phases) operations += workload_.of_n(phase.length);
  return operations;
}

OperationKind OperationStream::draw_kind(const Mix& mix) {
  std::uint64_t part = random_.below(1000);
  std::size_t kind = 0;
  while (part >= mix[kind]) part -= mix[kind++];
  return static_cast<OperationKind>(kind);
}

std::uint64_t OperationStream::draw_index(OperationKind kind) {
  invariant(live_ > front_, "there are keys to draw from");
  constexpr std::uint64_t kParts = 10;
  const std::uint64_t length = workload_.of_n(phase_->length);
  const std::uint64_t turn = length - 1 - left_;
  switch (phase_->skew) {
    case Skew::kScrambledZipf: return scrambled_[zipf_->draw(random_)];
    case Skew::kLatestZipf: return live_ - 1 - zipf_->draw(random_);
    case Skew::kEachOnce: return scrambled_[turn % scrambled_.size()];
    case Skew::kHotspot: {
      if (!random_.chance(kParts - 1, kParts)) break;
      const std::uint64_t part = turn * kParts / length;
      const std::uint64_t from = live_ * part / kParts;
      return from + random_.below(std::max<std::uint64_t>(live_ * (part + 1) / kParts - from, 1));
    }
    case Skew::kQueue:
      if (kind == OperationKind::kDelete) return front_++;
      return kind == OperationKind::kScan ? front_ : live_ - 1;
    case Skew::kRecent: {
      const std::uint64_t inserted = live_ - live_before_;
      const std::uint64_t recent = std::clamp<std::uint64_t>(length / 20, 1, std::max<std::uint64_t>(inserted, 1));
      if (inserted == 0) break;
      return live_before_ + order_->at(inserted - 1 - random_.below(recent));
    }
    case Skew::kUniform: break;
  }
  const std::uint64_t drawn = random_.below(live_);
  return drawn < live_before_ ? drawn : live_before_ + order_->at(drawn - live_before_);
}

std::uint64_t OperationStream::draw_length() {
  const ScanLengths& scans = phase_->scans;
  if (scans.of_keys > 0) return std::max<std::uint64_t>(live_ * scans.of_keys / 1000, 1);
  return scans.low + random_.below(scans.high - scans.low + 1);
}

PlannedOperation OperationStream::drawn() {
  PlannedOperation operation{.kind = draw_kind(phase_->mix), .index = 0, .generation = 0};
  if (live_ == front_) operation.kind = OperationKind::kInsert;  // there is nothing else to do
  if (operation.kind == OperationKind::kInsert && live_ == keys_) operation.kind = OperationKind::kUpdate;
  if (operation.kind == OperationKind::kInsert) {
    operation.index = live_before_ + order_->next();
    ++live_;
  } else {
    operation.index = draw_index(operation.kind);
  }
  return operation;
}

std::optional<PlannedOperation> OperationStream::next() {
  if (left_ == 0) return std::nullopt;
  --left_;
  PlannedOperation operation{};
  if (workload_.recording) {
    const RecordedOperation& at = workload_.recording->operations[recorded_++];
    operation = {.kind = at.kind,
                 .index = at.key,
                 .generation = 0,
                 .length = at.size,
                 .value_bytes = at.size == kUsualSize ? kUsualValueBytes : at.size};
  } else {
    operation = drawn();
  }
  const bool scans = operation.kind == OperationKind::kScan;
  if (writes_value(operation.kind)) operation.generation = ++written_;
  if (!workload_.recording && scans) operation.length = draw_length();
  if (!scans) operation.length = 0;
  return operation;
}

}  // namespace mylonite::experiments
