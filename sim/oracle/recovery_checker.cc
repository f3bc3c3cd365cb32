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

std::string describe(Timestamp at, const StampedWrite& stamped) {
  std::string text =
      fmt::format("the {} write of stamp {} (", stamped.acknowledged ? "acknowledged" : "unacknowledged", at.ticks);
  BatchReader reader(stamped.batch.encoded());
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

std::optional<Violation> RecoveryChecker::check(const StoredVersions& found) {
  cut_ = bounds_.expired_through;  // what has expired was there
  for (auto& [at, stamped] : stamped_writes_) {
    stamped.survived = 0;
    stamped.lost = false;
    stamped.excuses_missing = false;
    stamped.dropped_before = false;
  }
  for (auto& [key, versions] : model_.keys()) {
    for (ModelVersion& version : versions) {
      version.survived = false;
      version.doubted |= version.dropped && bounds_.rolled_back;
      version.dropped &= !bounds_.rolled_back;
      if (version.dropped) stamped_writes_.at(version.at).dropped_before = true;
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
  const StampedWrite& stamped = doubtful->second;
  const auto [place, added] = stamped_writes_.try_emplace(at, stamped);
  if (!added && place->second.batch.encoded() != stamped.batch.encoded()) {
    model_.forget(at, place->second.batch);
    place->second = stamped;
  }
  place->second.acknowledged = false;
  model_.add(at, stamped.batch);
  doubtful_.erase(doubtful);
  return true;
}

// Marks the versions that the store holds. An entry that the model lacks is a violation of `invented`.
void RecoveryChecker::match_entries(const std::vector<StoredEntry>& entries) {
  const StoredEntry* before = nullptr;
  for (const StoredEntry& entry : entries) {
    if (before != nullptr && (entry.key < before->key || (entry.key == before->key && entry.at >= before->at))) {
      violate("invented",
              fmt::format("'{}' of stamp {} comes after '{}' of stamp {}; expected each version once, by key, "
                          "newest first",
                          printable(entry.key), entry.at.ticks, printable(before->key), before->at.ticks));
      return;
    }
    before = &entry;
    if (entry.at <= bounds_.expired_through) {
      violate("expired", fmt::format("the store holds '{}' of stamp {}, although everything up to {} has expired",
                                     printable(entry.key), entry.at.ticks, bounds_.expired_through.ticks));
      return;
    }
    const auto known = [&](const ModelVersion* version) {
      return version != nullptr && !version->ranged && version->value == entry.value && !version->dropped;
    };
    ModelVersion* version = model_.version(entry.key, entry.at);
    if (!known(version) && restore(entry.at)) version = model_.version(entry.key, entry.at);
    if (!known(version)) {
      const bool both = version != nullptr && version->value && entry.value;
      violate("invented", fmt::format("the store holds '{}' = {} of stamp {}; expected {}{}", printable(entry.key),
                                      show(entry.value), entry.at.ticks,
                                      version == nullptr || version->ranged ? "no entry of that stamp"
                                      : version->dropped                    ? "what the last recovery left of it: none"
                                                                            : show(version->value),
                                      both ? where_they_differ(*version->value, *entry.value) : ""));
      return;
    }
    version->survived = true;
    version->doubted = false;
    ++stamped_writes_.at(entry.at).survived;
    cut_ = std::max(cut_, entry.at);
  }
}

void RecoveryChecker::match_ranges(const std::vector<RangeTombstone>& ranges) {
  const RangeTombstones all(ranges);
  for (const RangeTombstones::Fragment& fragment : all.fragments()) {
    for (const Timestamp at : fragment.stamps) {
      const auto known = [&](auto stamped) {
        return stamped != stamped_writes_.end() && within(fragment, ranges_of(at, stamped->second.batch));
      };
      auto stamped = stamped_writes_.find(at);
      if (!known(stamped) && restore(at)) stamped = stamped_writes_.find(at);
      if (!known(stamped)) {
        violate("invented", fmt::format("the store holds a range delete of '{}' to '{}' of stamp {}; expected {}",
                                        printable(fragment.low), printable(fragment.high), at.ticks,
                                        stamped == stamped_writes_.end() ? std::string("nothing of that stamp")
                                                                         : describe(at, stamped->second)));
        return;
      }
      ++stamped->second.survived;
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
    if (version.at <= bounds_.expired_through) return;
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
  StampedWrite& stamped = stamped_writes_.at(at);
  if (stamped.lost) return false;
  const bool needed = required(at, stamped);
  const bool explained_before = versions[index].doubted && needed;
  const bool by_floor = at <= bounds_.floor && !retained(at, stamped);
  if (!versions[index].value && (by_floor || explained_before) && visible_below(versions, index) == nullptr) {
    excused_ |= !needed;
    // A required older version may be missing because of any tombstone above it. Each such tombstone must not count as
    // lost: the missing version would then seem to have been visible up to the next tombstone.
    bool owed = false;
    for (std::size_t i = 0; i <= index && !needed; ++i) {
      const ModelVersion& version = versions[i];
      StampedWrite& of = stamped_writes_.at(version.at);
      of.excuses_missing |= owed && !version.value;
      owed |= !version.survived && !version.dropped && required(version.at, of);
    }
    return true;
  }
  if (needed) {
    report_missing(key, versions, index);
    return false;
  }
  stamped.lost = true;
  grew_ = true;
  return false;
}

bool RecoveryChecker::required(Timestamp at, const StampedWrite& stamped) const {
  return stamped.survived > 0 || (!stamped.failed && at <= bounds_.shown) ||
         (stamped.acknowledged && at <= std::max(cut_, bounds_.acknowledged));
}

bool RecoveryChecker::retained(Timestamp at, const StampedWrite& stamped) const {
  return stamped.retention_ticks > bounds_.wall_highest || at.ticks > bounds_.wall_highest - stamped.retention_ticks;
}

void RecoveryChecker::report_missing(std::string_view key, const Model::Versions& versions, std::size_t index) {
  const ModelVersion& version = versions[index];
  const StampedWrite& stamped = stamped_writes_.at(version.at);
  std::string rule = stamped.survived > 0 ? "batch-torn" : "lost";
  std::string story = fmt::format("{} is gone at '{}'", describe(version.at, stamped), printable(key));
  if (version.at <= bounds_.floor && !version.value) {
    const std::string* older = visible_below(versions, index);
    rule = older != nullptr ? "resurrected" : "retention";
    story += older != nullptr ? fmt::format(", where '{}' is visible again", printable(*older))
                              : fmt::format(", kept for {} ticks; the clock never passed {}", stamped.retention_ticks,
                                            bounds_.wall_highest);
  }
  story += fmt::format(
      "; {} parts of it survived; the newest survivor is {}, the floor of history {}, acknowledged up "
      "to {} and shown up to {} was to survive",
      stamped.survived, cut_.ticks, bounds_.floor.ticks, bounds_.acknowledged.ticks, bounds_.shown.ticks);
  violate(rule, std::move(story));
}

// A missing value that is not required was lost, or was rightly dropped. It counts as lost: if it was dropped, no read
// reaches the time at which it was visible. Tombstones stay: they may explain why an older version is missing.
void RecoveryChecker::forget_doubtful() {
  for (auto& [key, versions] : model_.keys()) {
    std::erase_if(versions, [&](const ModelVersion& version) {
      if (!version.value || version.survived || version.dropped) return false;  // first: the rest is a look-up
      const StampedWrite& stamped = stamped_writes_.at(version.at);
      if (required(version.at, stamped)) return false;
      doubtful_.emplace(version.at, stamped);
      return true;
    });
  }
}

RecoveryChecker::Counts RecoveryChecker::settle() {
  Counts counts;
  for (auto& [at, stamped] : stamped_writes_) {
    if (stamped.lost || stamped.survived > 0 || stamped.dropped_before || stamped.excuses_missing) continue;
    if (required(at, stamped)) continue;
    stamped.lost = true;
    doubtful_.emplace(at, stamped);
  }
  for (auto each = stamped_writes_.begin(); each != stamped_writes_.end();) {
    auto& [at, stamped] = *each;
    if (!stamped.lost) {
      ++each;
      continue;
    }
    counts.acknowledged_lost += stamped.acknowledged ? 1 : 0;
    model_.forget(at, stamped.batch);
    each = stamped_writes_.erase(each);
  }
  forget_doubtful();
  for (auto& [key, versions] : model_.keys()) {
    bool anchored = false;  // something newer of the key is at or below the floor
    for (std::size_t i = versions.size(); i-- > 0;) {
      ModelVersion& version = versions[i];
      if (!version.survived && !version.dropped) {
        version.dropped = true;
        ++counts.dropped;
        if (version.at <= bounds_.expired_through) continue;
        counts.tombstones_dropped += anchored ? 0 : 1;
        // A tombstone may be dropped for its age, a put only for a newer version. One not required may be lost instead.
        const bool superseded = version.value && i + 1 < versions.size();
        const Timestamp to = superseded ? versions[i + 1].at : version.at;
        if (to <= bounds_.floor && required(version.at, stamped_writes_.at(version.at))) {
          counts.dropped_to = std::max(counts.dropped_to, to);
        }
      }
      anchored |= version.at <= bounds_.floor;
    }
  }
  for (auto& [at, stamped] : stamped_writes_) {
    stamped.acknowledged |= stamped.survived > 0;
    stamped.failed = false;
  }
  return counts;
}

}  // namespace mylonite::sim
