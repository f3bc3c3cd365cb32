#include "sim/run/stats.h"

#include <algorithm>

namespace mylonite::sim {
namespace {

template <class Map>
void add_counts(Map& to, const Map& from) {
  for (const auto& [key, count] : from) to[key] += count;
}

}  // namespace

void RunStats::add(const RunStats& other) {
  incarnations += other.incarnations;
  operations += other.operations;
  writes += other.writes;
  crashes += other.crashes;
  crashes_in_open += other.crashes_in_open;
  drops += other.drops;
  left_behind += other.left_behind;
  nested_depth_max = std::max(nested_depth_max, other.nested_depth_max);
  recoveries += other.recoveries;
  lies += other.lies;
  reported_damage += other.reported_damage;
  failed_calls += other.failed_calls;
  reported_errors += other.reported_errors;
  seeds += other.seeds;
  seeds_merging_at_once += other.seeds_merging_at_once;
  add_counts(jobs, other.jobs);
  steps += other.steps;
  file_calls += other.file_calls;
  virtual_ns += other.virtual_ns;
  for (std::size_t i = 0; i < crashes_at.size(); ++i) crashes_at[i] += other.crashes_at[i];
  coverage.add(other.coverage);
  add_counts(group_sizes, other.group_sizes);
  add_counts(group_sizes_of_4, other.group_sizes_of_4);
  add_counts(acknowledged_lost, other.acknowledged_lost);
}

}  // namespace mylonite::sim
