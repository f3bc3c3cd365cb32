// Policies that merge cells (core/compaction/run_list.h): a large merge is many small jobs in key order, and the inputs
// of each can go when it ends.
#include <algorithm>
#include <charconv>
#include <functional>
#include <utility>

#include <fmt/format.h>

#include <mylonite/compaction_shape.h>

#include "core/compaction/leveled.h"
#include "core/compaction/policies.h"
#include "core/compaction/run_list.h"

namespace mylonite {
namespace {

// --- ics: size-tiered, and a merge of runs goes on cell by cell. The state names the runs of merges that have begun.

// "9 8 7;4 3": run ids, each merge newest first.
std::vector<std::vector<RunId>> merges_of(std::string_view state) {
  std::vector<std::vector<RunId>> merges(1);
  for (const char* at = state.data(); at < state.data() + state.size();) {
    std::uint64_t id = 0;
    const auto [end, error] = std::from_chars(at, state.data() + state.size(), id);
    if (error != std::errc()) return {};
    merges.back().push_back(RunId{id});
    at = end;
    if (at == state.data() + state.size()) break;
    if (*at == ';') merges.emplace_back();
    ++at;
  }
  if (merges.back().empty()) merges.pop_back();
  return merges;
}

std::string text_of(const std::vector<RunId>& runs) {
  std::string text;
  for (const RunId& run : runs) text += fmt::format("{}{}", text.empty() ? "" : " ", run.value);
  return text;
}

std::vector<RunId> ids_of(RunList runs) {
  std::vector<RunId> ids;
  for (const ListedRun& run : runs) ids.push_back(run.position.run);
  return ids;
}

// The merges of the state that still have runs to merge, without the runs that are gone.
std::vector<std::vector<RunId>> merges_under_way(std::string_view state, const std::vector<ListedRun>& list) {
  std::vector<std::vector<RunId>> merges = merges_of(state);
  for (std::vector<RunId>& runs : merges) {
    std::erase_if(runs, [&](RunId run) {
      return std::ranges::none_of(list, [&](const ListedRun& listed) { return listed.position.run == run; });
    });
  }
  std::erase_if(merges, [](const auto& runs) { return runs.size() < 2; });
  return merges;
}

// Stretches that belong together: those of merges that have begun, and between them runs, each similar to those before
// it.
struct Bucket : Stretch {
  bool begun = false;
};
std::vector<Bucket> buckets_of(const std::vector<ListedRun>& list, const std::vector<std::vector<RunId>>& merges) {
  std::vector<Bucket> buckets;
  std::uint64_t bytes = 0;
  const std::vector<RunId>* merge = nullptr;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const auto own = std::ranges::find_if(
        merges, [&](const auto& runs) { return std::ranges::find(runs, list[i].position.run) != runs.end(); });
    const std::vector<RunId>* now = own == merges.end() ? nullptr : &*own;
    const bool goes_on = !buckets.empty() && now == merge;
    if (!goes_on || (now == nullptr && !is_similar(list[i], bytes, buckets.back().count))) {
      buckets.push_back({{.first = i, .count = 0}, now != nullptr});
      bytes = 0;
    }
    merge = now;
    ++buckets.back().count;
    bytes += list[i].bytes;
  }
  return buckets;
}

Ranking rank_ics(const PolicyView& view) {
  const std::vector<ListedRun> list = list_of(view.levels);
  const auto least = static_cast<std::size_t>(view.parameter("M"));
  Ranking ranking = list_ranking(view, kRunsMax);
  for (const Bucket& bucket : buckets_of(list, merges_under_way(view.state, list))) {
    const std::size_t needed = bucket.begun ? 2 : least;
    if (bucket.count >= needed) {
      const Stretch oldest = oldest_of(bucket, kRunsMax);
      add_cells(RunList(list).subspan(oldest.first, oldest.count), 1, ranking);
    }
    ranking.triggers.push_back({.what = bucket.begun ? fmt::format("a merge of {} runs goes on", bucket.count)
                                                     : fmt::format("{} runs of about {} bytes, {} start a merge",
                                                                   bucket.count, list[bucket.first].bytes, least),
                                .score = score_of(bucket.count, needed)});
  }
  if (!ranking.candidates.empty() || list.size() <= kRunsMax) return ranking;
  // None of them is similar: without a merge writers would wait for ever.
  add_cells(RunList(list).subspan(lightest(list, least), least), 1, ranking);
  ranking.triggers.push_back({.what = fmt::format("{} runs, more than {} start a merge", list.size(), kRunsMax),
                              .score = score_of(list.size(), kRunsMax + 1)});
  return ranking;
}

PlannedJob plan_ics(const PolicyView& view, const CompactionCandidate& candidate) {
  const std::vector<ListedRun> list = list_of(view.levels);
  const RunList runs = runs_of_candidate(list, candidate);
  PlannedJob planned{.job = merge_cell(runs, cell_of(runs, candidate))};
  std::uint64_t bytes = 0;
  for (const ListedRun& run : runs) bytes += run.bytes;
  planned.job->cuts = even_cuts(view.levels, bytes / std::max<std::uint64_t>(view.options.sstable_max_bytes, 1));
  std::vector<std::vector<RunId>> begun;
  for (const Bucket& each : buckets_of(list, merges_under_way(view.state, list))) {
    const RunList others = RunList(list).subspan(each.first, each.count);
    if (each.begun && each.count > 1 && others.front().position != runs.front().position)
      begun.push_back(ids_of(others));
  }
  if (cells_of(runs).size() > 1) begun.push_back(ids_of(runs));
  for (const auto& merge : begun) planned.next_state += (planned.next_state.empty() ? "" : ";") + text_of(merge);
  return planned;
}

// --- spooky: whole levels down to the last but one, which then goes into the last one cell by cell.

struct SpookyShape {
  std::uint32_t last = 1;   // the deepest level with data, at least level 1
  std::uint32_t above = 0;  // last - 1
  bool draining = false;    // runs of `above` are on their way into `last`
  RunList runs;             // of both; while draining, without those that came since
};

// The state names the runs that are on their way.
SpookyShape spooky_shape(const PolicyView& view, const std::vector<ListedRun>& list) {
  SpookyShape shape;
  for (std::uint32_t level = 2; level < view.levels.size(); ++level) {
    if (!view.levels[level].runs.empty()) shape.last = level;
  }
  if (last_level(view) == 0) shape.last = 0;
  shape.above = shape.last == 0 ? 0 : shape.last - 1;
  const auto begun = merges_of(view.state);
  const auto goes = std::ranges::find_if(list, [&](const ListedRun& run) {
    return run.position.level == shape.above && shape.above < shape.last && !begun.empty() &&
           std::ranges::find(begun.front(), run.position.run) != begun.front().end();
  });
  shape.draining = goes != list.end();
  const auto of_both =
      std::ranges::find_if(list, [&](const ListedRun& run) { return run.position.level >= shape.above; });
  shape.runs = {shape.draining ? goes : of_both, list.end()};
  return shape;
}

// The level that takes this one and those between: the first that has room for all of them, at most the last but one.
std::uint32_t level_with_room(const PolicyView& view, const SpookyShape& shape, std::uint32_t from) {
  std::uint64_t bytes = idle_bytes(view.levels, from, {});
  for (std::uint32_t level = from + 1; level < shape.above; ++level) {
    bytes += idle_bytes(view.levels, level, {});
    if (bytes <= level_target_bytes(view.options, level)) return level;
  }
  return shape.above;
}

Ranking rank_spooky(const PolicyView& view) {
  const std::vector<ListedRun> list = list_of(view.levels);
  const SpookyShape shape = spooky_shape(view, list);
  Ranking ranking{.pressure = level0_limits(view, level0_trigger(view))};
  for (std::uint32_t level = 0; level < view.levels.size(); ++level) {
    const std::size_t runs = runs_of(view.levels, level).size();
    const std::uint64_t bytes = idle_bytes(view.levels, level, {});
    const std::int64_t by_bytes =
        level == last_level(view) ? 0 : score_of(bytes, level_target_bytes(view.options, std::max(level, 1U)));
    const std::int64_t by_runs = level == 0 ? score_of(runs, level0_trigger(view)) : score_of(runs > 1 ? runs : 0, 1);
    const bool goes_on = level == shape.above && shape.draining;
    const std::int64_t score = goes_on ? 2 * kScoreUnit : std::max(by_bytes, by_runs);
    const auto candidate = [&](std::uint32_t to) {
      ranking.candidates.push_back(
          {.trigger = ranking.triggers.size(), .position = {.level = level}, .to_level = to, .score = score});
    };
    if (score >= kScoreUnit && !list.empty()) {
      if (level == shape.last && runs == 1) {
        if (!shape.draining) candidate(level + 1);
      } else if (level >= shape.above && runs_of(view.levels, shape.last).empty()) {
        candidate(shape.last);
      } else if (level >= shape.above) {
        add_cells(shape.runs, 1, ranking);
      } else if (const std::uint32_t to = level_with_room(view, shape, level); to < shape.above || !shape.draining) {
        candidate(to);
      }
    }
    ranking.triggers.push_back(
        {.what = goes_on ? fmt::format("level {}: {} bytes go on into level {}", level, bytes, shape.last)
                         : fmt::format("level {}: {} runs, {} bytes", level, runs, bytes),
         .score = score});
  }
  return ranking;
}

PlannedJob plan_spooky(const PolicyView& view, const CompactionCandidate& candidate) {
  const std::vector<ListedRun> list = list_of(view.levels);
  const SpookyShape shape = spooky_shape(view, list);
  if (candidate.table != nullptr) {
    const auto going =
        std::ranges::count(shape.runs, shape.above, [](const ListedRun& run) { return run.position.level; });
    return {.job = merge_cell(shape.runs, cell_of(shape.runs, candidate)),
            .next_state = text_of(ids_of(shape.runs.first(static_cast<std::size_t>(going))))};
  }
  CompactionJob job{.inputs = {}, .to_level = candidate.to_level};
  if (candidate.position.level == shape.last) {
    job.inputs = level_inputs(view.levels, shape.last, {});
    job.move = true;
    return {.job = std::move(job)};
  }
  for (std::uint32_t level = candidate.position.level; level <= candidate.to_level; ++level) {
    for (CompactionInput& input : level_inputs(view.levels, level, {})) job.inputs.push_back(std::move(input));
  }
  if (const auto runs = runs_of(view.levels, job.to_level); !runs.empty()) job.into = runs.back().id;
  if (job.to_level == shape.above) job.cuts = even_cuts(view.levels, view.options.level_size_ratio);
  return {.job = std::move(job), .next_state = std::string(view.state)};
}

}  // namespace

CompactionPolicies cell_policies() {
  return {
      {.name = "ics",
       .what = "as stcs, but runs are fragments: a merge of runs goes on fragment by fragment, whose inputs go at once",
       .source = "ScyllaDB, IncrementalCompactionStrategy; here among neighbours in age",
       .parameters = {{.name = "M",
                       .fallback = 4,
                       .low = 2,
                       .high = 32,
                       .meaning = "runs of similar size that start a merge",
                       .worth_trying = {2, 4}}},
       .rank = rank_ics,
       .plan = plan_ics},
      {.name = "spooky",
       .what = "whole levels, several at once where they fill one another, down to the last but one, whose tables end "
               "at keys of the last level; it goes into that one group of tables at a time",
       .source = "Dayan et al., Spooky: Granulating LSM-Tree Compactions Correctly, VLDB 2022",
       .rank = rank_spooky,
       .plan = plan_spooky},
  };
}

}  // namespace mylonite
