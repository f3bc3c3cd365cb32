#include "core/compaction/table_ends.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "tests/compaction/tree.h"

namespace mylonite::testing {
namespace {

// A level 2 with a table for each key from a to `last`.
Version one_below_each(char last, std::string_view bytes) {
  std::string line = "level 2: run 1 =";
  for (char key = 'a'; key <= last; ++key) line += fmt::format(" {0:d}:{0}-{0}:{1}", key, bytes);
  return tree(line + "\n");
}

// The keys a to z, as entries of 10 bytes each, go into tables of full size 100: which of them begin a table.
std::string begun(const Version& version, const CompactionJob& job,
                  std::string_view keys = "abcdefghijklmnopqrstuvwxyz") {
  TableEnds ends(version.levels, job, 100);
  std::string begin;
  std::uint64_t bytes = 0;
  for (const char key : keys) {
    const bool ends_here = ends.ends_before({&key, 1}, bytes);
    EXPECT_TRUE(!ends_here || ends.may_end_one());
    if (begin.empty() || ends_here || bytes >= ends.table_bytes_max()) {
      begin += key;
      bytes = 0;
      ends.table_started();
    }
    bytes += 10;
  }
  return begin;
}

CompactionJob into_level1(bool aligned, std::uint64_t overlap_bytes_max = 0) {
  return {.inputs = {}, .to_level = 1, .overlap_bytes_max = overlap_bytes_max, .aligned = aligned};
}

// Goal: a table of an aligned job ends where one below begins, from half its size on; without one, at twice its size.
// Method: tables of 100 bytes, keys of 10; below, tables that begin at chosen keys. Expectation: the keys that begin a
// table; and of a job that is not aligned, or with nothing below, each tenth.
TEST(TableEnds, EndWhereATableBelowBegins) {
  const Version below = tree("level 2: run 1 = 1:b-c:10 2:d-k:10 3:l-q:10 4:r-r:10 5:s-z:10\n");
  EXPECT_EQ(begun(below, into_level1(false)), "aku");
  EXPECT_EQ(begun(tree("level 1: run 1 = 1:b-c:10\n"), into_level1(true)), "aku");
  // At d (30 bytes) it is too early; at l it has 110. From l on r is at 60.
  EXPECT_EQ(begun(below, into_level1(true)), "alr");
  EXPECT_EQ(begun(tree("level 2: run 1 = 1:a-z:10\n"), into_level1(true)), "au") << "twice its size";
}

// Goal: among many small tables below, a table waits longer. Method: one below for each key. Expectation: with eight
// passed the limit is at 90 %; 50 % and 5 % for each one beyond the first would be met at g, with six.
TEST(TableEnds, WaitLongerAmongManyBelow) { EXPECT_EQ(begun(one_below_each('z', "10"), into_level1(true)), "ajs"); }

// Goal: a table overlaps no more below than the job allows; what lies before its first key does not count. Method: ten
// tables of 50 bytes before the first key, then one for each key; a limit of 120. Expectation: three tables below would
// be 150, so each has two keys. The very first key begins one table, not a table for itself.
TEST(TableEnds, OverlapOnlyWhatTheyReach) {
  EXPECT_EQ(begun(one_below_each('r', "50"), into_level1(false, 120), "klmnopqr"), "kmoq");
}

}  // namespace
}  // namespace mylonite::testing
