#include "sim/model.h"

#include <algorithm>

#include "core/base/invariant.h"

namespace mylonite::sim {

void Model::add(Timestamp at, const WriteBatch& batch) {
  BatchReader reader(batch.encoded());
  for (BatchEntry entry; reader.next(entry);) {
    auto place = keys_.find(entry.key);
    if (place == keys_.end()) place = keys_.emplace(std::string(entry.key), Versions()).first;
    Versions& versions = place->second;
    ModelVersion version{.at = at, .value = std::nullopt};
    if (entry.kind == Kind::kPut) version.value = std::string(entry.value);
    const auto after = std::ranges::upper_bound(versions, at, {}, &ModelVersion::at);
    versions.insert(after, std::move(version));
  }
}

void Model::forget(Timestamp at, const WriteBatch& batch) {
  BatchReader reader(batch.encoded());
  for (BatchEntry entry; reader.next(entry);) {
    const auto place = keys_.find(entry.key);
    invariant(place != keys_.end(), "only what was added is forgotten");
    std::erase_if(place->second, [&](const ModelVersion& version) { return version.at == at; });
    if (place->second.empty()) keys_.erase(place);
  }
}

const std::string* Model::value_at(const Versions& versions, Timestamp at) {
  const auto after = std::ranges::upper_bound(versions, at, {}, &ModelVersion::at);
  if (after == versions.begin()) return nullptr;
  const ModelVersion& version = *(after - 1);
  return version.value ? &*version.value : nullptr;
}

const std::string* Model::get(std::string_view key, Timestamp at) const {
  const auto found = keys_.find(key);
  return found == keys_.end() ? nullptr : value_at(found->second, at);
}

Model::Pairs Model::scan(const Range& range, Timestamp at) const {
  Pairs pairs;
  const auto first = keys_.lower_bound(range.low);
  const auto end = range.high ? keys_.lower_bound(*range.high) : keys_.end();
  auto take = [&](const auto& entry) {
    if (const std::string* value = value_at(entry.second, at)) pairs.emplace_back(entry.first, *value);
  };
  if (range.high && *range.high <= range.low) return pairs;
  if (range.backward) {
    for (auto each = end; each != first && pairs.size() < range.limit;) take(*--each);
  } else {
    for (auto each = first; each != end && pairs.size() < range.limit; ++each) take(*each);
  }
  return pairs;
}

}  // namespace mylonite::sim
