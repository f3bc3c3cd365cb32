#include "core/store/explain.h"

#include <utility>

#include "core/store/read_path.h"

namespace mylonite {
namespace {

std::optional<RunPlace> place_of(const Version& version, FileNumber table) {
  for (std::uint32_t level = 0; level < version.levels.size(); ++level) {
    for (const Run& run : version.levels[level].runs) {
      for (const TableInfo& each : run.tables) {
        if (each.number == table) return RunPlace{.level = level, .run = run.id};
      }
    }
  }
  return std::nullopt;
}

// Completes a step from what its source holds of the key.
template <class Entry>
void judge(ReadStep& step, const std::optional<Entry>& found, Timestamp covered) {
  if (found) step.version = {.kind = found->kind, .at = found->at, .value_bytes = found->value.size()};
  if (covered > kTimestampMin) step.range_delete = covered;
  if (found && found->at >= covered) {
    step.said = found->kind == Kind::kPut ? ReadStep::Said::kValue : ReadStep::Said::kDeleted;
  } else if (step.range_delete) {
    step.said = ReadStep::Said::kCovered;
  }
}

bool decides(const ReadStep& step) { return step.said >= ReadStep::Said::kValue; }

class Explainer {
 public:
  Explainer(const ReadState& state, const Version& names, const PointRead& read)
      : state_(state), names_(names), read_(read) {
    told_.read_at = read.at;
  }

  Result<GetExplanation> explain() {
    const std::uint64_t sources = state_.memtables.size() + state_.runs->size();
    for (std::size_t i = 0; i < state_.memtables.size() && !decided(); ++i) ask_memtable(i);
    for (std::size_t i = 0; i < state_.runs->size() && !decided(); ++i) {
      if (Status done = ask_run((*state_.runs)[i]); !done.ok()) return done.error();
    }
    told_.sources_not_asked = sources - told_.steps.size();
    return std::move(told_);
  }

 private:
  bool decided() const { return !told_.steps.empty() && decides(told_.steps.back()); }

  void ask_memtable(std::size_t i) {
    const Memtable& memtable = *state_.memtables[i];
    ReadStep& step = told_.steps.emplace_back();
    step.memtable = i;
    const auto ranges = memtable.range_tombstones();
    const auto found = memtable.get(read_.key, read_.at);
    judge(step, found, ranges == nullptr ? kTimestampMin : ranges->newest_covering(read_.key, read_.at));
    if (step.said == ReadStep::Said::kValue) told_.value = std::string(found->value);
  }

  Status ask_run(const TableRun& run) {
    ReadStep& step = told_.steps.emplace_back();
    step.run = place_of(names_, run.tables->front()->info().number);
    const TableReader* table = table_for(run, read_.key);
    if (table == nullptr) {
      step.said = ReadStep::Said::kNoTable;
      return {};
    }
    step.table = table->info().number;
    const auto ranges = table->range_tombstones();
    if (!ranges.ok()) return ranges.error();
    const auto maybe = table->may_contain(read_.key);
    if (!maybe.ok()) return maybe.error();
    auto found = table->get(read_.key, read_.at);
    if (!found.ok()) return found.error();
    if (!*maybe) step.said = ReadStep::Said::kFilterNo;
    judge(step, *found, (*ranges)->newest_covering(read_.key, read_.at));
    if (step.said == ReadStep::Said::kValue) told_.value = std::move((*found)->value);
    return {};
  }

  const ReadState& state_;
  const Version& names_;
  const PointRead& read_;
  GetExplanation told_;
};

}  // namespace

Result<GetExplanation> explain_get(const ReadState& state, const Version& names, const PointRead& read) {
  return Explainer(state, names, read).explain();
}

}  // namespace mylonite
