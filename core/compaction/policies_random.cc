// A policy of random legal jobs, which tests everything behind the policy.
//
// It proposes some tables of a run or of neighbouring runs, or whole levels, with or without overlapping tables below.
// The output is above or below, in any run or a new one, by a merge or a move; or the tables expire. Whether it tries
// at all is a coin that depends on the tree's shape alone, so an unchanging tree comes to rest, on average after two
// jobs. The state counts draws, so a repeated shape gets other jobs.
#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include <mylonite/compaction_shape.h>
#include <mylonite/random.h>

#include "core/base/hash.h"
#include "core/compaction/policies.h"
#include "core/compaction/run_list.h"

namespace mylonite {
namespace {

std::uint64_t shape_hash(const PolicyView& view) {
  std::uint64_t hash = 1;
  auto add = [&](std::uint64_t word) { hash = mix64(hash ^ word) + 0x9e3779b97f4a7c15ULL; };
  for (const Level& level : view.levels) {
    add(level.runs.size());
    for (const Run& run : level.runs) {
      add(run.id.value);
      for (const TableInfo& table : run.tables) add(table.number.value);
    }
  }
  for (const RunningJob& job : view.running) add(job.id);
  return hash;
}

std::uint64_t parse_count(std::string_view state) {
  std::uint64_t count = 0;
  const auto [end, error] = std::from_chars(state.data(), state.data() + state.size(), count);
  return error == std::errc{} && end == state.data() + state.size() ? count : 0;
}

class Proposer {
 public:
  Proposer(const PolicyView& view, Random random) : view_(view), random_(random) {
    for (std::uint32_t level = 0; level < view.levels.size(); ++level) {
      for (const Run& run : view.levels[level].runs) runs_.push_back({.level = level, .run = &run});
    }
  }

  CompactionJob propose() {
    CompactionJob job;
    const std::size_t first = random_.below(runs_.size());
    const std::size_t most = std::min<std::size_t>(runs_.size() - first, 4);
    const std::size_t count = random_.chance(1, 2) ? 1 : random_.between(1, most);
    const bool whole = random_.chance(1, 3);
    for (std::size_t i = first; i < first + count; ++i) add_input(job, runs_[i], whole);
    const std::uint32_t from = runs_[first].level;
    job.to_level = output_level(from);
    if (job.to_level >= from && random_.chance(2, 3)) {
      job.inputs = closed(view_.levels, std::move(job.inputs), job.to_level);
    }
    const auto targets = runs_of(view_.levels, job.to_level);
    if (!targets.empty() && (job.to_level == 0 || random_.chance(2, 3))) {
      job.into = random_.chance(1, 2) ? targets.back().id : targets[random_.below(targets.size())].id;
    }
    job.move = random_.chance(1, 4);
    job.overlap_bytes_max = random_.chance(1, 2) ? view_.options.sstable_max_bytes : 0;
    job.aligned = random_.chance(1, 2);
    if (random_.chance(1, 2)) job.cuts = even_cuts(view_.levels, random_.between(2, 8));
    if (const auto percent = static_cast<std::uint64_t>(view_.parameter("expire")); percent > 0) {
      job.expire = random_.chance(percent, 100);
      job.move &= !job.expire;
    }
    return job;
  }

 private:
  struct ListedRun {
    std::uint32_t level;
    const Run* run;
  };

  void add_input(CompactionJob& job, const ListedRun& listed, bool whole) {
    const std::vector<TableInfo>& tables = listed.run->tables;
    CompactionInput input{.level = listed.level, .run = listed.run->id, .tables = {}};
    const std::size_t first = whole ? 0 : random_.below(tables.size());
    const std::size_t last = whole ? tables.size() - 1 : random_.between(first, tables.size() - 1);
    for (std::size_t i = first; i <= last; ++i) {
      if (whole || i == first || random_.chance(3, 4)) input.tables.push_back(tables[i].number);
    }
    job.inputs.push_back(std::move(input));
  }

  std::uint32_t output_level(std::uint32_t from) {
    const std::uint32_t last = last_level(view_);
    switch (random_.below(6)) {
      case 0: return from;
      case 1: return static_cast<std::uint32_t>(random_.between(0, last));
      case 2: return last;
      default: return std::min(from + 1, last);
    }
  }

  const PolicyView& view_;
  Random random_;
  std::vector<ListedRun> runs_;  // newest first
};

constexpr std::int64_t kProposals = 30;

Ranking rank_random(const PolicyView& view) {
  Ranking ranking{.expired = ExpiredTombstones::kIgnored, .pressure = kNoPressure};
  const bool empty = std::ranges::all_of(view.levels, [](const Level& level) { return level.runs.empty(); });
  if (empty || !Random(shape_hash(view)).chance(2, 3)) return ranking;
  ranking.triggers.push_back({.what = "drawn at random"});
  for (std::int64_t i = 0; i < kProposals; ++i) {
    ranking.candidates.push_back({.kind = CompactionCandidate::Kind::kOther, .score = i});
  }
  return ranking;
}

// The score is the number of the proposal; each proposal draws from where the one before it ended.
PlannedJob plan_random(const PolicyView& view, const CompactionCandidate& candidate) {
  const std::uint64_t draws = parse_count(view.state);
  Proposer proposer(view, Random(shape_hash(view)).split(draws));
  for (std::int64_t i = 0; i < candidate.score; ++i) proposer.propose();
  return {.job = proposer.propose(), .next_state = fmt::format("{}", draws + 1)};
}

}  // namespace

CompactionPolicies random_policies() {
  return {{.name = "random_legal",
           .what = "any legal job, drawn at random: for tests of what stands behind the policy",
           .parameters = {{.name = "expire",
                           .fallback = 0,
                           .low = 0,
                           .high = 100,
                           .meaning = "percent of proposals that let their tables expire, of whatever age",
                           .worth_trying = {0, 20}}},
           .rank = rank_random,
           .plan = plan_random}};
}

}  // namespace mylonite
