#include "sim/run/store_dump.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/base/bytes.h"
#include "core/store/internals.h"

namespace mylonite::sim {

namespace {

Result<StoreContents> contents_from(Store& store, const ReadMoment& moment, KeptVersions& kept) {
  StoreContents contents;
  contents.newest = moment.at;
  contents.expired_through = moment.expired_through;
  for (RangeTombstone& each : kept.range_deletes) {
    contents.range_deletes.push_back({.low = std::move(each.low), .high = std::move(each.high), .at = each.at});
  }
  InternalIterator& at = *kept.entries;
  for (at.seek_to_first(); at.valid(); at.next()) {
    const ParsedKey key = parse_internal_key(at.key());
    StoreContents::Entry& entry = contents.entries.emplace_back(
        StoreContents::Entry{.key = std::string(key.user_key), .at = key.at, .value = std::nullopt});
    if (key.kind == Kind::kPut) entry.value = std::string(at.value());
  }
  if (const Status status = at.status(); !status.ok()) return status.error();
  contents.history_floor = store.history_floor();
  return contents;
}

}  // namespace

Timestamp StoreDump::newest() const {
  Timestamp newest;
  for (const StoreContents::Entry& each : contents.entries) newest = std::max(newest, each.at);
  for (const StoreContents::RangeDelete& each : contents.range_deletes) newest = std::max(newest, each.at);
  return newest;
}

Result<StoreContents> contents_of(Store& store) {
  Session session = store.session();
  auto kept = StoreInternals::kept_versions(session);
  if (!kept.ok()) return kept.error();
  return contents_from(store, session.moment(), *kept);
}

StoredVersions versions_of(const StoreContents& contents) {
  StoredVersions versions;
  versions.entries.reserve(contents.entries.size());
  for (const StoreContents::Entry& each : contents.entries) {
    versions.entries.push_back({.key = each.key, .at = each.at, .value = each.value});
  }
  for (const StoreContents::RangeDelete& each : contents.range_deletes) {
    versions.ranges.push_back({.low = each.low, .high = each.high, .at = each.at});
  }
  return versions;
}

Result<StoreDump> dump(Store& store) {
  Session session = store.session();
  auto kept = StoreInternals::kept_versions(session);
  if (!kept.ok()) return kept.error();
  auto contents = contents_from(store, session.moment(), *kept);
  if (!contents.ok()) return contents.error();
  auto pairs = session.range({});
  if (!pairs.ok()) return pairs.error();
  return StoreDump{
      .contents = std::move(*contents), .pairs = std::move(*pairs), .pairs_expired = session.moment().expired_through};
}

void remove_all(vfs::FileSystem& fs, const std::string& directory) {
  const auto names = fs.list(directory);
  if (!names.ok()) return;
  for (const std::string& name : *names) ignore(fs.remove(directory + "/" + name), "the machine may die here");
  ignore(fs.remove_directory(directory), "the machine may die here");
}

std::string difference(const StoreDump& earlier, const StoreDump& later) {
  const auto [left, right] = std::ranges::mismatch(earlier.pairs, later.pairs);
  const bool same_moment = earlier.pairs_expired == later.pairs_expired;
  if (same_moment && (left != earlier.pairs.end() || right != later.pairs.end())) {
    const auto text = [](bool there, auto at) {
      return there ? fmt::format("'{}' = '{}'", printable(at->first), printable(at->second)) : std::string("the end");
    };
    return fmt::format("pair {}: {}, then {}", left - earlier.pairs.begin(), text(left != earlier.pairs.end(), left),
                       text(right != later.pairs.end(), right));
  }
  const auto same = [](const StoreContents::Entry& a, const StoreContents::Entry& b) {
    return a.key == b.key && a.at == b.at && a.value == b.value;
  };
  auto known = earlier.contents.entries.begin();
  for (const StoreContents::Entry& each : later.contents.entries) {
    while (known != earlier.contents.entries.end() && !same(*known, each)) ++known;
    if (known == earlier.contents.entries.end()) {
      return fmt::format("'{}' of stamp {} was not there before", printable(each.key), each.at.ticks);
    }
  }
  const Timestamp floor = earlier.contents.history_floor.value_or(kTimestampMin);
  const Timestamp later_floor = later.contents.history_floor.value_or(kTimestampMin);
  if (later_floor < floor) {
    return fmt::format("the floor of history: {}, then {}", floor.ticks, later_floor.ticks);
  }
  return "";
}

}  // namespace mylonite::sim
