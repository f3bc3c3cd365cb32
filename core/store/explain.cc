#include "core/store/explain.h"

#include <utility>

#include "core/store/counters.h"

namespace mylonite {
namespace {

std::optional<RunPosition> position_of(const Version& version, FileNumber table) {
  for (std::uint32_t level = 0; level < version.levels.size(); ++level) {
    for (const Run& run : version.levels[level].runs) {
      for (const TableInfo& each : run.tables) {
        if (each.number == table) return RunPosition{.level = level, .run = run.id};
      }
    }
  }
  return std::nullopt;
}

ReadStep::Outcome outcome_of(const SourceSeen& seen, std::string_view key) {
  switch (seen.verdict) {
    case Verdict::kValue: return ReadStep::Outcome::kValue;
    case Verdict::kDeleted: return ReadStep::Outcome::kDeleted;
    case Verdict::kCovered: return ReadStep::Outcome::kCovered;
    case Verdict::kExpired: return ReadStep::Outcome::kExpired;
    case Verdict::kNothing: break;
  }
  if (seen.run == nullptr) return ReadStep::Outcome::kNothing;
  if (seen.table == nullptr) return ReadStep::Outcome::kNoTable;
  const auto maybe = seen.table->may_contain(key);  // the read has loaded the filter
  return maybe.ok() && !*maybe ? ReadStep::Outcome::kFilterNo : ReadStep::Outcome::kNothing;
}

}  // namespace

Result<GetExplanation> explain_get(const ReadState& state, const Version& names, const PointRead& read) {
  Counters uncounted;
  std::vector<SourceSeen> seen;
  auto value = get_at(state, read, uncounted, &seen);
  if (!value.ok()) return value.error();
  GetExplanation explanation;
  explanation.read_at = read.at;
  if (*value) explanation.value = std::string((*value)->bytes);
  explanation.sources_not_asked = state.memtables.size() + state.runs->size() - seen.size();
  for (const SourceSeen& source : seen) {
    ReadStep& step = explanation.steps.emplace_back();
    if (source.run == nullptr) {
      step.memtable = explanation.steps.size() - 1;
    } else {
      step.run = position_of(names, source.run->tables->front()->info().number);
    }
    if (source.table != nullptr) step.table = source.table->info().number;
    if (source.version) {
      const SourceSeen::Version& found = *source.version;
      step.version = {.is_delete = found.kind != Kind::kPut, .at = found.at, .value_bytes = found.value_bytes};
    }
    if (source.covered > kTimestampMin) step.range_delete = source.covered;
    step.outcome = outcome_of(source, read.key);
  }
  return explanation;
}

}  // namespace mylonite
