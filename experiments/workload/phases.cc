#include "experiments/workload/phases.h"

#include <algorithm>
#include <initializer_list>
#include <iterator>

namespace mylonite::experiments {
namespace {

struct Part {
  OperationKind kind;
  std::uint32_t thousandths;
};
constexpr Mix mix_of(std::initializer_list<Part> parts) {
  Mix mix{};
  for (const Part& part : parts) mix[static_cast<std::size_t>(part.kind)] = part.thousandths;
  return mix;
}
constexpr Mix all(OperationKind kind) { return mix_of({{kind, 1000}}); }
constexpr Mix half_reads(OperationKind other) { return mix_of({{OperationKind::kRead, 500}, {other, 500}}); }
constexpr Mix nearly_all(OperationKind kind, OperationKind other) { return mix_of({{kind, 950}, {other, 50}}); }

constexpr Phase load(std::uint64_t length) {
  return {.name = "load",
          .length = length,
          .mix = all(OperationKind::kInsert),
          .keys = Indices::kShuffled,
          .measured = false};
}
constexpr Phase updates(Skew skew) {
  return {.name = "update", .length = 1000, .mix = all(OperationKind::kUpdate), .skew = skew};
}
// Updates of which some are deletes; an update of a deleted key inserts it again.
constexpr WorkloadPlan deletes(std::string_view name, std::string_view what, std::uint32_t thousandths) {
  const Mix mix = mix_of({{OperationKind::kUpdate, 1000 - thousandths}, {OperationKind::kDelete, thousandths}});
  return {.name = name,
          .key_space = 200,
          .phases = {{load(200), {.name = "run", .length = 1000, .mix = mix}}},
          .what = what};
}
// As the workloads of YCSB (Cooper et al., SoCC 2010): N keys are loaded, then N operations.
constexpr WorkloadPlan ycsb(std::string_view name, std::string_view what, const Mix& mix,
                            Skew skew = Skew::kScrambledZipf) {
  const std::uint64_t inserted = mix[static_cast<std::size_t>(OperationKind::kInsert)];
  return {.name = name,
          .key_space = 1000 + inserted + (inserted > 0 ? 50 : 0),  // draws may give some more inserts
          .phases = {{load(1000), {.name = "run", .length = 1000, .mix = mix, .skew = skew}}},
          .what = what};
}

constexpr WorkloadPlan mix(std::string_view name, std::string_view what, std::uint32_t inserts) {
  const Mix kinds = mix_of({{OperationKind::kInsert, inserts}, {OperationKind::kUpdate, 1000 - inserts}});
  return {.name = name,
          .phases = {{{.name = "run", .length = 1000, .mix = kinds, .keys = Indices::kShuffled}}},
          .what = what};
}
constexpr Phase scans(std::string_view name, std::uint64_t length, const ScanLengths& lengths) {
  return {.name = name, .length = length, .mix = all(OperationKind::kScan), .scans = lengths};
}
constexpr Phase unmeasured(Phase phase) {
  phase.measured = false;
  return phase;
}
constexpr Phase in_bursts(Phase phase) {
  phase.bursts = true;
  return phase;
}
constexpr ScanLengths kShortScans{.low = 16, .high = 16};
constexpr ScanLengths kLongScans{.of_keys = 10};

constexpr Mix kQueueMix =
    mix_of({{OperationKind::kInsert, 400}, {OperationKind::kDelete, 400}, {OperationKind::kScan, 200}});
constexpr Mix kMostlyAbsent = mix_of({{OperationKind::kReadAbsent, 900}, {OperationKind::kRead, 100}});

constexpr WorkloadPlan kPlans[] = {
    {.name = "ingest",
     .phases = {{{.name = "ingest", .length = 1000, .mix = all(OperationKind::kInsert), .keys = Indices::kShuffled}}},
     .what = "N unique keys in random order"},
    {.name = "seq",
     .phases = {{{.name = "seq", .length = 1000, .mix = all(OperationKind::kInsert)}}},
     .what = "N keys in ascending order"},
    {.name = "seq_8",
     .phases = {{{.name = "seq", .length = 1000, .mix = all(OperationKind::kInsert), .keys = Indices::kEightStreams}}},
     .what = "N keys in eight ascending streams, in turn"},
    mix("mix_100", "N operations on an empty store: 100 % inserts in random order, 0 % uniform updates", 1000),
    mix("mix_90", "the same with 90 % inserts, 10 % updates", 900),
    mix("mix_80", "the same with 80 % inserts, 20 % updates", 800),
    mix("mix_70", "the same with 70 % inserts, 30 % updates", 700),
    mix("mix_60", "the same with 60 % inserts, 40 % updates", 600),
    mix("mix_50", "the same with 50 % inserts, 50 % updates", 500),
    {.name = "upd_u",
     .key_space = 200,
     .phases = {{load(200), updates(Skew::kUniform)}},
     .what = "load N/5 keys, then N uniform updates of them"},
    {.name = "upd_z",
     .key_space = 200,
     .phases = {{load(200), updates(Skew::kScrambledZipf)}},
     .what = "load N/5 keys, then N updates by Zipf's law, 0.99, popular keys anywhere"},
    {.name = "upd_l",
     .key_space = 200,
     .phases = {{load(200), updates(Skew::kLatestZipf)}},
     .what = "load N/5 keys, then N updates by Zipf's law, popular keys together"},
    {.name = "empty",
     .phases = {{load(1000), {.name = "read", .length = 1000, .mix = all(OperationKind::kReadAbsent)}}},
     .what = "load N keys, then N reads of keys that are absent"},
    deletes("del_2", "load N/5 keys, then N uniform updates of them, of which 2 % are deletes", 20),
    deletes("del_5", "the same with 5 % deletes", 50),
    deletes("del_10", "the same with 10 % deletes", 100),
    ycsb("write_95", "load N keys, then 95 % updates, 5 % reads",
         nearly_all(OperationKind::kUpdate, OperationKind::kRead), Skew::kUniform),
    ycsb("ycsb_a", "load N keys, then half reads, half updates, by Zipf's law", half_reads(OperationKind::kUpdate)),
    ycsb("ycsb_b", "load N keys, then 95 % reads, 5 % updates",
         nearly_all(OperationKind::kRead, OperationKind::kUpdate)),
    ycsb("ycsb_c", "load N keys, then reads", all(OperationKind::kRead)),
    ycsb("ycsb_d", "load N keys, then 95 % reads of the latest, 5 % inserts",
         nearly_all(OperationKind::kRead, OperationKind::kInsert), Skew::kLatestZipf),
    ycsb("ycsb_e", "load N keys, then 95 % scans of 1 to 100 entries, 5 % inserts",
         nearly_all(OperationKind::kScan, OperationKind::kInsert)),
    ycsb("ycsb_f", "load N keys, then half reads, half reads with a write of the same key",
         half_reads(OperationKind::kReadModifyWrite)),
    {.name = "queue",
     .key_space = 620,
     .phases =
         {{unmeasured({.name = "load", .length = 200, .mix = all(OperationKind::kInsert)}),
           {.name = "run", .length = 1000, .mix = kQueueMix, .skew = Skew::kQueue, .scans = {.low = 10, .high = 10}}}},
     .what = "load N/5 ascending keys, then 40 % inserts behind the last, 40 % deletes of the first, 20 % scans of the "
             "first 10"},
    {.name = "scan",
     .key_space = 200,
     .phases = {{load(200), unmeasured(updates(Skew::kUniform)), scans("short", 100, kShortScans),
                 scans("long", 5, kLongScans)}},
     .what = "upd_u, not measured, then N/10 scans of 16 entries and N/200 of 1 % of the keys"},
    {.name = "phases",
     .phases =
         {{{.name = "ingest", .length = 1000, .mix = all(OperationKind::kInsert), .keys = Indices::kShuffled},
           {.name = "absent", .length = 1000, .mix = kMostlyAbsent, .skew = Skew::kScrambledZipf},
           {.name = "mixed", .length = 1000, .mix = half_reads(OperationKind::kUpdate), .skew = Skew::kScrambledZipf},
           {.name = "delete", .length = 500, .mix = all(OperationKind::kDelete), .skew = Skew::kEachOnce},
           scans("scan", 100, kShortScans)}},
     .what = "N inserts; N reads, 90 % of absent keys; N reads and updates; N/2 deletes; N/10 scans of 16 entries"},
    {.name = "drift",
     .key_space = 200,
     .phases = {{load(200), updates(Skew::kHotspot)}},
     .what = "load N/5 keys, then N updates, nine of ten in a tenth of the keys, which changes ten times"},
    {.name = "ts",
     .phases = {{{.name = "run",
                  .length = 1000,
                  .mix = mix_of({{OperationKind::kInsert, 990}, {OperationKind::kUpdate, 10}}),
                  .keys = Indices::kSeries,
                  .skew = Skew::kRecent,
                  .seconds = kSeriesPoints}}},
     .what = "N points of time series, ordered by series, one of each series a second for 600 seconds; 1 % correct a "
             "point of the "
             "last 30"},
    {.name = "burst",
     .key_space = 200,
     .phases = {{load(200), in_bursts(updates(Skew::kUniform))}},
     .what = "upd_u with arrivals that are by turns ten times as frequent; needs load_percent or arrivals_per_second"},
};

}  // namespace

std::span<const WorkloadPlan> workload_plans() { return kPlans; }

const WorkloadPlan* find_workload_plan(std::string_view name) {
  const auto* found = std::ranges::find(kPlans, name, &WorkloadPlan::name);
  return found == std::end(kPlans) ? nullptr : found;
}

}  // namespace mylonite::experiments
