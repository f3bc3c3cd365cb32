#include "sim/run/store_dump.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/base/bytes.h"
#include "core/store/internals.h"

namespace mylonite::sim {

Timestamp StoreDump::newest() const {
  Timestamp newest;
  for (const StoredEntry& each : versions.entries) newest = std::max(newest, each.at);
  for (const RangeTombstone& each : versions.ranges) newest = std::max(newest, each.at);
  return newest;
}

Result<StoreDump> dump(Store& store, Showing showing) {
  Session session = store.session();
  StoreDump contents;
  auto history = StoreInternals::kept_versions(session);
  if (!history.ok()) return history.error();
  contents.read_at = session.read_at();
  contents.versions.ranges = std::move(history->range_deletes);
  InternalIterator& at = *history->entries;
  for (at.seek_to_first(); at.valid(); at.next()) {
    const ParsedKey key = parse_internal_key(at.key());
    StoredEntry& entry = contents.versions.entries.emplace_back(
        StoredEntry{.key = std::string(key.user_key), .at = key.at, .value = std::nullopt});
    if (key.kind == Kind::kPut) entry.value = std::string(at.value());
  }
  if (const Status status = at.status(); !status.ok()) return status.error();
  contents.floor = store.history_floor();
  if (showing == Showing::kNoPairs) return contents;
  auto pairs = session.range({});
  if (!pairs.ok()) return pairs.error();
  contents.pairs = std::move(*pairs);
  return contents;
}

void remove_all(vfs::FileSystem& fs, const std::string& directory) {
  const auto names = fs.list(directory);
  if (!names.ok()) return;
  for (const std::string& name : *names) ignore(fs.remove(directory + "/" + name), "the machine may die here");
  ignore(fs.remove_directory(directory), "the machine may die here");
}

std::string difference(const StoreDump& earlier, const StoreDump& later) {
  const auto [left, right] = std::ranges::mismatch(earlier.pairs, later.pairs);
  if (left != earlier.pairs.end() || right != later.pairs.end()) {
    const auto text = [](bool there, auto at) {
      return there ? fmt::format("'{}' = '{}'", printable(at->first), printable(at->second)) : std::string("the end");
    };
    return fmt::format("pair {}: {}, then {}", left - earlier.pairs.begin(), text(left != earlier.pairs.end(), left),
                       text(right != later.pairs.end(), right));
  }
  auto known = earlier.versions.entries.begin();
  for (const StoredEntry& each : later.versions.entries) {
    while (known != earlier.versions.entries.end() && !(*known == each)) ++known;
    if (known == earlier.versions.entries.end()) {
      return fmt::format("'{}' of stamp {} was not there before", printable(each.key), each.at.ticks);
    }
  }
  if (later.floor < earlier.floor) {
    return fmt::format("the floor of history: {}, then {}", earlier.floor.ticks, later.floor.ticks);
  }
  return "";
}

}  // namespace mylonite::sim
