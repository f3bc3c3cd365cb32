#include "sim/oracle/recovery_checker.h"
#include "core/format/batch_reader.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/base/bytes.h"

namespace mylonite::sim {
namespace {

std::string show(const std::optional<std::string>& value) {
  return value ? fmt::format("'{}'", printable(*value)) : std::string("removed");
}

// The value that is visible below versions[index] in what survived: null where there is none.
const std::string* visible_below(const Model::Versions& versions, std::size_t index) {
  while (index-- > 0) {
    if (versions[index].survived) return versions[index].value ? &*versions[index].value : nullptr;
  }
  return nullptr;
}

// The range deletes of the batch, as disjoint fragments.
RangeTombstones ranges_of(Timestamp at, const WriteBatch& batch) {
  std::vector<RangeTombstone> ranges;
  BatchReader reader(batch.encoded());
  for (BatchEntry entry; reader.next(entry);) {
    if (entry.kind != Kind::kRangeDelete) continue;
    ranges.push_back({.low = std::string(entry.key), .high = std::string(entry.value), .at = at});
  }
  return RangeTombstones(ranges);
}

bool within(const RangeTombstones::Fragment& piece, const RangeTombstones& whole) {
  return std::ranges::any_of(whole.fragments(), [&](const RangeTombstones::Fragment& each) {
    return each.low <= piece.low && piece.high <= each.high;
  });
}

}  // namespace

std::string describe(Timestamp at, const Emission& emission) {
  std::string text =
      fmt::format("the {} write of stamp {} (", emission.acknowledged ? "acknowledged" : "unacknowledged", at.ticks);
  BatchReader reader(emission.batch.encoded());
  const char* comma = "";
  for (BatchEntry entry; reader.next(entry); comma = ", ") {
    switch (entry.kind) {
      case Kind::kPut:
        text += fmt::format("{}put '{}' = '{}'", comma, printable(entry.key, 24), printable(entry.value, 24));
        break;
      case Kind::kDelete: text += fmt::format("{}remove '{}'", comma, printable(entry.key, 24)); break;
      case Kind::kRangeDelete:
        text += fmt::format("{}remove '{}' to '{}'", comma, printable(entry.key, 24), printable(entry.value, 24));
        break;
    }
  }
  return text + ")";
}

void RecoveryChecker::violate(std::string rule, std::string what) {
  if (!violation_) violation_ = Violation{.rule = std::move(rule), .what = std::move(what)};
}

std::optional<Violation> RecoveryChecker::check(const Holdings& found) {
  for (auto& [at, emission] : emissions_) {
    emission.survived = 0;
    emission.lost = false;
    emission.excuses_missing = false;
    emission.dropped_before = false;
  }
  for (auto& [key, versions] : model_.keys()) {
    for (ModelVersion& version : versions) {
      version.survived = false;
      version.doubted |= version.dropped && bounds_.rolled_back;
      version.dropped &= !bounds_.rolled_back;
      emissions_.at(version.at).dropped_before |= version.dropped;
    }
  }
  match_entries(found.entries);
  match_ranges(found.ranges);
  if (!violation_) explain();
  return violation_;
}

bool RecoveryChecker::restore(Timestamp at) {
  const auto doubtful = doubtful_.find(at);
  if (doubtful == doubtful_.end() || !bounds_.rolled_back) return false;
  const Emission& emission = doubtful->second;
  const auto [place, added] = emissions_.try_emplace(at, emission);
  if (!added && place->second.batch.encoded() != emission.batch.encoded()) {
    model_.forget(at, place->second.batch);
    place->second = emission;
  }
  place->second.acknowledged = false;
  model_.add(at, emission.batch);
  doubtful_.erase(doubtful);
  return true;
}

// Marks the versions that the store holds. An entry that the model lacks is a violation of `invented`.
void RecoveryChecker::match_entries(const std::vector<Survivor>& entries) {
  const Survivor* before = nullptr;
  for (const Survivor& entry : entries) {
    if (before != nullptr && (entry.key < before->key || (entry.key == before->key && entry.at >= before->at))) {
      violate("invented",
              fmt::format("'{}' of stamp {} comes after '{}' of stamp {}; expected each version once, by key, "
                          "newest first",
                          printable(entry.key), entry.at.ticks, printable(before->key), before->at.ticks));
      return;
    }
    before = &entry;
    const auto known = [&](const ModelVersion* version) {
      return version != nullptr && !version->ranged && version->value == entry.value && !version->dropped;
    };
    ModelVersion* version = model_.version(entry.key, entry.at);
    if (!known(version) && restore(entry.at)) version = model_.version(entry.key, entry.at);
    if (!known(version)) {
      violate("invented", fmt::format("the store holds '{}' = {} of stamp {}; expected {}", printable(entry.key),
                                      show(entry.value), entry.at.ticks,
                                      version == nullptr || version->ranged ? "no entry of that stamp"
                                      : version->dropped                    ? "what the last recovery left of it: none"
                                                                            : show(version->value)));
      return;
    }
    version->survived = true;
    version->doubted = false;
    ++emissions_.at(entry.at).survived;
    cut_ = std::max(cut_, entry.at);
  }
}

void RecoveryChecker::match_ranges(const std::vector<RangeTombstone>& ranges) {
  const RangeTombstones all(ranges);
  for (const RangeTombstones::Fragment& fragment : all.fragments()) {
    for (const Timestamp at : fragment.stamps) {
      const auto known = [&](auto emission) {
        return emission != emissions_.end() && within(fragment, ranges_of(at, emission->second.batch));
      };
      auto emission = emissions_.find(at);
      if (!known(emission) && restore(at)) emission = emissions_.find(at);
      if (!known(emission)) {
        violate("invented", fmt::format("the store holds a range delete of '{}' to '{}' of stamp {}; expected {}",
                                        printable(fragment.low), printable(fragment.high), at.ticks,
                                        emission == emissions_.end() ? std::string("nothing of that stamp")
                                                                     : describe(at, emission->second)));
        return;
      }
      ++emission->second.survived;
      cut_ = std::max(cut_, at);
    }
  }
  if (all.empty()) return;
  for (auto& [key, versions] : model_.keys()) {
    for (ModelVersion& version : versions) {
      if (!version.ranged || all.newest_covering(key, version.at) != version.at) continue;
      // One part of a range delete may survive where another was dropped, but a dropped part may not come back.
      if (version.dropped) {
        violate("invented", fmt::format("the range delete of stamp {} covers '{}' again; an earlier recovery did not "
                                        "find it there",
                                        version.at.ticks, printable(key)));
        return;
      }
      version.survived = true;
      version.doubted = false;
    }
  }
}

void RecoveryChecker::explain() {
  do {
    grew_ = false;
    excused_ = false;
    for (const auto& [key, versions] : model_.keys()) {
      explain_key(key, versions);
      if (violation_) return;
    }
  } while (grew_ && excused_);
}

void RecoveryChecker::explain_key(std::string_view key, const Model::Versions& versions) {
  for (std::size_t i = versions.size(); i-- > 0;) {
    const ModelVersion& version = versions[i];
    if (version.dropped) continue;  // explained by that recovery
    if (version.survived) {
      if (version.at <= bounds_.floor) return;
      continue;
    }
    if (explain_version(key, versions, i) || violation_) return;
  }
}

bool RecoveryChecker::explain_version(std::string_view key, const Model::Versions& versions, std::size_t index) {
  const Timestamp at = versions[index].at;
  Emission& emission = emissions_.at(at);
  if (emission.lost) return false;
  const bool needed = required(at, emission);
  const bool explained_before = versions[index].doubted && needed;
  const bool by_floor = at <= bounds_.floor && !retained(at, emission);
  if (!versions[index].value && (by_floor || explained_before) && visible_below(versions, index) == nullptr) {
    excused_ |= !needed;
    // A required older version may be missing because of any tombstone above it. Each such tombstone must not count as
    // lost: the missing version would then seem to have been visible up to the next tombstone.
    bool owed = false;
    for (std::size_t i = 0; i <= index && !needed; ++i) {
      const ModelVersion& version = versions[i];
      Emission& of = emissions_.at(version.at);
      of.excuses_missing |= owed && !version.value;
      owed |= !version.survived && !version.dropped && required(version.at, of);
    }
    return true;
  }
  if (needed) {
    report_missing(key, versions, index);
    return false;
  }
  emission.lost = true;
  grew_ = true;
  return false;
}

bool RecoveryChecker::required(Timestamp at, const Emission& emission) const {
  return emission.survived > 0 || at <= bounds_.shown ||
         (emission.acknowledged && at <= std::max(cut_, bounds_.acknowledged));
}

bool RecoveryChecker::retained(Timestamp at, const Emission& emission) const {
  return emission.retention_ticks > bounds_.wall_highest || at.ticks > bounds_.wall_highest - emission.retention_ticks;
}

void RecoveryChecker::report_missing(std::string_view key, const Model::Versions& versions, std::size_t index) {
  const ModelVersion& version = versions[index];
  const Emission& emission = emissions_.at(version.at);
  std::string rule = emission.survived > 0 ? "batch-torn" : "lost";
  std::string story = fmt::format("{} is gone at '{}'", describe(version.at, emission), printable(key));
  if (version.at <= bounds_.floor && !version.value) {
    const std::string* older = visible_below(versions, index);
    rule = older != nullptr ? "resurrected" : "retention";
    story += older != nullptr ? fmt::format(", where '{}' is visible again", printable(*older))
                              : fmt::format(", kept for {} ticks; the clock never passed {}", emission.retention_ticks,
                                            bounds_.wall_highest);
  }
  story += fmt::format(
      "; {} parts of it survived; the newest survivor is {}, the floor of history {}, acknowledged up "
      "to {} and shown up to {} was to survive",
      emission.survived, cut_.ticks, bounds_.floor.ticks, bounds_.acknowledged.ticks, bounds_.shown.ticks);
  violate(rule, std::move(story));
}

// A missing value that is not required was lost, or was rightly dropped. It counts as lost: if it was dropped, no read
// reaches the time at which it was visible. Tombstones stay: they may explain why an older version is missing.
void RecoveryChecker::forget_doubtful() {
  for (auto& [key, versions] : model_.keys()) {
    std::erase_if(versions, [&](const ModelVersion& version) {
      const Emission& emission = emissions_.at(version.at);
      const bool doubtful = version.value && !version.survived && !version.dropped && !required(version.at, emission);
      if (doubtful) doubtful_.emplace(version.at, emission);
      return doubtful;
    });
  }
}

RecoveryChecker::Counts RecoveryChecker::settle() {
  Counts counts;
  for (auto& [at, emission] : emissions_) {
    if (emission.lost || emission.survived > 0 || emission.dropped_before || emission.excuses_missing) continue;
    if (required(at, emission)) continue;
    emission.lost = true;
    doubtful_.emplace(at, emission);
  }
  for (auto each = emissions_.begin(); each != emissions_.end();) {
    auto& [at, emission] = *each;
    if (!emission.lost) {
      ++each;
      continue;
    }
    counts.acknowledged_lost += emission.acknowledged ? 1 : 0;
    model_.forget(at, emission.batch);
    each = emissions_.erase(each);
  }
  forget_doubtful();
  for (auto& [key, versions] : model_.keys()) {
    bool anchored = false;  // something newer of the key is at or below the floor
    for (std::size_t i = versions.size(); i-- > 0;) {
      ModelVersion& version = versions[i];
      if (!version.survived && !version.dropped) {
        version.dropped = true;
        ++counts.dropped;
        counts.tombstones_dropped += anchored ? 0 : 1;
        // A tombstone may be dropped for its age, a put only for a newer version. One not required may be lost instead.
        const bool superseded = version.value && i + 1 < versions.size();
        const Timestamp to = superseded ? versions[i + 1].at : version.at;
        if (to <= bounds_.floor && required(version.at, emissions_.at(version.at))) {
          counts.dropped_to = std::max(counts.dropped_to, to);
        }
      }
      anchored |= version.at <= bounds_.floor;
    }
  }
  for (auto& [at, emission] : emissions_) emission.acknowledged |= emission.survived > 0;
  return counts;
}

}  // namespace mylonite::sim
