#include "sim/oracle/model.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/base/bytes.h"
#include "core/base/invariant.h"
#include "core/format/batch_reader.h"

namespace mylonite::sim {

void Model::add(Timestamp at, const WriteBatch& batch) {
  // Ranges first: at one stamp a point entry beats a range delete.
  BatchReader ranges(batch.encoded());
  for (BatchEntry entry; ranges.next(entry);) {
    if (entry.kind == Kind::kRangeDelete) add_range(at, entry);
  }
  BatchReader points(batch.encoded());
  for (BatchEntry entry; points.next(entry);) {
    if (entry.kind == Kind::kRangeDelete) continue;
    auto place = keys_.find(entry.key);
    if (place == keys_.end()) place = keys_.emplace(std::string(entry.key), Versions()).first;
    Versions& versions = place->second;
    auto same = std::ranges::lower_bound(versions, at, {}, &ModelVersion::at);
    const bool there = same != versions.end() && same->at == at;
    if (there && !same->ranged) continue;
    if (!there) same = versions.insert(same, ModelVersion{});
    *same = {.at = at, .value = std::nullopt};
    if (entry.kind == Kind::kPut) same->value = std::string(entry.value);
  }
}

void Model::add_range(Timestamp at, const BatchEntry& range) {
  const auto end = keys_.lower_bound(range.value);
  for (auto each = keys_.lower_bound(range.key); each != end; ++each) {
    Versions& versions = each->second;
    const auto same = std::ranges::lower_bound(versions, at, {}, &ModelVersion::at);
    const bool there = same != versions.end() && same->at == at;
    if (same != versions.begin() && !there) versions.insert(same, {.at = at, .value = std::nullopt, .ranged = true});
  }
}

void Model::forget(Timestamp at, const WriteBatch& batch) {
  BatchReader points(batch.encoded());
  for (BatchEntry entry; points.next(entry);) {
    if (entry.kind == Kind::kRangeDelete) continue;
    const auto place = keys_.find(entry.key);
    invariant(place != keys_.end(), "only what was added is forgotten");
    forget_version(place, at);
  }
  BatchReader ranges(batch.encoded());
  for (BatchEntry entry; ranges.next(entry);) {
    if (entry.kind != Kind::kRangeDelete) continue;
    const auto end = keys_.lower_bound(entry.value);
    for (auto each = keys_.lower_bound(entry.key); each != end;) forget_version(each++, at);
  }
}

void Model::hide(Timestamp at, const WriteBatch& batch) {
  hides_ = true;
  const auto hide_at = [at](Versions& versions) {
    const auto place = std::ranges::lower_bound(versions, at, {}, &ModelVersion::at);
    if (place != versions.end() && place->at == at) place->hidden = true;
  };
  BatchReader reader(batch.encoded());
  for (BatchEntry entry; reader.next(entry);) {
    if (entry.kind != Kind::kRangeDelete) {
      hide_at(keys_.find(entry.key)->second);
      continue;
    }
    const auto end = keys_.lower_bound(entry.value);
    for (auto each = keys_.lower_bound(entry.key); each != end; ++each) hide_at(each->second);
  }
}

void Model::unhide_all() {
  if (!std::exchange(hides_, false)) return;
  for (auto& [key, versions] : keys_) {
    for (ModelVersion& version : versions) version.hidden = false;
  }
}

void Model::forget_version(Keys::iterator place, Timestamp at) {
  std::erase_if(place->second, [&](const ModelVersion& version) { return version.at == at; });
  if (place->second.empty()) keys_.erase(place);
}

std::string Model::origin_of(std::string_view key, std::string_view value) const {
  const auto newest_with = [&](const Versions& versions) -> const ModelVersion* {
    const auto found = std::find_if(versions.rbegin(), versions.rend(),
                                    [&](const ModelVersion& each) { return each.value && *each.value == value; });
    return found == versions.rend() ? nullptr : &*found;
  };
  if (const auto own = keys_.find(key); own != keys_.end()) {
    const ModelVersion* const version = newest_with(own->second);
    if (version != nullptr) return fmt::format(", which stamp {} wrote", version->at.ticks);
  }
  for (const auto& [other, versions] : keys_) {
    const ModelVersion* const version = newest_with(versions);
    if (version != nullptr) return fmt::format(", which stamp {} wrote to '{}'", version->at.ticks, printable(other));
  }
  return "";
}

std::string Model::above_all_keys(const WriteBatch& batch) const {
  std::string greatest = keys_.empty() ? std::string() : keys_.rbegin()->first;
  for (const BatchOperation& each : batch.operations()) greatest = std::max(greatest, std::string(each.key));
  return greatest + '\0';
}

ModelVersion* Model::version(std::string_view key, Timestamp at) {
  const auto found = keys_.find(key);
  if (found == keys_.end()) return nullptr;
  const auto place = std::ranges::lower_bound(found->second, at, {}, &ModelVersion::at);
  return place != found->second.end() && place->at == at ? &*place : nullptr;
}

const std::string* Model::value_at(const Versions& versions, const ReadMoment& moment) {
  auto after = std::ranges::upper_bound(versions, moment.at, {}, &ModelVersion::at);
  while (after != versions.begin() && (after - 1)->hidden) --after;
  if (after == versions.begin()) return nullptr;
  const ModelVersion& version = *(after - 1);
  return version.value && version.at > moment.expired_through ? &*version.value : nullptr;
}

const std::string* Model::get(std::string_view key, const ReadMoment& moment) const {
  const auto found = keys_.find(key);
  return found == keys_.end() ? nullptr : value_at(found->second, moment);
}

Model::Pairs Model::scan(const Range& range, const ReadMoment& moment) const {
  Pairs pairs;
  const auto first = keys_.lower_bound(range.low);
  const auto end = range.high ? keys_.lower_bound(*range.high) : keys_.end();
  auto take = [&](const auto& entry) {
    if (const std::string* value = value_at(entry.second, moment)) pairs.emplace_back(entry.first, *value);
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
