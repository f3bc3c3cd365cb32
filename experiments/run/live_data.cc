#include "experiments/run/live_data.h"

namespace mylonite::experiments {
namespace {

std::uint64_t bytes_of(const LiveData::Value& value) { return std::uint64_t{value.key_bytes} + value.value_bytes; }

}  // namespace

void LiveData::wrote(std::uint64_t index, const Value& value) {
  const Value& before = last_[index];
  if (value.there(expired_through_)) bytes_ += bytes_of(value);
  if (before.there(expired_through_)) bytes_ -= bytes_of(before);
  last_[index] = value;
  by_age_.emplace(value.at, index);
}

void LiveData::expire(Timestamp through) {
  expired_through_ = through;
  for (; !by_age_.empty() && by_age_.top().first <= through; by_age_.pop()) {
    const auto& [at, index] = by_age_.top();
    const Value& value = last_[index];
    if (value.at == at && value.generation > 0) bytes_ -= bytes_of(value);
  }
}

}  // namespace mylonite::experiments
