#include "core/compaction/job.h"

#include <gtest/gtest.h>

#include <set>

#include <mylonite/random.h>

#include "core/format/file_names.h"
#include "core/sst/table_environment.h"
#include "tests/support/entries.h"
#include "tests/support/memory_file_system.h"

namespace mylonite::testing {
namespace {

// A tree whose every table holds what the test put there.
class Trees : public ::testing::Test {
 protected:
  Trees() {
    options_.sstable_max_bytes = 1024;
    options_.block_bytes = 128;
    options_.compression = "none";
  }

  RunTarget target() {
    return {.fs = fs_,
            .directory = "db",
            .options = options_,
            .new_file_number = [this] { return FileNumber{next_++}; },
            .filter_rate = 10'000};
  }

  void add(std::uint32_t level, const Entries& entries, const std::vector<RangeTombstone>& ranges = {}) {
    RunWriter output(target(), RangeTombstones(ranges));
    for (const auto& [key, value] : entries) ASSERT_TRUE(output.add(key, value).ok());
    const auto tables = output.finish();
    ASSERT_TRUE(tables.ok());
    VersionEdit edit = add_run(level, RunId{next_++}, *tables);
    edit.next_file = FileNumber{next_};
    version_ = apply(version_, edit).value();
    for (const TableInfo& table : *tables) open(table);
  }
  void open(const TableInfo& table) { open_[table.number] = TableReader::open(environment_, table).value(); }

  // All tables of these levels, as a job.
  CompactionJob all_of(const std::set<std::uint32_t>& levels, std::uint32_t to_level) const {
    CompactionJob job;
    job.to_level = to_level;
    for (std::uint32_t level : levels) {
      for (const auto& run : version_.levels[level].runs) {
        CompactionInput input{.level = level, .run = run.id, .tables = {}};
        for (const TableInfo& table : run.tables) input.tables.push_back(table.number);
        job.inputs.push_back(std::move(input));
      }
    }
    return job;
  }

  JobRunner::Inputs inputs_of(const CompactionJob& job) const {
    JobRunner::Inputs inputs;
    for (const CompactionInput& input : job.inputs) {
      TableList run;
      for (FileNumber number : input.tables) run.push_back(open_.at(number));
      inputs.push_back(std::make_shared<const TableList>(std::move(run)));
    }
    return inputs;
  }

  JobPlan plan(const CompactionJob& job, DropRule drop = {}) {
    return {.version = std::make_shared<const Version>(version_),
            .job = job,
            .output = job.into.value_or(RunId{next_++}),
            .drop = std::move(drop)};
  }

  Entries content(const std::vector<VersionEdit::Added>& added) {
    Entries all;
    for (const VersionEdit::Added& each : added) {
      open(each.table);
      const auto cursor = open_.at(each.table.number)->iterator();
      for (cursor->seek_to_first(); cursor->valid(); cursor->next()) all.emplace(cursor->key(), cursor->value());
      EXPECT_TRUE(cursor->status().ok());
    }
    return all;
  }

  MemoryFileSystem fs_;
  Options options_;
  std::shared_ptr<TableEnvironment> environment_ = std::make_shared<TableEnvironment>(fs_, "db", options_);
  std::uint64_t next_ = 1;
  Version version_;
  std::map<FileNumber, std::shared_ptr<const TableReader>> open_;
};

// Goal: a merge keeps everything below a floor of zero, in disjoint tables. Method: three runs of random entries, small
// steps. Expectation: the union of all, inputs removed, more than one step; the edit fits the tree.
TEST_F(Trees, MergesEverything) {
  Random random(1);
  Entries all;
  for (int run = 0; run < 3; ++run) {
    Entries part = random_entries(random, 200, 1000);
    for (const auto& [key, value] : all) part.erase(key);
    add(0, part);
    all.merge(part);
  }
  const CompactionJob job = all_of({0}, 1);
  JobRunner runner(target(), plan(job), inputs_of(job));
  int steps = 1;
  while (runner.step(1000).value()) ++steps;
  const auto edit = runner.finish();
  ASSERT_TRUE(edit.ok());
  EXPECT_GT(steps, 5);
  EXPECT_GT(edit->added.size(), 5U);
  EXPECT_EQ(edit->removed.size(), version_.tables().size());
  EXPECT_FALSE(edit->history_floor);
  EXPECT_EQ(content(edit->added), all);
  VersionEdit fits = *edit;
  fits.next_file = FileNumber{next_};
  EXPECT_TRUE(apply(version_, fits).ok());
}

// Goal: the drop rule is applied; an output of nothing is fine. Method: deletes above everything older, a floor at the
// top. Expectation: only the newest puts remain, the edit carries the floor; with deletes for all, nothing is added.
TEST_F(Trees, DropsWhatNobodySees) {
  const std::string put = internal_key("a", Timestamp{1}, Kind::kPut);
  const std::string gone = internal_key("a", Timestamp{2}, Kind::kDelete);
  const std::string kept = internal_key("b", Timestamp{3}, Kind::kPut);
  add(1, {{put, "old"}});
  add(0, {{gone, ""}, {kept, "new"}});
  const CompactionJob job = all_of({0, 1}, 1);
  const DropRule rule{.floor = kTimestampMax, .tombstones_until = kTimestampMax, .older = {}};
  {
    JobRunner runner(target(), plan(job, rule), inputs_of(job));
    while (runner.step(1).value()) continue;
    const auto edit = runner.finish();
    EXPECT_EQ(runner.dropped().entries, 2U);
    EXPECT_EQ(runner.dropped().completed_deletes, 1U);
    EXPECT_EQ(runner.dropped().overdue_ticks_max, kTimestampMax.ticks - 2);
    EXPECT_EQ(content(edit->added), (Entries{{kept, "new"}}));
    EXPECT_EQ(edit->history_floor, kTimestampMax);
  }
  version_ = {};
  add(0, {{gone, ""}});
  const CompactionJob rest = all_of({0}, 1);
  JobRunner runner(target(), plan(rest, rule), inputs_of(rest));
  while (runner.step(1).value()) continue;
  const auto edit = runner.finish();
  EXPECT_TRUE(edit->added.empty());
  EXPECT_EQ(edit->removed.size(), 1U);
}

// Goal: range deletes are merged with the rest. Method: one above an old put and beside a newer one, a floor below and
// then above it. Expectation: below, everything stays, in a table that covers the range; above, what it hides is gone,
// and so is the range delete itself when nothing lies below.
TEST_F(Trees, RangeDeletes) {
  const std::string old = internal_key("b", Timestamp{1}, Kind::kPut);
  const std::string fresh = internal_key("c", Timestamp{3}, Kind::kPut);
  add(1, {{old, "old"}});
  add(0, {{fresh, "new"}}, {{.low = "a", .high = "x", .at = Timestamp{2}}});
  const CompactionJob job = all_of({0, 1}, 1);
  for (const std::uint64_t floor : {1U, 2U}) {
    const DropRule rule{.floor = Timestamp{floor}, .tombstones_until = kTimestampMax, .older = {}};
    JobRunner runner(target(), plan(job, rule), inputs_of(job));
    while (runner.step(1).value()) continue;
    const auto edit = runner.finish();
    ASSERT_TRUE(edit.ok());
    ASSERT_EQ(edit->added.size(), 1U);
    const TableInfo& table = edit->added[0].table;
    EXPECT_EQ(table.range_deletes, floor == 1 ? 1U : 0U);
    EXPECT_EQ(content(edit->added), floor == 1 ? (Entries{{old, "old"}, {fresh, "new"}}) : (Entries{{fresh, "new"}}));
    EXPECT_EQ(key_range(table).low, floor == 1 ? "a" : "c");
    EXPECT_EQ(key_range(table).high, floor == 1 ? "x" : "c");
  }
}

// Goal: no output table holds keys on both sides of a cut. Method: keys 100 to 399; cuts before all of them, at a key,
// between two, twice in a gap, and behind all. Expectation: a table for each part that is not empty, and all entries.
TEST_F(Trees, CutsAtKeys) {
  options_.sstable_max_bytes = 1 << 20;
  Entries entries;
  for (int i = 100; i < 400; ++i) {
    for (const std::uint64_t at : {2U, 1U})
      entries[internal_key("k" + std::to_string(i), Timestamp{at}, Kind::kPut)] = "v";
  }
  add(0, entries);
  CompactionJob job = all_of({0}, 1);
  job.cuts = {"a", "k200", "k250a", "k250b", "k300", "x"};
  JobRunner runner(target(), plan(job), inputs_of(job));
  while (runner.step(100).value()) continue;
  const auto edit = runner.finish();
  EXPECT_EQ(content(edit->added), entries);
  std::vector<std::string> lows;
  for (const VersionEdit::Added& added : edit->added) lows.emplace_back(key_range(added.table).low);
  EXPECT_EQ(lows, (std::vector<std::string>{"k100", "k200", "k251", "k300"}));
}

// Goal: an output table does not overlap too much of the level below. Method: a level of many tables under the output,
// a limit of a few. Expectation: each output table overlaps few, without the limit one overlaps many.
TEST_F(Trees, CutsByOverlapBelow) {
  options_.sstable_max_bytes = 1024;
  Entries below;
  Entries above;
  for (int i = 100; i < 400; ++i) {
    below[internal_key("k" + std::to_string(i), Timestamp{1}, Kind::kPut)] = std::string(50, 'b');
    if (i % 5 == 0) above[internal_key("k" + std::to_string(i), Timestamp{2}, Kind::kPut)] = "a";
  }
  add(2, below);
  options_.sstable_max_bytes = 1 << 20;
  add(0, above);
  for (const std::uint64_t limit : {0U, 4096U}) {
    CompactionJob job = all_of({0}, 1);
    job.overlap_bytes_max = limit;
    JobRunner runner(target(), plan(job), inputs_of(job));
    while (runner.step(100).value()) continue;
    const auto edit = runner.finish();
    EXPECT_EQ(content(edit->added), above);
    std::uint64_t most = 0;
    for (const VersionEdit::Added& added : edit->added) {
      std::uint64_t bytes = 0;
      for (const TableInfo& table : version_.levels[2].runs[0].tables) {
        if (overlap(key_range(table), key_range(added.table))) bytes += table.file_bytes;
      }
      most = std::max(most, bytes);
    }
    if (limit == 0) {
      EXPECT_EQ(edit->added.size(), 1U);
      EXPECT_GT(most, 20'000U);
    } else {
      EXPECT_GT(edit->added.size(), 3U);
      EXPECT_LT(most, limit + std::uint64_t{3} * 1400);
    }
  }
}

// Goal: an input that cannot be read fails the job. Method: one byte of one input changed on the disk. Expectation:
// kCorruption from a step, never a shorter output.
TEST_F(Trees, DamagedInputFailsTheJob) {
  Random random(2);
  Entries newer = random_entries(random, 100, 1000);
  const Entries older = random_entries(random, 100, 1000);
  for (const auto& [key, value] : older) newer.erase(key);
  add(0, older);
  add(0, newer);
  fs_.content("db/" + table_name(version_.tables().front()->number))->bytes[200] ^= 1;
  const CompactionJob job = all_of({0}, 1);
  JobRunner runner(target(), plan(job), inputs_of(job));
  Result<bool> stepped = true;
  while (stepped.ok() && *stepped) stepped = runner.step(1000);
  ASSERT_FALSE(stepped.ok());
  EXPECT_EQ(stepped.error().code(), Code::kCorruption);
}

// Goal: a move does no I/O and changes places only. Method: a move of a level. Expectation: the same tables removed and
// added; the tree has them at the new place.
TEST_F(Trees, MovesWithoutReading) {
  Random random(3);
  add(0, random_entries(random, 100, 10));
  CompactionJob job = all_of({0}, 2);
  job.move = true;
  JobRunner runner(target(), plan(job), {});
  EXPECT_FALSE(runner.step(1).value());
  const auto edit = runner.finish();
  const auto after = apply(version_, *edit);
  ASSERT_TRUE(after.ok());
  EXPECT_EQ(after->levels.size(), 3U);
  EXPECT_EQ(after->levels[2].runs[0].tables, version_.levels[0].runs[0].tables);
}

}  // namespace
}  // namespace mylonite::testing
