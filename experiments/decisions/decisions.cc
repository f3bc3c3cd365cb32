#include "experiments/decisions/decisions.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <map>
#include <utility>

#include <fmt/format.h>
#include <mylonite/compaction_shape.h>
#include <mylonite/events.h>
#include <mylonite/options.h>

#include "core/rt/rt.h"
#include "experiments/run/run.h"

namespace mylonite::experiments {
namespace {

std::string goes_to(bool expires, std::uint32_t level) {
  return expires ? ", which expires" : fmt::format(" -> level {}", level);
}

std::string text_of(const CompactionCandidate& candidate) {
  using Kind = CompactionCandidate::Kind;
  switch (candidate.kind) {
    case Kind::kTable:
      return fmt::format("level {}: table {} -> level {}", candidate.position.level, candidate.table->number.value,
                         candidate.to_level);
    case Kind::kOther:
      // A policy whose runs expire goes to no level.
      return fmt::format("level {}: from run {} on{}", candidate.position.level, candidate.position.run.value,
                         goes_to(candidate.to_level == UINT32_MAX, candidate.to_level));
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
  // By decision: the candidate that it takes first; none: it is only watched.
  using Watched = std::map<std::uint64_t, std::optional<std::size_t>>;
  explicit Watch(const Watched& watched) : watched_(watched) {}

  // Of the rankings before a decision the last one counts. It has no candidates where the store then rewrites expired
  // tombstones by itself.
  Ranking ranked(const PolicyView& view, Ranking ranking) {
    const std::uint64_t number = begun_.size() + 1;
    candidates_ = ranking.candidates.size();
    const auto found = watched_.find(number);
    if (found == watched_.end()) return ranking;
    Decision& decision = seen_[number];
    decision = {.number = number, .at_ns = rt::monotonic_ns(), .levels = shape_of(view.levels)};
    decision.triggers = ranking.triggers;
    for (const CompactionCandidate& each : ranking.candidates) {
      decision.candidates.push_back({.what = text_of(each), .score = each.score});
    }
    if (found->second && *found->second < ranking.candidates.size()) {
      const auto taken = std::next(ranking.candidates.begin(), static_cast<std::ptrdiff_t>(*found->second));
      std::rotate(ranking.candidates.begin(), taken, std::next(taken));
    }
    return ranking;
  }

  void on_compaction_begin(const JobRecord& record) override {
    begun_.push_back(
        {.candidates = candidates_, .chosen = record.why.chosen + goes_to(record.expires(), record.to_level)});
    candidates_ = 0;
    if (!watched_.contains(begun_.size())) return;
    Decision& decision = seen_[begun_.size()];
    decision.number = begun_.size();
    decision.job = record;
    began_ns_[begun_.size()] = rt::monotonic_ns();
  }
  void on_compaction(const JobRecord& record) override {
    for (auto& [number, decision] : seen_) {
      if (!began_ns_.contains(number) || decision.took_ns || record.id != decision.job.id) continue;
      decision.job = record;
      decision.took_ns = rt::monotonic_ns() - began_ns_[number];
    }
  }

  std::vector<DecisionInBrief> take_begun() { return std::move(begun_); }
  Decision seen(std::uint64_t number) const { return seen_.at(number); }

 private:
  const Watched& watched_;
  std::map<std::uint64_t, Decision> seen_;
  std::map<std::uint64_t, std::uint64_t> began_ns_;
  std::vector<DecisionInBrief> begun_;
  std::size_t candidates_ = 0;  // of the last ranking
};

CompactionPolicies watched(CompactionPolicies policies, Watch& watch) {
  for (CompactionPolicy& each : policies) {
    each.rank = [rank = each.rank, &watch](const PolicyView& view) { return watch.ranked(view, rank(view)); };
  }
  return policies;
}

Result<WatchedRun> run_watched(const RunSpec& spec, const Watch::Watched& decisions,
                               const CompactionPolicies& policies) {
  const auto threads = spec.set.find("compaction_threads");
  if (threads == spec.set.end() || threads->second != "1" || spec.open_loop()) {
    return Error(Code::kInvalidArgument,
                 "decisions are counted where one merge runs at a time, and the run is made once: "
                 "\"set\": {\"compaction_threads\": 1}, and no load_percent or arrivals_per_second");
  }
  Watch watch(decisions);
  auto result = run_spec(spec, watched(policies, watch), {}, &watch);
  if (!result.ok()) return result.error();
  WatchedRun run{.result = std::move(*result), .decisions = watch.take_begun(), .watched = {}};
  for (const auto& [number, taken] : decisions) {
    if (number == 0 || number > run.decisions.size()) {
      return Error(Code::kInvalidArgument,
                   fmt::format("the run took {} decisions, so there is no number {}", run.decisions.size(), number));
    }
    run.watched.push_back(watch.seen(number));
    const std::size_t candidates = run.watched.back().candidates.size();
    if (taken && *taken >= candidates) {
      return Error(Code::kInvalidArgument, fmt::format("decision {} has {} candidate{}, counted from 0: there is no {}",
                                                       number, candidates, candidates == 1 ? "" : "s", *taken));
    }
  }
  return run;
}

// All of the text.
template <class Number>
bool read_number(std::string_view text, Number& number) {
  const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), number);
  return bad == std::errc() && end == text.data() + text.size();
}

}  // namespace

Result<WatchedRun> watch(const RunSpec& spec, std::uint64_t decision, const CompactionPolicies& policies) {
  return run_watched(spec, {{decision, std::nullopt}}, policies);
}

Result<WatchedRun> fork(const RunSpec& spec, std::span<const Deviation> deviations,
                        const CompactionPolicies& policies) {
  Watch::Watched watched;
  for (const Deviation& each : deviations) {
    if (watched.emplace(each.decision, each.candidate).second) continue;
    return Error(Code::kInvalidArgument, fmt::format("decision {} is there twice", each.decision));
  }
  return run_watched(spec, watched, policies);
}

Result<Deviation> parse_deviation(std::string_view text, std::size_t otherwise) {
  Deviation deviation{.candidate = otherwise};
  const std::size_t colon = text.find(':');
  const bool good = read_number(text.substr(0, colon), deviation.decision) && deviation.decision > 0 &&
                    (colon == std::string_view::npos || read_number(text.substr(colon + 1), deviation.candidate));
  if (good) return deviation;
  return Error(Code::kInvalidArgument,
               fmt::format("{}: expected DECISION or DECISION:CANDIDATE, decisions from 1 on, as in 12:1", text));
}

std::string deviations_text(std::span<const Deviation> deviations) {
  std::string text;
  for (const Deviation& each : deviations) {
    text += fmt::format("{}{}:{}", text.empty() ? "" : " ", each.decision, each.candidate);
  }
  return text;
}

}  // namespace mylonite::experiments
