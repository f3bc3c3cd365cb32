#include "sim/oracle.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/base/bytes.h"

namespace mylonite::sim {
namespace {

std::string show(const std::optional<std::string>& value) {
  return value ? fmt::format("'{}'", printable(*value)) : std::string("absent");
}
std::string show(const std::string* value) {
  return value != nullptr ? fmt::format("'{}'", printable(*value)) : "absent";
}

}  // namespace

void Oracle::violate(std::string rule, std::string what) {
  if (!violation_) violation_ = Violation{.rule = std::move(rule), .what = std::move(what)};
}

std::string Oracle::describe(Timestamp at, const Emission& emission) const {
  std::string text =
      fmt::format("the {} write of stamp {} (", emission.acknowledged ? "acknowledged" : "unacknowledged", at.ticks);
  BatchReader reader(emission.batch.encoded());
  const char* comma = "";
  for (BatchEntry entry; reader.next(entry); comma = ", ") {
    text += fmt::format("{}{} '{}'", comma, entry.kind == Kind::kPut ? "put" : "remove", printable(entry.key, 24));
    if (entry.kind == Kind::kPut) text += fmt::format(" = '{}'", printable(entry.value, 24));
  }
  return text + ")";
}

void Oracle::on_stamped(Timestamp at, const WriteBatch& batch) {
  if (at <= newest_stamped_) {
    violate("stamp-order",
            fmt::format("a stamp above {} was expected, {} was issued", newest_stamped_.ticks, at.ticks));
    return;
  }
  newest_stamped_ = at;
  const auto found = std::ranges::find_if(
      in_flight_, [&](const InFlight& each) { return !each.at && each.batch->encoded() == batch.encoded(); });
  if (found == in_flight_.end()) {
    violate("stamp-witness", fmt::format("stamp {} was given to a batch of {} operations that no client has in flight",
                                         at.ticks, batch.count()));
    return;
  }
  found->at = at;
  model_.add(at, batch);
  emissions_.emplace(at, Emission{.batch = batch, .entries = batch.count()});
}

void Oracle::end_write(const Ticket& ticket, const WriteBatch& batch, Timestamp at) {
  const auto found = std::ranges::find(in_flight_, &batch, &InFlight::batch);
  if (batch.count() > 0) {
    // Of several equal batches in flight any may have got the stamp: which one it was shows only now.
    const auto twin = std::ranges::find_if(
        in_flight_, [&](const InFlight& each) { return each.at == at && each.batch->encoded() == batch.encoded(); });
    if (twin != in_flight_.end()) std::swap(found->at, twin->at);
    if (found->at != at) {
      violate("stamp-witness", fmt::format("the write answered stamp {}, its batch was stamped {}", at.ticks,
                                           found->at ? found->at->ticks : 0));
    }
    if (at <= ticket.floor) {
      violate("real-time", fmt::format("a write got stamp {}, although {} had returned before it began", at.ticks,
                                       ticket.floor.ticks));
    }
    if (const auto emission = emissions_.find(at); emission != emissions_.end()) emission->second.acknowledged = true;
    acknowledged_.push_back(at);
    if (sync_on_) durable_ = std::max(durable_, at);
  }
  in_flight_.erase(found);
  floor_ = std::max(floor_, at);
}

void Oracle::abandon_write(const WriteBatch& batch) {
  in_flight_.erase(std::ranges::find(in_flight_, &batch, &InFlight::batch));
}

void Oracle::end_read(const Ticket& ticket, Timestamp at, std::optional<Timestamp> as_of) {
  if (as_of) {
    if (at != *as_of)
      violate("read", fmt::format("a read as of stamp {} was answered as of {}", as_of->ticks, at.ticks));
    return;
  }
  if (at < ticket.floor) {
    violate("real-time",
            fmt::format("a read at stamp {}, although {} had returned before it began", at.ticks, ticket.floor.ticks));
  }
  floor_ = std::max(floor_, at);
  shown_ = std::max(shown_, at);
  if (sync_on_) shown_durable_ = std::max(shown_durable_, at);
}

void Oracle::made_durable(const Ticket& ticket) { durable_ = std::max(durable_, ticket.floor); }

void Oracle::check_get(std::string_view key, Timestamp at, const std::optional<std::string>& found) {
  const std::string* expected = model_.get(key, at);
  const bool same = expected == nullptr ? !found : (found && *found == *expected);
  if (same) return;
  violate("read", fmt::format("get '{}' at stamp {}: expected {}, found {}", printable(key), at.ticks, show(expected),
                              show(found)));
}

void Oracle::check_scan(const Model::Range& range, Timestamp at,
                        const std::vector<std::pair<std::string, std::string>>& found) {
  const Model::Pairs expected = model_.scan(range, at);
  const char* direction = range.backward ? "backward" : "forward";
  for (std::size_t i = 0; i < std::max(expected.size(), found.size()); ++i) {
    if (i < expected.size() && i < found.size() && expected[i].first == found[i].first &&
        expected[i].second == found[i].second)
      continue;
    auto pair = [](bool there, std::string_view key, std::string_view value) {
      return there ? fmt::format("'{}' = '{}'", printable(key), printable(value)) : std::string("the end");
    };
    const bool left = i < expected.size();
    const bool right = i < found.size();
    violate("scan", fmt::format("{} scan from '{}' at stamp {}, pair {}: expected {}, found {}", direction,
                                printable(range.low), at.ticks, i,
                                pair(left, left ? expected[i].first : "", left ? expected[i].second : ""),
                                pair(right, right ? found[i].first : "", right ? found[i].second : "")));
    return;
  }
}

// Counts for every emission how many of its entries the store holds; whatever it holds beside them is invented.
void Oracle::match_survivors(const std::vector<Survivor>& survivors) {
  for (auto& [at, emission] : emissions_) emission.survived = 0;
  const Survivor* before = nullptr;
  for (const Survivor& survivor : survivors) {
    if (before != nullptr &&
        (survivor.key < before->key || (survivor.key == before->key && survivor.at >= before->at))) {
      violate("invented",
              fmt::format("'{}' of stamp {} comes after '{}' of stamp {}; expected each version once, by key, "
                          "newest first",
                          printable(survivor.key), survivor.at.ticks, printable(before->key), before->at.ticks));
      return;
    }
    before = &survivor;
    const auto found = model_.keys().find(survivor.key);
    const ModelVersion* version = nullptr;
    if (found != model_.keys().end()) {
      const auto place = std::ranges::lower_bound(found->second, survivor.at, {}, &ModelVersion::at);
      if (place != found->second.end() && place->at == survivor.at) version = &*place;
    }
    if (version == nullptr || version->value != survivor.value) {
      violate("invented", fmt::format("the store holds '{}' = {} of stamp {}; expected {}", printable(survivor.key),
                                      show(survivor.value), survivor.at.ticks,
                                      version == nullptr ? "nothing of that stamp" : show(version->value)));
      return;
    }
    ++emissions_.at(survivor.at).survived;
  }
}

std::uint64_t Oracle::check_recovered(const std::vector<Survivor>& survivors, const Recovery& recovery) {
  match_survivors(survivors);
  if (violation_) return 0;
  const bool power = recovery.ending == Ending::kPowerLoss;
  const bool void_bounds = power && liar_;
  Timestamp cut;  // T
  for (const auto& [at, emission] : emissions_) {
    if (emission.survived == emission.entries) {
      cut = at;
    } else if (emission.survived > 0) {
      violate("batch-torn", fmt::format("{} of {} entries survived of {}", emission.survived, emission.entries,
                                        describe(at, emission)));
      return 0;
    }
  }
  // Below which every acknowledged write, and every write at all, must have survived.
  const Timestamp acknowledged_bound = void_bounds ? cut : std::max(cut, power ? durable_ : floor_);
  const Timestamp shown_bound = void_bounds ? Timestamp{} : (power ? shown_durable_ : shown_);
  std::uint64_t lost = 0;
  for (auto each = emissions_.begin(); each != emissions_.end();) {
    const auto& [at, emission] = *each;
    if (emission.survived > 0 || emission.entries == 0) {
      ++each;
      continue;
    }
    if ((emission.acknowledged && at <= acknowledged_bound) || at <= shown_bound) {
      violate("lost",
              fmt::format("{} is gone; the newest survivor is {}, durable was {}, shown durable {}, last returned {}",
                          describe(at, emission), cut.ticks, durable_.ticks, shown_durable_.ticks, floor_.ticks));
      return 0;
    }
    lost += emission.acknowledged ? 1 : 0;
    model_.forget(at, emission.batch);
    each = emissions_.erase(each);
  }
  // The first recovery that returned settles it: what is here now is durable, what is not never comes back.
  durable_ = cut;
  shown_durable_ = cut;
  shown_ = cut;
  for (auto& [at, emission] : emissions_) emission.acknowledged = true;
  if (recovery.first_visible < floor_ && !void_bounds) {
    violate("stamp-order", fmt::format("reads now report stamp {}, although {} was reported before the crash",
                                       recovery.first_visible.ticks, floor_.ticks));
  }
  if (power) liar_ = false;
  if (void_bounds) newest_stamped_ = std::min(newest_stamped_, recovery.first_visible);
  floor_ = recovery.first_visible;
  in_flight_.clear();
  std::erase_if(acknowledged_, [&](Timestamp at) { return at > floor_; });
  return lost;
}

void Oracle::check_listing(std::vector<std::string> found, std::vector<std::string> expected) {
  std::ranges::sort(found);
  std::ranges::sort(expected);
  if (found == expected) return;
  for (const std::string& name : found) {
    if (!std::ranges::binary_search(expected, name))
      violate("listing", fmt::format("'{}' is there, and nothing names it", name));
  }
  for (const std::string& name : expected) {
    if (!std::ranges::binary_search(found, name)) violate("listing", fmt::format("'{}' is missing", name));
  }
}

void Oracle::forget_everything() {
  const bool sync_on = sync_on_;
  *this = Oracle();
  sync_on_ = sync_on;
}

std::optional<Timestamp> Oracle::some_stamp(std::uint64_t which) const {
  if (acknowledged_.empty()) return std::nullopt;
  return acknowledged_[which % acknowledged_.size()];
}

}  // namespace mylonite::sim
