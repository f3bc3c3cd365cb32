// Runs many seeds, on one or several threads, and adds up their figures.
//
// Each seed is generated, run and reported once. Some are run again to compare trace hashes: from the seed, and from
// the record that a scenario file holds. A failing seed does not stop the others. Results do not depend on the number
// of workers.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <vector>

#include "sim/run/run.h"
#include "sim/scenario/generator.h"

namespace mylonite::sim {

struct CampaignOptions {
  std::uint64_t first_seed = 0;
  std::uint64_t end_seed = 100;  // not included
  std::uint64_t shard = 0;       // of `shards`: takes every shards-th seed, from first_seed + shard
  std::uint64_t shards = 1;
  std::uint64_t workers = 1;
  std::uint64_t stop_after_ns = UINT64_MAX;  // of real time; stops between seeds
  bool until_failure = false;                // stop after the first seed that fails
  std::uint64_t determinism_percent = 1;     // of seeds run again
  bool unreadable_heaps = false;             // see RunSettings
  GeneratorOptions generator{};
  StoreFactory store{};  // see RunSettings
};

struct SeedResult {
  std::uint64_t seed = 0;
  Outcome outcome;
  std::uint64_t wall_ns = 0;
  std::string difference{};  // not empty: a run of the same differed, at this place
};

struct Campaign {
  std::uint64_t seeds = 0;
  std::uint64_t failures = 0;
  std::uint64_t nondeterministic = 0;
  std::uint64_t nothing_ran = 0;
  std::uint64_t run_again = 0;
  std::uint64_t wall_ns = 0;
  bool interrupted = false;
  RunStats stats;
};

// The callbacks of a running campaign, one call at a time; those of a seed on the thread that runs it. An empty one is
// not called.
struct CampaignHooks {
  std::function<void(const SeedResult&)> on_seed{};
  std::function<void(std::uint64_t seed)> on_begin{};
};

// `interrupt` true: seeds in progress end early, with `interrupted` in their outcome; no more are begun.
Campaign run_campaign(const CampaignOptions& options, const std::atomic<bool>& interrupt, const CampaignHooks& hooks);

}  // namespace mylonite::sim
