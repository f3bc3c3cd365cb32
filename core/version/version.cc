#include "core/version/version.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include <mylonite/key_range.h>

#include "core/format/internal_key.h"

namespace mylonite {
namespace {

Error misfit(std::string message) { return Error(Code::kCorruption, std::move(message)); }

Status remove_table(Version& version, FileNumber number) {
  for (Level& level : version.levels) {
    for (Run& run : level.runs) {
      const auto found = std::ranges::find(run.tables, number, &TableInfo::number);
      if (found == run.tables.end()) continue;
      run.tables.erase(found);
      if (run.tables.empty()) std::erase_if(level.runs, [](const Run& each) { return each.tables.empty(); });
      return {};
    }
  }
  return misfit(fmt::format("edit removes table {}, which is not live", number.value));
}

// check_structure refuses a level beyond the limit.
void add_table(Version& version, const VersionEdit::Added& added) {
  if (version.levels.size() <= added.level) version.levels.resize(added.level + 1);
  std::vector<Run>& runs = version.levels[added.level].runs;
  auto place = std::ranges::find_if(runs, [&](const Run& run) { return run.id <= added.run; });
  if (place == runs.end() || place->id != added.run) place = runs.insert(place, Run{.id = added.run, .tables = {}});
  auto after = std::ranges::find_if(place->tables, [&](const TableInfo& table) {
    return compare_internal(added.table.smallest, table.smallest) < 0;
  });
  place->tables.insert(after, added.table);
}

Status check_run(const Run& run) {
  const TableInfo* before = nullptr;
  for (const TableInfo& table : run.tables) {
    if (!is_internal_key(table.smallest) || !is_internal_key(table.largest) ||
        compare_internal(table.smallest, table.largest) > 0) {
      return misfit(fmt::format("table {}: its key range is not one", table.number.value));
    }
    if (before != nullptr && !ends_before(key_range(*before), key_range(table))) {
      return misfit(
          fmt::format("tables {} and {} of run {} overlap", before->number.value, table.number.value, run.id.value));
    }
    before = &table;
  }
  return {};
}

}  // namespace

std::vector<const TableInfo*> Version::tables() const {
  std::vector<const TableInfo*> all;
  for (const Level& level : levels) {
    for (const Run& run : level.runs) {
      for (const TableInfo& table : run.tables) all.push_back(&table);
    }
  }
  return all;
}

VersionEdit Version::snapshot() const {
  VersionEdit edit{.next_file = next_file,
                   .first_log = first_log,
                   .ceiling = ceiling,
                   .history_floor = history_floor,
                   .expired_through = {},
                   .closed_log = closed_log,
                   .durable_log = durable_log,
                   .added = {},
                   .removed = {},
                   .policy = policy,
                   .jobs = jobs};
  if (expired_through > kTimestampMin) edit.expired_through = expired_through;
  for (std::uint32_t level = 0; level < levels.size(); ++level) {
    for (const Run& run : levels[level].runs) {
      for (const TableInfo& table : run.tables) edit.added.push_back({.level = level, .run = run.id, .table = table});
    }
  }
  return edit;
}

VersionEdit add_run(std::uint32_t level, RunId run, const std::vector<TableInfo>& tables) {
  VersionEdit edit;
  for (const TableInfo& table : tables) edit.added.push_back({.level = level, .run = run, .table = table});
  return edit;
}

Result<Version> apply(const Version& before, const VersionEdit& edit) {
  Version after = before;
  for (FileNumber number : edit.removed) {
    if (Status done = remove_table(after, number); !done.ok()) return done.error();
  }
  for (const VersionEdit::Added& added : edit.added) add_table(after, added);
  while (!after.levels.empty() && after.levels.back().runs.empty()) after.levels.pop_back();
  if (edit.next_file) after.next_file = *edit.next_file;
  if (edit.first_log) after.first_log = *edit.first_log;
  if (edit.ceiling) after.ceiling = *edit.ceiling;
  if (edit.history_floor) after.history_floor = std::max(after.history_floor, *edit.history_floor);
  if (edit.expired_through) after.expired_through = std::max(after.expired_through, *edit.expired_through);
  if (edit.closed_log) after.closed_log = edit.closed_log;
  if (edit.durable_log) after.durable_log = std::max(after.durable_log, edit.durable_log);
  if (edit.policy) after.policy = edit.policy;
  after.jobs.insert(after.jobs.end(), edit.jobs.begin(), edit.jobs.end());
  if (edit.jobs_kept && after.jobs.size() > *edit.jobs_kept) {
    after.jobs.erase(after.jobs.begin(), after.jobs.end() - static_cast<std::ptrdiff_t>(*edit.jobs_kept));
  }
  if (Status sound = check_structure(after); !sound.ok()) return sound.error();
  return after;
}

Status check_structure(const Version& version) {
  if (version.levels.size() > kLevelsMax) return misfit(fmt::format("{} levels", version.levels.size()));
  std::set<std::uint64_t> numbers;
  for (const Level& level : version.levels) {
    for (std::size_t i = 0; i < level.runs.size(); ++i) {
      if (i > 0 && level.runs[i - 1].id <= level.runs[i].id) {
        return misfit(fmt::format("run {} stands before run {}", level.runs[i - 1].id.value, level.runs[i].id.value));
      }
      if (Status sound = check_run(level.runs[i]); !sound.ok()) return sound;
      for (const TableInfo& table : level.runs[i].tables) {
        if (!numbers.insert(table.number.value).second) {
          return misfit(fmt::format("table {} is listed twice", table.number.value));
        }
        if (table.number >= version.next_file) {
          return misfit(fmt::format("table {} is not below the next file number {}", table.number.value,
                                    version.next_file.value));
        }
      }
    }
  }
  return {};
}

}  // namespace mylonite
