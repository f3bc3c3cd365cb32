// Functions for policies: facts about a tree, and the jobs that several policies share. Pure functions of the levels;
// pointers and views borrow from them. Thread-safety: pure.
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

// The last level: max_levels - 1, or the deepest level that holds data if that is deeper.
std::uint32_t last_level(const PolicyView& view);
std::span<const Run> runs_of(Levels levels, std::uint32_t level);  // empty if there is no such level
// Tables of the run that overlap the range, in key order. O(log tables).
std::span<const TableInfo> overlapping(const Run& run, const KeyRange& range);
std::uint64_t overlapping_bytes(Levels levels, std::uint32_t level, const KeyRange& range);
// The deepest place behind `position` whose run overlaps the range; empty: no older run holds a key of it.
std::optional<RunPosition> deepest_older(Levels levels, const RunPosition& position, const KeyRange& range);

// Bytes of the level's tables that are not among `busy`.
std::uint64_t idle_bytes(Levels levels, std::uint32_t level, const std::set<FileNumber>& busy);
// Bytes of the inputs' tables down to the level.
std::uint64_t input_bytes(Levels levels, const std::vector<CompactionInput>& inputs, std::uint32_t to_level);

// Where tables of a level's runs overlap most: as many as hold one key.
struct Depth {
  std::size_t tables = 0;
  std::string_view key{};  // the least one; empty without tables
};
Depth depth_of(Levels levels, std::uint32_t level, const std::set<FileNumber>& busy);  // O(tables · log tables)

// All idle tables of a level, as inputs, newest run first; runs without any are left out.
std::vector<CompactionInput> level_inputs(Levels levels, std::uint32_t level, const std::set<FileNumber>& busy);
std::vector<const TableInfo*> tables_of(Levels levels, const CompactionInput& input);
// Of the inputs' keys; none of no tables.
std::optional<KeyRange> hull_of(Levels levels, const std::vector<CompactionInput>& inputs);
// The one table as inputs.
std::vector<CompactionInput> table_input(const RunPosition& position, const TableInfo& table);

// The closure of the seeds: with every overlapping table between the newest of them and `to_level`, until no more
// overlaps. The closure can legally go into the oldest run of to_level.
std::vector<CompactionInput> closed(Levels levels, std::vector<CompactionInput> seeds, std::uint32_t to_level);

struct PushOptions {
  std::uint32_t to_level = 0;  // the seeds' level or deeper
  bool move_allowed = true;    // a move if nothing overlaps
};
// A job that merges the closed seeds into the oldest run of to_level, or into a new one if the level is empty. Into the
// seeds' own level, it merges into the oldest run among them. Without seeds the job has no inputs, and is illegal.
CompactionJob push_down(const PolicyView& view, std::vector<CompactionInput> seeds, const PushOptions& options);
// The same for the candidate's table, or for all idle tables of its level, into its to_level.
CompactionJob push_down(const PolicyView& view, const CompactionCandidate& candidate);

std::string describe(const std::vector<CompactionInput>& inputs);  // "level 0: tables 7 9; level 1: table 4"

// 1024 · part / whole, rounded down, at most 2^40.
std::int64_t score_of(std::uint64_t part, std::uint64_t whole);
std::uint64_t level_target_bytes(const Options& options, std::uint32_t level);  // level ≥ 1
// The file's size. If at least half the entries are tombstones, plus the bytes that they will free:
// 2 · mean entry · (2 · tombstones - entries).
std::uint64_t compensated_bytes(const TableInfo& table);

// The numbers of runs of level 0 at which writers are slowed and stopped: those of the options, at least
// `trigger` + 1. At or below the trigger no merge would end the pressure.
PressureLimits level0_limits(const PolicyView& view, std::uint64_t trigger);

}  // namespace mylonite
