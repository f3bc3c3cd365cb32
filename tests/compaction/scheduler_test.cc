#include "core/compaction/scheduler.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include <mylonite/options.h>

namespace mylonite::testing {
namespace {

std::optional<std::uint64_t> chosen(std::string_view name, const std::vector<JobProgress>& jobs,
                                    bool flushing = false) {
  const auto next = scheduler_named(name).next({.jobs = jobs, .flushing = flushing});
  if (!next) return std::nullopt;
  return jobs[*next].id;
}

// Goal: each scheduler goes on with the job that its source says. Method: four jobs of which each is first by one
// measure only; then equal ones.
TEST(Scheduler, EachByItsMeasure) {
  const std::vector<JobProgress> jobs = {
      {.id = 9, .top_level = 1, .bytes_done = 10, .bytes_left = 500},
      {.id = 8, .top_level = 0, .bytes_done = 90, .bytes_left = 400},
      {.id = 7, .top_level = 2, .bytes_done = 70, .bytes_left = 20},
      {.id = 6, .top_level = 3, .bytes_done = 80, .bytes_left = 300},
  };
  EXPECT_EQ(chosen("run_to_completion", jobs), 6U) << "the oldest";
  EXPECT_EQ(chosen("fair", jobs), 9U) << "least done";
  EXPECT_EQ(chosen("greedy", jobs), 7U) << "least left";
  EXPECT_EQ(chosen("silk", jobs), 8U) << "level 0";
  for (const Scheduler& each : schedulers()) {
    EXPECT_EQ(chosen(each.name, {{.id = 3}, {.id = 1}, {.id = 2}}), 1U) << each.name;
    EXPECT_EQ(each.gives_way, each.name != Options().compaction_scheduler);
  }
}

// Goal: under beats the merge that writers will wait for first goes on. Method: by hand; the pace at chosen moments.
// Expectation: a writer may be a quarter of a span ahead of the merge, up to its end.
TEST(Scheduler, BeatsGoByThePace) {
  EXPECT_EQ(chosen("beats", {{.id = 1, .paid_until = 7}, {.id = 2, .paid_until = 5}, {.id = 3, .paid_until = 5}}), 2U);
  const Pace pace{.began = 1000, .span = 100, .total = 500};
  EXPECT_EQ(pace.paid_until(0), 1025U);
  EXPECT_EQ(pace.paid_until(250), 1075U);
  EXPECT_EQ(pace.paid_until(500), 1125U);
  EXPECT_EQ(pace.paid_until(501), 1125U) << "the bytes of its input are an estimate";
  for (const Scheduler& each : schedulers()) EXPECT_EQ(each.paces, each.name == "beats");
}

// Goal: under silk, merges below level 0 wait for flushes; nothing else ever waits.
TEST(Scheduler, DeepMergesWaitForFlushes) {
  const std::vector<JobProgress> deep = {{.id = 1, .top_level = 1}, {.id = 2, .top_level = 2}};
  const std::vector<JobProgress> both = {{.id = 1, .top_level = 1}, {.id = 2, .top_level = 0}};
  EXPECT_EQ(chosen("silk", deep, true), std::nullopt);
  EXPECT_EQ(chosen("silk", deep), 1U);
  EXPECT_EQ(chosen("silk", both, true), 2U);
  for (const Scheduler& each : schedulers()) {
    if (each.name != "silk") {
      EXPECT_TRUE(chosen(each.name, deep, true)) << each.name;
    }
  }
}

// Goal: the option names every scheduler, and nothing else.
TEST(Scheduler, AreTheWordsOfTheOption) {
  std::string words;
  for (const Scheduler& each : schedulers()) words += (words.empty() ? "" : " ") + std::string(each.name);
  const auto row = std::ranges::find(option_table(), "compaction_scheduler", &OptionRow::name);
  ASSERT_NE(row, option_table().end());
  EXPECT_EQ(row->words, words);
}

}  // namespace
}  // namespace mylonite::testing
