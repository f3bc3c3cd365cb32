#include "experiments/decisions/decisions.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>
#include <mylonite/compaction_shape.h>
#include <mylonite/events.h>
#include <mylonite/options.h>

#include "core/rt/rt.h"
#include "experiments/run/run.h"

namespace mylonite::experiments {
namespace {

std::string text_of(const CompactionCandidate& candidate) {
  using Kind = CompactionCandidate::Kind;
  switch (candidate.kind) {
    case Kind::kTable:
      return fmt::format("level {}: table {} -> level {}", candidate.position.level, candidate.table->number.value,
                         candidate.to_level);
    case Kind::kOther:
      return fmt::format("level {}: from run {} on -> level {}", candidate.position.level, candidate.position.run.value,
                         candidate.to_level);
    case Kind::kLevel: break;
  }
  return fmt::format("level {} -> level {}", candidate.position.level, candidate.to_level);
}

std::vector<std::string> shape_of(Levels levels) {
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < levels.size(); ++i) {
    std::uint64_t tables = 0;
    std::uint64_t bytes = 0;
    for (const Run& run : levels[i].runs) {
      tables += run.tables.size();
      for (const TableInfo& table : run.tables) bytes += table.file_bytes;
    }
    lines.push_back(fmt::format("level {}: {} run{}, {} table{}, {} bytes", i, levels[i].runs.size(),
                                levels[i].runs.size() == 1 ? "" : "s", tables, tables == 1 ? "" : "s", bytes));
  }
  return lines;
}

// Sees the rankings of a policy and the merges that follow. All on one OS thread: the run's.
class Watch final : public EventListener {
 public:
  Watch(std::uint64_t decision, std::optional<std::size_t> taken) : decision_{.number = decision}, taken_(taken) {}

  Ranking ranked(const PolicyView& view, Ranking ranking) {
    if (begun_ + 1 != decision_.number || ranking.candidates.empty()) return ranking;
    decision_.at_ns = rt::monotonic_ns();
    decision_.levels = shape_of(view.levels);
    decision_.triggers = ranking.triggers;
    decision_.candidates.clear();
    for (const CompactionCandidate& each : ranking.candidates) {
      decision_.candidates.push_back({.what = text_of(each), .score = each.score});
    }
    if (taken_ && *taken_ < ranking.candidates.size()) {
      std::rotate(ranking.candidates.begin(),
                  std::next(ranking.candidates.begin(), static_cast<std::ptrdiff_t>(*taken_)),
                  std::next(ranking.candidates.begin(), static_cast<std::ptrdiff_t>(*taken_) + 1));
    }
    return ranking;
  }

  void on_compaction_begin(const JobRecord& record) override {
    if (++begun_ != decision_.number) return;
    decision_.job = record;
    began_ns_ = rt::monotonic_ns();
  }
  void on_compaction(const JobRecord& record) override {
    if (begun_ < decision_.number || decision_.took_ns || record.id != decision_.job.id) return;
    decision_.job = record;
    decision_.took_ns = rt::monotonic_ns() - began_ns_;
  }

  std::uint64_t begun() const { return begun_; }
  const Decision& decision() const { return decision_; }

 private:
  Decision decision_;
  std::optional<std::size_t> taken_;
  std::uint64_t begun_ = 0;
  std::uint64_t began_ns_ = 0;
};

CompactionPolicies watched(CompactionPolicies policies, Watch& watch) {
  for (CompactionPolicy& each : policies) {
    each.rank = [rank = each.rank, &watch](const PolicyView& view) { return watch.ranked(view, rank(view)); };
  }
  return policies;
}

Result<WatchedRun> run_watched(const RunSpec& spec, std::uint64_t decision, std::optional<std::size_t> taken,
                               const CompactionPolicies& policies) {
  const auto threads = spec.set.find("compaction_threads");
  if (threads == spec.set.end() || threads->second != "1" || spec.load_percent > 0) {
    return Error(Code::kInvalidArgument,
                 "decisions are counted where one merge runs at a time, and the run is made once: "
                 "\"set\": {\"compaction_threads\": 1}, and no load_percent");
  }
  Watch watch(decision, taken);
  auto result = run_spec(spec, watched(policies, watch), {}, &watch);
  if (!result.ok()) return result.error();
  if (watch.begun() < decision) {
    return Error(Code::kInvalidArgument,
                 fmt::format("the run took {} decisions, so there is no number {}", watch.begun(), decision));
  }
  const std::size_t candidates = watch.decision().candidates.size();
  if (taken && *taken >= candidates) {
    return Error(Code::kInvalidArgument, fmt::format("decision {} has {} candidate{}, counted from 0: there is no {}",
                                                     decision, candidates, candidates == 1 ? "" : "s", *taken));
  }
  return WatchedRun{.result = std::move(*result), .decisions = watch.begun(), .watched = watch.decision()};
}

}  // namespace

Result<WatchedRun> watch(const RunSpec& spec, std::uint64_t decision, const CompactionPolicies& policies) {
  return run_watched(spec, decision, std::nullopt, policies);
}

Result<WatchedRun> fork(const RunSpec& spec, std::uint64_t decision, std::size_t candidate,
                        const CompactionPolicies& policies) {
  return run_watched(spec, decision, candidate, policies);
}

}  // namespace mylonite::experiments
