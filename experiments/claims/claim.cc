#include "experiments/claims/claim.h"

#include <algorithm>
#include <cmath>

#include "experiments/figures/metrics.h"

namespace mylonite::experiments {
namespace {

constexpr Tier kTiers[] = {
    {"ci", 41'000, 256, "160 buffers of 256 entries"},
    {"standard", 164'000, 1024, "160 buffers of 1024 entries"},
    {"deep", 2'000'000, 1024, "2000 buffers of 1024 entries"},
};

double writes_of_the_first_to_the_second(FiguresOfRuns of) {
  return write_amplification(*of[0]) / write_amplification(*of[1]);
}
double writes_apart(FiguresOfRuns of) { return std::abs(writes_of_the_first_to_the_second(of) - 1); }
double writes(FiguresOfRuns of) { return write_amplification(*of[0]); }
double space(FiguresOfRuns of) { return space_amplification(*of[0]); }
double merge_share(FiguresOfRuns of) { return largest_merge(*of[0]); }
double opened_of_the_first_to_the_second(FiguresOfRuns of) { return tables_opened(*of[0]) / tables_opened(*of[1]); }
double spread_of_tables_opened(FiguresOfRuns of) {
  const auto opened = [](const RunFigures* at) { return tables_opened(*at); };
  return opened(std::ranges::max(of, {}, opened)) / opened(std::ranges::min(of, {}, opened)) - 1;
}
double tail_of_the_first_to_the_second(FiguresOfRuns of) {
  return static_cast<double>(of[0]->latency_p999_ns) / static_cast<double>(of[1]->latency_p999_ns);
}
// The most bytes on the disk, to those of what was written in half of the run.
double space_of_half_a_run(FiguresOfRuns of) {
  return 2 * static_cast<double>(of[0]->space_max) / static_cast<double>(of[0]->user_bytes);
}
double age_of_the_oldest_tombstone(FiguresOfRuns of) {
  return 12 * static_cast<double>(of[0]->tombstone_age_max_ns) / static_cast<double>(of[0]->duration_ns);
}

constexpr std::string_view kDostoevsky = "Dayan & Idreos, Dostoevsky, SIGMOD 2018";
constexpr std::string_view kDesignSpace = "Sarkar et al., Constructing and Analyzing the LSM Design Space, VLDB 2021";
constexpr std::string_view kUnified = "Apache Cassandra, UnifiedCompactionStrategy.md";
constexpr std::string_view kLethe = "Sarkar et al., Lethe, SIGMOD 2020";
constexpr std::string_view kSpooky = "Dayan et al., Spooky, VLDB 2022, against Sarkar et al., VLDB 2021";

Claim full_against_partial(std::string_view name, std::uint64_t level0_runs) {
  return {name,
          "merging whole levels writes less than merging the table that overlaps least",
          kSpooky,
          "write amplification, full to lo1",
          writes_of_the_first_to_the_second,
          Bound::kAtMost,
          0.95,
          {{.policy = "full", .level0_runs = level0_runs}, {.policy = "lo1", .level0_runs = level0_runs}}};
}

// How many runs a level has: writes against space.
std::vector<Claim> layout_claims() {
  return {{"1",
           "tiering writes far less than leveling",
           kDostoevsky,
           "write amplification, full to tier",
           writes_of_the_first_to_the_second,
           Bound::kAtLeast,
           3,
           {{.policy = "full"}, {.policy = "tier"}}},
          {"2",
           "lazy leveling writes less than leveling",
           kDostoevsky,
           "write amplification, fluid:K=1,Z=1 to lazy",
           writes_of_the_first_to_the_second,
           Bound::kAtLeast,
           2,
           {{.policy = "fluid:K=1,Z=1"}, {.policy = "lazy"}}},
          {"5a",
           "tiering takes much space",
           kDostoevsky,
           "space amplification, tier",
           space,
           Bound::kAtLeast,
           1.6,
           {{.policy = "tier"}}},
          {"5b",
           "lazy leveling takes as little space as leveling",
           kDostoevsky,
           "space amplification, lazy",
           space,
           Bound::kAtMost,
           1.25,
           {{.policy = "lazy"}}},
          {"5c",
           "targets from below bound the space by a ninth",
           "Dong et al., CIDR 2017",
           "space amplification, one_lvl_dyn",
           space,
           Bound::kAtMost,
           1.13,
           {{.policy = "one_lvl_dyn", .level0_runs = 4, .base_buffers = 4}}}};
}

// Which part of a level moves.
std::vector<Claim> movement_claims() {
  return {{"6",
           "which table moves does not matter for reads",
           kDesignSpace,
           "tables opened by a read of an absent key, spread over lo1, rr, old_small and random",
           spread_of_tables_opened,
           Bound::kAtMost,
           0.10,
           {{.policy = "lo1", .workload = "empty"},
            {.policy = "rr", .workload = "empty"},
            {.policy = "old_small", .workload = "empty"},
            {.policy = "random", .workload = "empty"}}},
          {"7a",
           "the least overlap moves 8 % less than round robin",
           kDesignSpace,
           "write amplification, lo1:G=0 to rr:G=0",
           writes_of_the_first_to_the_second,
           Bound::kAtMost,
           0.92,
           {{.policy = "lo1:G=0"}, {.policy = "rr:G=0"}}},
          {"7b",
           "the least overlap moves 15 % less than a random table",
           kDesignSpace,
           "write amplification, lo1:G=0 to random:G=0",
           writes_of_the_first_to_the_second,
           Bound::kAtMost,
           0.85,
           {{.policy = "lo1:G=0"}, {.policy = "random:G=0"}}},
          {"9a",
           "a merge of whole levels rewrites everything",
           kDesignSpace,
           "largest merge of full, in live data",
           merge_share,
           Bound::kAtLeast,
           1,
           {{.policy = "full"}}},
          {"9b",
           "a merge of one table is small",
           kDesignSpace,
           "largest merge of lo1, in live data",
           merge_share,
           Bound::kAtMost,
           0.05,
           {{.policy = "lo1"}}},
          {"14a",
           "a sequential load is nearly free",
           kDesignSpace,
           "write amplification of lo1 on seq",
           writes,
           Bound::kAtMost,
           2.1,
           {{.policy = "lo1", .workload = "seq"}}},
          {"14b",
           "not so if whole levels are merged",
           kDesignSpace,
           "write amplification of full on seq",
           writes,
           Bound::kAtLeast,
           8,
           {{.policy = "full", .workload = "seq"}},
           "a level that overlaps nothing in the next one is moved here, not rewritten; so is it in RocksDB"}};
}

// Filters, by their share of false positives.
std::vector<Claim> filter_claims() {
  const ClaimRun full{.policy = "full", .workload = "empty", .filters = "monkey"};
  return {{"3",
           "with filters by Monkey, lazy leveling costs a read hardly more than leveling",
           kDostoevsky,
           "tables opened by a read of an absent key, lazy to full",
           opened_of_the_first_to_the_second,
           Bound::kAtMost,
           1.35,
           {{.policy = "lazy", .workload = "empty", .filters = "monkey"}, full},
           "a filter keeps the rate of the tree that it was written for, and lazy leveling writes its runs anew less "
           "often"},
          {"4",
           "filters by Monkey nearly halve what a read of an absent key opens",
           "Dayan, Athanassoulis & Idreos, Monkey, SIGMOD 2017",
           "tables opened by a read of an absent key under full, monkey to uniform",
           opened_of_the_first_to_the_second,
           Bound::kAtMost,
           0.6,
           {full, {.policy = "full", .workload = "empty"}}}};
}

// Beyond the list of the design.
std::vector<Claim> further_claims() {
  return {{"19",
           "tiering opens many times more tables for a read of an absent key",
           kDesignSpace,
           "tables opened, tier to full",
           opened_of_the_first_to_the_second,
           Bound::kAtLeast,
           3,
           {{.policy = "tier", .workload = "empty"}, {.policy = "full", .workload = "empty"}}},
          {"20",
           "universal merging halves the writes of leveling",
           "RocksDB, wiki: Universal Compaction",
           "write amplification, universal to one_lvl",
           writes_of_the_first_to_the_second,
           Bound::kAtMost,
           0.5,
           {{.policy = "universal"}, {.policy = "one_lvl", .level0_runs = 4, .base_buffers = 4}}},
          {"21",
           "merging three levels at once writes less",
           "Pebble, multilevel compactions",
           "write amplification, multilevel to one_lvl",
           writes_of_the_first_to_the_second,
           Bound::kAtMost,
           0.99,
           {{.policy = "multilevel"}, {.policy = "one_lvl"}}},
          {"22",
           "skewed updates make partial leveling cheaper",
           "Luo & Carey, LSM-based Storage Techniques, VLDB J. 2020",
           "write amplification of lo1, upd_z to upd_u",
           writes_of_the_first_to_the_second,
           Bound::kAtMost,
           0.9,
           {{.policy = "lo1", .workload = "upd_z"}, {.policy = "lo1"}}}};
}

// Strategies that contain others, and deadlines of deletes.
std::vector<Claim> other_claims() {
  return {{"12a",
           "the unified strategy contains size-tiered merging",
           kUnified,
           "write amplification, ucs:W=2 apart from stcs",
           writes_apart,
           Bound::kAtMost,
           0.05,
           {{.policy = "ucs:W=2"}, {.policy = "stcs"}}},
          {"12b",
           "the unified strategy contains leveling",
           kUnified,
           "write amplification, ucs:W=-8 apart from full",
           writes_apart,
           Bound::kAtMost,
           0.05,
           {{.policy = "ucs:W=-8"}, {.policy = "full"}}},
          {"13a",
           "deadlines bound the age of tombstones",
           kLethe,
           "oldest tombstone under fade, in deadlines",
           age_of_the_oldest_tombstone,
           Bound::kAtMost,
           1,
           {{.policy = "fade:D=$D", .workload = "del_5"}},
           "the merge begins once the deadline has passed: late by up to a millisecond, which is the store's shortest "
           "look at the clock"},
          {"13b",
           "deadlines cost a quarter of the writes at most",
           kLethe,
           "write amplification, fade to one_lvl",
           writes_of_the_first_to_the_second,
           Bound::kAtMost,
           1.25,
           {{.policy = "fade:D=$D", .workload = "del_5"}, {.policy = "one_lvl", .workload = "del_5"}}}};
}

// Series of 600 seconds, of which 300 are kept, in windows of 30.
std::vector<Claim> expiry_claims() {
  constexpr std::string_view kWindows = "Apache Cassandra, TimeWindowCompactionStrategy";
  const ClaimRun windows{.policy = "twcs:ttl=300,window=30", .workload = "ts"};
  return {{"16a",
           "windows write a third of what leveling writes for data with an end",
           kWindows,
           "write amplification on ts, twcs to lo1",
           writes_of_the_first_to_the_second,
           Bound::kAtMost,
           0.333,
           {windows, {.policy = "lo1", .workload = "ts"}}},
          {"16b",
           "windows keep hardly more than what has not expired",
           kWindows,
           "most bytes on the disk under twcs, to what is written in the time it lives",
           space_of_half_a_run,
           Bound::kAtMost,
           1.2,
           {windows},
           "holds in larger buffers: with tables of 32 KiB, logs, manifests and the ends of files are a larger part"}};
}

ClaimRun under_load(std::string_view policy, std::uint64_t level0_stop_runs, std::string_view scheduler) {
  return {.policy = std::string(policy),
          .load_percent = 80,
          .level0_stop_runs = level0_stop_runs,
          .scheduler = std::string(scheduler)};
}

// How long the slowest of a thousand writes waits for merges.
std::vector<Claim> tail_claims() {
  constexpr std::string_view kTail = "99.9th percentile of latency at 80 % load, ";
  static const std::string kPartial = std::string(kTail) + "lo1 to full";
  static const std::string kGreedy = std::string(kTail) + "tier, greedy to fair";
  static const std::string kSilk = std::string(kTail) + "tier, silk to run_to_completion";
  return {{"11",
           "writes wait a tenth as long where one table is merged at a time",
           kDesignSpace,
           kPartial,
           tail_of_the_first_to_the_second,
           Bound::kAtMost,
           0.1,
           {under_load("lo1", 6, "run_to_completion"), under_load("full", 6, "run_to_completion")}},
          {"11b",
           "the merge with least left to do first stalls writers less than fair shares",
           "Luo & Carey, On Performance Stability in LSM-based Storage Systems, VLDB 2019",
           kGreedy,
           tail_of_the_first_to_the_second,
           Bound::kAtMost,
           0.8,
           {under_load("tier", 12, "greedy"), under_load("tier", 12, "fair")}},
          {"11c",
           "upper levels first, and flushes before all, end latency spikes",
           "Balmau et al., SILK, USENIX ATC 2019",
           kSilk,
           tail_of_the_first_to_the_second,
           Bound::kAtMost,
           0.1,
           {under_load("tier", 12, "silk"), under_load("tier", 12, "run_to_completion")}}};
}

std::vector<Claim> all_claims() {
  std::vector<Claim> all;
  for (const auto& family : {layout_claims(), filter_claims(), movement_claims(), tail_claims(), other_claims()}) {
    all.insert(all.end(), family.begin(), family.end());
  }
  for (const Claim& each : expiry_claims()) all.push_back(each);
  all.push_back(full_against_partial("18a", 1));
  all.push_back(full_against_partial("18b", 2));
  all.push_back(full_against_partial("18c", 4));
  all.push_back(full_against_partial("18d", 8));
  for (const Claim& each : further_claims()) all.push_back(each);
  all.push_back({"23",
                 "tables that end where those of the next level begin save a tenth of all writes",
                 "RocksDB, Reduce Write Amplification by Aligning Compaction Output File Boundaries, 2022",
                 "write amplification, lo1 with aligned tables to lo1 without, from four runs of level 0 on",
                 writes_of_the_first_to_the_second,
                 Bound::kAtMost,
                 0.9,
                 {{.policy = "lo1", .level0_runs = 4, .aligned_tables = true}, {.policy = "lo1", .level0_runs = 4}},
                 "holds in larger trees (--tier deep): the smaller sizes have two levels, so only one can be aligned"});
  return all;
}

}  // namespace

std::span<const Tier> tiers() { return kTiers; }

std::span<const Claim> claims() {
  static const std::vector<Claim> kAll = all_claims();
  return kAll;
}

RunSpec spec_of(const ClaimRun& run, const Tier& tier, std::uint64_t seed) {
  RunSpec spec{.policy = run.policy,
               .workload = run.workload,
               .device = "none",
               .processor = "none",
               .seed = seed,
               .entries = tier.entries,
               .buffer_entries = tier.buffer_entries,
               .base_buffers = run.base_buffers,
               .level0_runs = run.level0_runs,
               .rests = true,
               .set = {{"compaction_threads", "1"},
                       {"filter_allocation", run.filters},
                       {"aligned_tables", run.aligned_tables ? "true" : "false"}}};
  // After each buffer the clients wait for a millisecond, so that is what a run lasts.
  if (const std::size_t at = spec.policy.find("$D"); at != std::string::npos) {
    spec.policy.replace(at, 2, std::to_string(tier.entries / tier.buffer_entries / 12));
  }
  if (run.load_percent == 0) return spec;
  spec.device = "nvme";
  spec.processor = "cpu-1";
  spec.rests = false;
  spec.load_percent = run.load_percent;
  spec.set["level0_slowdown_runs"] = "10000";
  spec.set["level0_stop_runs"] = std::to_string(run.level0_stop_runs);
  spec.set["compaction_scheduler"] = run.scheduler;
  if (run.scheduler != "run_to_completion") {
    spec.set["compaction_jobs_max"] = "8";
    spec.set["compaction_step_bytes"] = "65536";
  }
  return spec;
}

}  // namespace mylonite::experiments
