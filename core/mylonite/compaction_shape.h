// What policies ask about a tree, and the jobs that several of them build alike. Pure functions of the levels; pointers
// and views borrow from them. Thread-safety: pure.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include <mylonite/compaction_policy.h>
#include <mylonite/options.h>

namespace mylonite {

// The tables that running jobs read.
std::set<FileNumber> busy_tables(std::span<const RunningJob> running);

// The level whose data goes no deeper: max_levels - 1, or the deepest that holds data if that is deeper.
std::uint32_t last_level(const PolicyView& view);
std::span<const Run> runs_of(Levels levels, std::uint32_t level);  // empty where there is no such level
// Tables of the run that overlap the range, in key order. O(log tables).
std::span<const TableInfo> overlapping(const Run& run, const KeyRange& range);
std::uint64_t overlapping_bytes(Levels levels, std::uint32_t level, const KeyRange& range);
// The deepest place behind `position` whose run overlaps the range; empty: nothing older can hold a key of it.
std::optional<RunPosition> deepest_older(Levels levels, const RunPosition& position, const KeyRange& range);

// All tables of a level that are not busy, as inputs; runs without any are left out.
std::vector<CompactionInput> level_inputs(Levels levels, std::uint32_t level, const std::set<FileNumber>& busy);
// The one table as inputs.
std::vector<CompactionInput> table_input(const RunPosition& position, const TableInfo& table);

// The seeds, and every table behind the newest of them down to `to_level` that must come along, until nothing more
// overlaps: what can legally go into the oldest run of to_level.
std::vector<CompactionInput> closed(Levels levels, std::vector<CompactionInput> seeds, std::uint32_t to_level);

struct PushOptions {
  std::uint32_t to_level = 0;  // that of the seeds or deeper
  bool move_allowed = true;    // as a move where nothing overlaps
};
// A job of the closed seeds into the oldest run of to_level (of the seeds' own level: into the oldest run among them),
// or a new one if the level is empty. Without seeds a job without inputs, which is not legal.
CompactionJob push_down(const PolicyView& view, std::vector<CompactionInput> seeds, const PushOptions& options);
// The same of the candidate's table, or of all tables of its level that are not busy, into its to_level.
CompactionJob push_down(const PolicyView& view, const CompactionCandidate& candidate);

std::string describe(const std::vector<CompactionInput>& inputs);  // "level 0: tables 7 9; level 1: table 4"

// 1024 · part / whole, rounded down, at most 2^40.
std::int64_t score_of(std::uint64_t part, std::uint64_t whole);
std::uint64_t level_target_bytes(const Options& options, std::uint32_t level);  // level ≥ 1
// File size, and where at least half the entries are tombstones, more for what they will free:
// 2 · mean entry · (2 · tombstones - entries).
std::uint64_t compensated_bytes(const TableInfo& table);

// Runs of level 0 that press writers: the options', but never before more than `trigger` runs are there: below, no merge
// will come.
PressureLimits level0_limits(const PolicyView& view, std::uint64_t trigger);

}  // namespace mylonite
