// For tests of the oracle: a store of six keys in a few lines, which keeps, loses and drops by the rules, at random.
// Range deletes are kept key by key, so that each piece can go on its own.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <mylonite/random.h>

#include "core/format/batch_reader.h"
#include "sim/oracle/oracle.h"

namespace mylonite::sim {

class SmallStore {
 public:
  static constexpr char kFirst = 'a';
  static constexpr char kEnd = 'g';
  struct Entry {
    std::optional<std::string> value{};
    bool ranged = false;
  };
  using Versions = std::map<std::uint64_t, Entry>;
  struct Settings {
    bool all_acknowledged;
    std::uint64_t retention_seconds;
  };

  SmallStore(std::uint64_t seed, const Settings& settings) : random_(seed), settings_(settings) {
    wall_ = 1000 * kTicksPerSecond;
    stamp_ = wall_;
  }

  // One incarnation's writes. Stamps are seconds apart, as far as the clock is concerned.
  void live(Oracle& oracle) {
    Options options;
    options.wal_flush_every_write = settings_.all_acknowledged;
    options.tombstone_retention_seconds = settings_.retention_seconds;
    oracle.start_incarnation(options);
    durable_ = stamp_;
    for (std::uint64_t left = random_.between(0, 12); left > 0; --left) write(oracle);
  }

  // A crash: what may be lost is, at random; then what may be dropped, at random. What is then here is returned.
  StoredVersions crash(Oracle& oracle) {
    lose();
    floor_ = random_.between(persisted_floor_, stamp_);
    wall_ += random_.between(0, 20) * kTicksPerSecond;
    oracle.saw_clock(wall_);
    for (auto& [key, versions] : keys_) {
      if (drop(versions)) persisted_floor_ = floor_;
    }
    return versions();
  }

  StoredVersions versions() const {
    StoredVersions found;
    for (const auto& [key, versions] : keys_) {
      for (auto each = versions.rbegin(); each != versions.rend(); ++each) {
        const auto& [at, entry] = *each;
        if (entry.ranged) {
          found.ranges.push_back({.low = key, .high = next(key), .at = Timestamp{at}});
        } else {
          found.entries.push_back({.key = key, .at = Timestamp{at}, .value = entry.value});
        }
      }
    }
    return found;
  }

  Oracle::Recovery recovery() const {
    return {.ending = settings_.all_acknowledged ? Ending::kKill : Ending::kPowerLoss,
            .first_visible = Timestamp{stamp_},
            .floor = Timestamp{floor_}};
  }

  // What one of its entries answers for; keys and stamps to ask at.
  std::uint64_t floor() const { return floor_; }
  std::uint64_t newest() const { return stamp_; }
  std::optional<std::string> get(const std::string& key, std::uint64_t at) const {
    const auto versions = keys_.find(key);
    if (versions == keys_.end()) return std::nullopt;
    const auto after = versions->second.upper_bound(at);
    return after == versions->second.begin() ? std::nullopt : std::prev(after)->second.value;
  }
  std::vector<std::optional<std::string>> answers() const {  // of every key at every stamp that matters
    std::vector<std::optional<std::string>> all;
    for (char key = kFirst; key < kEnd; ++key) {
      for (std::uint64_t at : stamps()) all.push_back(get({key}, at));
    }
    return all;
  }
  std::set<std::uint64_t> stamps() const {
    std::set<std::uint64_t> all = {floor_, stamp_};
    all.insert(written_.lower_bound(floor_), written_.end());
    return all;
  }

  // Takes away one version at random. False: there is none.
  bool damage() {
    std::vector<std::pair<std::string, std::uint64_t>> all;
    for (const auto& [key, versions] : keys_) {
      for (const auto& [at, entry] : versions) all.emplace_back(key, at);
    }
    if (all.empty()) return false;
    const auto& [key, at] = all[random_.below(all.size())];
    keys_[key].erase(at);
    return true;
  }

 private:
  static std::string next(const std::string& key) { return {static_cast<char>(key[0] + 1)}; }
  std::string any_key() { return {static_cast<char>(kFirst + static_cast<char>(random_.below(kEnd - kFirst)))}; }

  void write(Oracle& oracle) {
    stamp_ += random_.between(1, kTicksPerSecond);
    WriteBatch batch;
    for (std::uint64_t left = random_.between(1, 3); left > 0; --left) {
      const std::string key = any_key();
      const std::uint64_t kind = random_.below(5);
      if (kind < 2) batch.put(key, std::to_string(++values_));
      if (kind == 2 || kind == 3) batch.remove(key);
      if (kind == 4) batch.remove_range(std::min(key, std::string("d")), std::max(next(key), std::string("d")));
    }
    const WriteBatch& kept = batches_.emplace_back(batch.collapsed());
    oracle.begin_write(kept);
    oracle.on_stamped(Timestamp{stamp_}, kept);
    const bool acknowledged = settings_.all_acknowledged || random_.chance(2, 3);
    if (acknowledged) oracle.end_write({}, kept, Timestamp{stamp_});
    if (random_.chance(1, 6) && !settings_.all_acknowledged) {
      oracle.made_durable(oracle.begin());
      durable_ = stamp_;
      may_go_.clear();
    }
    if (!acknowledged) may_go_.insert(stamp_);
    written_.insert(stamp_);
    apply(kept);
  }

  void apply(const WriteBatch& batch) {
    BatchReader ranges(batch.encoded());
    for (BatchEntry entry; ranges.next(entry);) {
      if (entry.kind != Kind::kRangeDelete) continue;
      for (std::string key(entry.key); key < entry.value; key = next(key)) keys_[key][stamp_] = {.ranged = true};
    }
    BatchReader points(batch.encoded());
    for (BatchEntry entry; points.next(entry);) {
      if (entry.kind == Kind::kRangeDelete) continue;
      Entry& there = keys_[std::string(entry.key)][stamp_] = {};
      if (entry.kind == Kind::kPut) there.value = std::string(entry.value);
    }
  }

  // Everything above some cut, which is at least what is durable, and some that was never acknowledged below it.
  void lose() {
    if (settings_.all_acknowledged) return;
    const std::uint64_t cut = random_.between(durable_, stamp_);
    for (auto& [key, versions] : keys_) {
      std::erase_if(versions, [&](const auto& each) {
        return each.first > cut || (may_go_.contains(each.first) && each.first % 2 == 0);
      });
    }
    may_go_.clear();
  }

  // By the rules of a store that drops history. Whether anything was dropped: then the floor is remembered over
  // crashes.
  bool drop(Versions& versions) {
    const std::size_t before = versions.size();
    for (auto each = versions.begin(); each != versions.end();) {
      const auto newer = std::next(each);
      const bool superseded = newer != versions.end() && newer->first <= floor_;
      const bool old_tombstone = !each->second.value && each->first <= floor_ && each == versions.begin() &&
                                 each->first + settings_.retention_seconds * kTicksPerSecond <= wall_;
      const bool goes = (superseded || old_tombstone) && random_.chance(1, 2);
      each = goes ? versions.erase(each) : newer;
    }
    return versions.size() < before;
  }

  Random random_;
  const Settings settings_;
  std::map<std::string, Versions> keys_;
  std::deque<WriteBatch> batches_;
  std::set<std::uint64_t> may_go_;  // never acknowledged, since the last sync
  std::set<std::uint64_t> written_;
  std::uint64_t stamp_ = 0;
  std::uint64_t durable_ = 0;
  std::uint64_t floor_ = 0;
  std::uint64_t persisted_floor_ = 0;
  std::uint64_t wall_ = 0;
  std::uint64_t values_ = 0;
};

}  // namespace mylonite::sim
