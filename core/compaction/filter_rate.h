// The share of false positives that a new table's filter may have: the same for all tables (uniform), or by the size of
// its run (monkey).
//
// A read of an absent key opens as many tables as the rates of all runs add up to. For a given memory this sum is least
// if a run's rate is proportional to its number of entries: rate · entries / (geometric mean of the runs' entries,
// weighted by their entries). Filters of small runs get more bits for a key, the largest run's get fewer. Source:
// N. Dayan, M. Athanassoulis, S. Idreos, "Monkey: Optimal Navigable Key-Value Store", SIGMOD 2017, section 4.
// Tables that exist keep their filters: a rate is set for the tree of the moment. A rate is within 0.0001..0.5; what a
// clamped filter saves or lacks is not given to the others.
// Units: parts per million. Integers only. Thread-safety: pure functions. Complexity: linear in tables.
#pragma once

#include <cstdint>
#include <span>

#include <mylonite/compaction_job.h>
#include <mylonite/options.h>
#include <mylonite/tree.h>

namespace mylonite {

// Of the tables of a new run in level 0, which has about so many entries.
std::uint64_t filter_rate_of_run(const Options& options, Levels levels, std::uint64_t entries);
// Of the tables that a merge writes, as if it dropped nothing.
std::uint64_t filter_rate_of_job(const Options& options, Levels levels, const CompactionJob& job);

// `rate`: of a tree with one run. `others`: entries of the other runs.
std::uint64_t monkey_rate(std::uint64_t rate, std::uint64_t entries, std::span<const std::uint64_t> others);

}  // namespace mylonite
