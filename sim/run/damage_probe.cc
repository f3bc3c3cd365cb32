#include "sim/run/damage_probe.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <mylonite/key_range.h>

#include "core/base/bytes.h"
#include "core/format/file_names.h"
#include "sim/machine/sanitizer.h"
#include "sim/run/coverage.h"
#include "sim/run/transcript.h"
#include "sim/scenario/file_roles.h"

namespace mylonite::sim {
namespace {

std::string text_of(const std::optional<std::string>& value) {
  return value ? fmt::format("'{}'", printable(*value)) : std::string("absent");
}

bool same(const StoreDump& a, const StoreDump& b) {
  const StoredVersions left = versions_of(a.contents);
  const StoredVersions right = versions_of(b.contents);
  return a.pairs == b.pairs && left.entries == right.entries &&
         RangeTombstones(left.ranges) == RangeTombstones(right.ranges);
}

}  // namespace

void DamageProbe::run() {
  if (!parts_.plan.damage || parts_.answers.dead() || !make_copies()) return;
  std::optional<StoreDump> twin;
  {
    const auto store = open(*sound_);
    if (!parts_.answers.succeeded("open of a copy", error_of(store))) return;
    auto found = dump(**store);
    if (!parts_.answers.succeeded("reads of a copy", error_of(found))) return;
    twin = std::move(*found);
  }
  const auto store = open(*damaged_);
  if (store.ok()) return judge(**store, *twin);
  parts_.observer.mark("sim.damage_refused");
  const bool gone = parts_.plan.damage->kind == faultfs::DamageKind::kVanished;
  const bool for_a_table = role_of(path_) == "sst" && !gone;
  if (for_a_table || !is_named_by(store.error())) wrong("the open is refused with " + store.error().to_string());
}

// A disk that lied may hold what was damaged before.
bool DamageProbe::make_copies() {
  const SimulatorCode scope;
  const DamagePlan& plan = *parts_.plan.damage;
  RunState& state = parts_.state;
  const std::string& directory = parts_.plan.options.data_dir;
  if (state.lies_pending || state.lied_to || !state.disk.find(directory + "/" + std::string(kCurrentName))) {
    return false;
  }
  faultfs::SimFileSystem plain(state.disk);
  const auto names = plain.list(directory);
  std::vector<std::string> paths;
  for (const std::string& name : names.ok() ? *names : std::vector<std::string>()) {
    if (role_of(directory + "/" + name) == plan.role) paths.push_back(directory + "/" + name);
  }
  if (paths.empty()) return false;
  path_ = paths[plan.file % paths.size()];
  auto damaged = faultfs::damaged(state.disk, {.kind = plan.kind, .path = path_, .where = plan.where});
  if (!damaged) return false;
  sound_.emplace(state.disk);
  damaged_.emplace(damaged->disk);
  what_ = damaged->what;
  parts_.observer.mark(mark_of(row_of(plan.kind)));
  if (state.transcript != nullptr) state.transcript->heading("on a copy of the disk: " + what_);
  return true;
}

// Nothing is merged, so the copies differ in the damage alone.
Result<std::unique_ptr<Store>> DamageProbe::open(Copy& copy) const {
  Options options = parts_.plan.options;
  options.compaction_policy = "none";
  return Store::open(copy.fs, options);
}

void DamageProbe::wrong(const std::string& what) {
  const SimulatorCode scope;
  parts_.state.oracle.violate("damage", fmt::format("{}: {}", what_, what));
  parts_.answers.stop_if_violated();
}

// With a torn end of the manifest a missing file may be what that end replaced: then both are named. A manifest that
// was cut between two records shows nothing of it: then the missing file is. CURRENT may be missed by the whole store.
bool DamageProbe::is_named_by(const Error& error) const {
  if (error.code() != Code::kCorruption) return false;
  const bool misses_file = !error.file().empty() && !error.offset();
  if (role_of(path_) == "manifest" && parts_.plan.damage->kind == faultfs::DamageKind::kTruncated && misses_file) {
    return true;
  }
  if (error.to_string().contains(path_.substr(path_.rfind('/') + 1))) return true;
  return path_.ends_with(kCurrentName) && error.file() == parts_.plan.options.data_dir;
}

void DamageProbe::judge(Store& store, const StoreDump& twin) {
  const auto found = dump(store);
  if (!found.ok() && !is_named_by(found.error())) return wrong("a scan fails with " + found.error().to_string());
  if (!found.ok()) {
    parts_.observer.mark("sim.damage_met_by_reads");
  } else if (same(twin, *found)) {
    parts_.observer.mark("sim.damage_harmless");
  } else if (role_of(path_) == "wal" || (role_of(path_) == "manifest" && found->pairs != twin.pairs)) {
    judge_cut(*found);
  } else if (role_of(path_) != "manifest") {
    return wrong("found without an error: " + difference(twin, *found));
  }
  if (role_of(path_) == "sst") judge_keys(store, twin);
}

// The damage may have taken what nothing else attests. The last record of a manifest may be of an ingest that did not
// return.
void DamageProbe::judge_cut(const StoreDump& found) {
  const SimulatorCode scope;
  parts_.observer.mark("sim.damage_took_unattested");
  const Timestamp newest = found.contents.newest;
  const auto violation = parts_.state.oracle.check_damaged(versions_of(found.contents),
                                                           {.ending = Ending::kPowerLoss,
                                                            .first_visible = newest,
                                                            .floor = found.contents.history_floor.value_or(newest),
                                                            .expired_through = found.contents.expired_through,
                                                            .expired_before = {}});
  if (violation) wrong(fmt::format("found without an error: {}: {}", violation->rule, violation->what));
}

// Every key is answered as by the twin, or its answer is refused because of the damaged table, which has it in its
// range.
void DamageProbe::judge_keys(Store& store, const StoreDump& twin) {
  std::optional<TableInfo> table;
  for (const Level& level : store.levels()) {
    for (const Run& run : level.runs) {
      for (const TableInfo& each : run.tables) {
        if (path_.ends_with(table_name(each.number))) table = each;
      }
    }
  }
  Session session = store.session();
  std::uint64_t refused = 0;
  const std::string* before = nullptr;
  for (const StoreContents::Entry& entry : twin.contents.entries) {
    if (before != nullptr && *before == entry.key) continue;
    before = &entry.key;
    const auto at = std::ranges::lower_bound(twin.pairs, entry.key, {}, &StoredPairs::value_type::first);
    const bool there = at != twin.pairs.end() && at->first == entry.key;
    const std::optional<std::string> expected = there ? std::optional(at->second) : std::nullopt;
    const auto found = session.get(entry.key);
    if (found.ok() && *found == expected) continue;
    const std::string key = printable(entry.key);
    if (found.ok())
      return wrong(fmt::format("get '{}': expected {}, found {}", key, text_of(expected), text_of(*found)));
    const bool covered =
        table && overlap(key_range(*table), {.low = entry.key, .high = entry.key, .high_included = true});
    if (!is_named_by(found.error()) || !covered) {
      return wrong(fmt::format("get '{}': expected {}, and the answer is {}", key, text_of(expected),
                               found.error().to_string()));
    }
    ++refused;
  }
  if (refused > 0) {
    parts_.observer.mark("sim.damage_hurt_keys");
  } else {
    parts_.observer.mark("sim.damage_hurt_no_key");
  }
}

}  // namespace mylonite::sim
