#include "core/compaction/random_legal.h"

#include <charconv>

#include <fmt/format.h>

#include "core/base/random.h"
#include "core/compaction/legality.h"
#include "core/compaction/shape.h"

namespace mylonite {
namespace {

std::uint64_t shape_hash(const PolicyView& view) {
  std::uint64_t hash = 1;
  auto add = [&](std::uint64_t word) { hash = mix64(hash ^ word) + 0x9e3779b97f4a7c15ULL; };
  for (const Level& level : view.version.levels) {
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
    for (std::uint32_t level = 0; level < view.version.levels.size(); ++level) {
      for (const Run& run : view.version.levels[level].runs) runs_.push_back({.level = level, .run = &run});
    }
  }

  bool nothing_there() const { return runs_.empty(); }

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
      job.inputs = closed(view_.version, std::move(job.inputs), job.to_level);
    }
    const auto targets = runs_of(view_.version, job.to_level);
    if (!targets.empty() && (job.to_level == 0 || random_.chance(2, 3))) {
      job.into = random_.chance(1, 2) ? targets.back().id : targets[random_.below(targets.size())].id;
    }
    job.move = random_.chance(1, 4);
    job.overlap_bytes_max = random_.chance(1, 2) ? view_.options.sstable_max_bytes : 0;
    return job;
  }

 private:
  struct Place {
    std::uint32_t level;
    const Run* run;
  };

  void add_input(CompactionJob& job, const Place& place, bool whole) {
    const std::vector<TableInfo>& tables = place.run->tables;
    CompactionInput input{.level = place.level, .run = place.run->id, .tables = {}};
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
  std::vector<Place> runs_;  // newest first
};

class RandomLegal final : public CompactionPolicy {
 public:
  std::string_view name() const override { return "random_legal"; }

  Decision pick(const PolicyView& view, std::string_view state) const override {
    constexpr int kTries = 30;
    const std::uint64_t shape = shape_hash(view);
    if (!Random(shape).chance(2, 3)) return {};
    const std::uint64_t draws = parse_count(state);
    Proposer proposer(view, Random(shape).split(draws));
    if (proposer.nothing_there()) return {};
    for (int i = 0; i < kTries; ++i) {
      CompactionJob job = proposer.propose();
      if (!check_legal(view.version, view.running, job).ok()) continue;
      job.why = {.trigger = "the coin fell so", .chosen = describe(job.inputs), .rejected = {}};
      if (i > 0) job.why.rejected.push_back({.what = "proposals that were not legal", .score = i});
      return {.job = std::move(job), .next_state = fmt::format("{}", draws + 1)};
    }
    return {};
  }
};

}  // namespace

const CompactionPolicy& random_legal_policy() {
  static const RandomLegal kPolicy;
  return kPolicy;
}

}  // namespace mylonite
