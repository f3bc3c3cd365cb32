#include "core/compaction/drop_rule.h"

#include <algorithm>
#include <set>

#include "core/format/internal_key.h"

namespace mylonite {
namespace {

void complete_delete(const DropRule& rule, Timestamp at, Dropped& dropped) {
  const std::uint64_t overdue_ticks = rule.tombstones_until.ticks - at.ticks;
  ++dropped.completed_deletes;
  dropped.overdue_ticks_sum += overdue_ticks;
  dropped.overdue_ticks_max = std::max(dropped.overdue_ticks_max, overdue_ticks);
}

}  // namespace

KeyRanges older_than_output(const Version& version, const CompactionJob& job) {
  std::set<FileNumber> inputs;
  for (const CompactionInput& input : job.inputs) inputs.insert(input.tables.begin(), input.tables.end());
  std::vector<KeyRange> ranges;
  for (std::uint32_t level = job.to_level; level < version.levels.size(); ++level) {
    for (const Run& run : version.levels[level].runs) {
      if (!newer(job.output(), {.level = level, .run = run.id})) continue;
      for (const TableInfo& table : run.tables) {
        if (!inputs.contains(table.number)) ranges.push_back(key_range(table));
      }
    }
  }
  return KeyRanges(std::move(ranges));
}

KeyRanges all_keys(const Version& version) {
  std::vector<KeyRange> ranges;
  for (const TableInfo* table : version.tables()) ranges.push_back(key_range(*table));
  return KeyRanges(std::move(ranges));
}

Timestamp DropRule::first_reader(Timestamp at) const {
  const auto snapshot = std::ranges::lower_bound(snapshots, at);
  return snapshot == snapshots.end() ? floor : *snapshot;
}

bool DropRule::read_before(Timestamp at) const { return !snapshots.empty() && snapshots.front() < at; }

RangeTombstones surviving(const DropRule& rule, const RangeTombstones& all, Dropped& dropped) {
  std::vector<RangeTombstone> kept;
  for (const RangeTombstones::Fragment& fragment : all.fragments()) {
    std::optional<Timestamp> reader;
    for (const Timestamp at : fragment.stamps) {
      bool needed = at > rule.floor;
      if (!needed && reader != rule.first_reader(at) && at > rule.expired_through) {
        reader = rule.first_reader(at);
        needed = at > rule.tombstones_until || rule.read_before(at) ||
                 rule.older.overlaps({.low = fragment.low, .high = fragment.high, .high_included = false});
        if (!needed) complete_delete(rule, at, dropped);
      }
      if (needed) {
        kept.push_back({.low = fragment.low, .high = fragment.high, .at = at});
      } else {
        ++dropped.entries;
      }
    }
  }
  return RangeTombstones(kept);
}

bool DropFilter::keeps(std::string_view internal_key) {
  const bool kept = needed(internal_key);
  dropped_.entries += kept ? 0 : 1;
  return kept;
}

bool DropFilter::needed(std::string_view internal_key) {
  const ParsedKey entry = parse_internal_key(internal_key);
  if (!started_ || entry.user_key != user_key_) {
    started_ = true;
    user_key_ = entry.user_key;
    reader_.reset();
  }
  if (entry.at > rule_.floor) return true;
  const Timestamp reader = rule_.first_reader(entry.at);
  if (reader == reader_ || entry.at <= rule_.expired_through) return false;
  reader_ = reader;
  if (all_.newest_covering(entry.user_key, reader) > entry.at) return false;
  if (entry.kind != Kind::kDelete || entry.at > rule_.tombstones_until) return true;
  if (rule_.read_before(entry.at) || rule_.older.holds(entry.user_key)) return true;
  complete_delete(rule_, entry.at, dropped_);
  return false;
}

}  // namespace mylonite
