#include "core/compaction/expiry.h"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

#include <mylonite/compaction_shape.h>

#include "core/compaction/legality.h"

namespace mylonite {
namespace {

std::uint64_t ticks_of(std::uint64_t seconds) { return seconds * kTicksPerSecond; }  // options bound the product

// The newest stamp at which tombstones have outlived their retention, and below which no reader reads.
Timestamp expired_until(const PolicyView& view) {
  const std::uint64_t retention = ticks_of(view.options.tombstone_retention_seconds);
  const std::uint64_t until = view.now.ticks > retention ? view.now.ticks - retention : 0;
  return std::min(view.floor, Timestamp{until});
}

struct Found {
  RunPosition position;
  const TableInfo* table;
};

template <class Each>
void for_tables(Levels levels, Each each) {
  for (std::uint32_t level = 0; level < levels.size(); ++level) {
    for (const Run& run : levels[level].runs) {
      for (const TableInfo& table : run.tables) each(RunPosition{.level = level, .run = run.id}, table);
    }
  }
}

}  // namespace

std::optional<CompactionJob> expired_job(const PolicyView& view, bool one_step) {
  const Timestamp until = expired_until(view);
  const std::set<FileNumber> busy = busy_tables(view.running);
  std::vector<Found> expired;
  for_tables(view.levels, [&](const RunPosition& position, const TableInfo& table) {
    if (table.oldest_tombstone <= until && !busy.contains(table.number)) {
      expired.push_back({.position = position, .table = &table});
    }
  });
  std::ranges::sort(expired, [](const Found& a, const Found& b) {
    return std::tuple(a.table->oldest_tombstone, a.position.level, a.table->number) <
           std::tuple(b.table->oldest_tombstone, b.position.level, b.table->number);
  });
  for (const Found& each : expired) {
    const auto older = deepest_older(view.levels, each.position, key_range(*each.table));
    if (older && view.options.tombstone_retention_seconds == 0) continue;
    std::uint32_t to_level = older ? older->level : each.position.level;
    if (one_step) to_level = std::min(to_level, each.position.level + 1);
    CompactionJob job = push_down(view, table_input(each.position, *each.table), {.to_level = to_level});
    if (!check_legal(view.levels, view.running, job).ok()) continue;
    job.why = {.trigger = fmt::format("expired tombstones: the oldest is of stamp {}, all up to {} are due",
                                      each.table->oldest_tombstone.ticks, until.ticks),
               .chosen = describe(job.inputs)};
    return job;
  }
  return std::nullopt;
}

std::optional<Timestamp> expiry_wake(const PolicyView& view) {
  const std::set<FileNumber> busy = busy_tables(view.running);
  // A floor that follows the clock passes a stamp after history_retention_seconds. A floor that a snapshot holds moves
  // with the snapshot's release, which is a change and asks again.
  const std::uint64_t kept =
      ticks_of(std::max(view.options.tombstone_retention_seconds, view.options.history_retention_seconds));
  std::optional<Timestamp> wake;
  for_tables(view.levels, [&](const RunPosition& position, const TableInfo& table) {
    if (table.oldest_tombstone == kTimestampMax || busy.contains(table.number)) return;
    const Timestamp due{table.oldest_tombstone.ticks + kept};
    if (due <= view.now || (wake && *wake <= due)) return;
    if (view.options.tombstone_retention_seconds == 0 && deepest_older(view.levels, position, key_range(table))) {
      return;
    }
    wake = due;
  });
  return wake;
}

}  // namespace mylonite
