#include "core/compaction/run_list.h"

#include <gtest/gtest.h>

#include <set>

#include <mylonite/compaction_shape.h>
#include <mylonite/random.h>

#include "tests/compaction/tree.h"

namespace mylonite::testing {
namespace {

// Up to six tables in each of some runs, in random ranges of the letters.
std::string random_tree(Random& random) {
  std::string text;
  std::uint64_t number = 100;
  std::uint64_t run = 50;
  for (int level = 0; level < 3; ++level) {
    text += "level " + std::to_string(level) + ":";
    const std::uint64_t runs = random.below(3) + (level == 0 ? 1 : 0);
    for (std::uint64_t i = 0; i < runs; ++i) {
      text += " run " + std::to_string(--run) + " =";
      char at = static_cast<char>('a' + random.below(6));
      do {
        const char end = static_cast<char>(at + static_cast<char>(random.below(4)));
        text += " " + std::to_string(number++) + ":" + at + "-" + end + (random.chance(1, 4) && end > at ? "):" : ":") +
                std::to_string(random.between(1, 900));
        at = static_cast<char>(end + 1 + static_cast<char>(random.below(3)));
      } while (at < 'v' && random.chance(3, 4));
    }
    text += "\n";
  }
  return text;
}

std::set<FileNumber> numbers_of(const Cell& cell) {
  std::set<FileNumber> numbers;
  for (const CompactionInput& input : cell.inputs) numbers.insert(input.tables.begin(), input.tables.end());
  return numbers;
}

// Goal: cells are as their header says. Method: random trees. Expectation: every table is in one cell, no two cells
// overlap, a cell of several tables cannot be divided, it is found again by its first table, and its merge is legal.
TEST(RunList, CellsAreLeastAndLegal) {
  Random random(3);
  std::size_t several = 0;
  for (int round = 0; round < 2000; ++round) {
    const Version version = tree(random_tree(random));
    const std::vector<ListedRun> list = list_of(version.levels);
    const std::vector<Cell> cells = cells_of(list);
    std::set<FileNumber> seen;
    for (const Cell& cell : cells) {
      const std::set<FileNumber> own = numbers_of(cell);
      for (const FileNumber number : own) EXPECT_TRUE(seen.insert(number).second);
      std::set<FileNumber> reached = {cell.first->number};
      for (bool grows = true; grows;) {
        grows = false;
        for (const TableInfo* a : version.tables()) {
          for (const TableInfo* b : version.tables()) {
            if (reached.contains(a->number) && overlap(key_range(*a), key_range(*b))) {
              grows |= reached.insert(b->number).second;
            }
          }
        }
      }
      EXPECT_EQ(reached, own);
      several += own.size() > 1 ? 1 : 0;
      const Cell again = cell_of(list, {.table = cell.first});
      EXPECT_EQ(describe(again.inputs), describe(cell.inputs));
      EXPECT_EQ(again.bytes, cell.bytes);
      if (is_merged(list, cell)) continue;
      const Status legal = check_legal(version.levels, {}, merge_cell(list, cell));
      EXPECT_TRUE(legal.ok()) << legal.error().to_string();
    }
    EXPECT_EQ(seen.size(), version.tables().size());
  }
  EXPECT_GT(several, 1000U);
}

// Goal: cuts divide the largest run evenly, where its tables begin. Method: eight tables of one size, then sizes that
// cannot be divided evenly.
TEST(RunList, EvenCuts) {
  const Version even =
      tree("level 0: run 9 = 9:a-z:100\nlevel 1: run 1 = 1:a-b:90 2:c-d:90 3:e-f:90 4:g-h:90 5:i-j:90");
  EXPECT_EQ(even_cuts(even.levels, 1), std::vector<std::string>{});
  EXPECT_EQ(even_cuts(even.levels, 2), std::vector<std::string>{"g"});
  EXPECT_EQ(even_cuts(even.levels, 5), (std::vector<std::string>{"c", "e", "g", "i"}));
  EXPECT_EQ(even_cuts(even.levels, 50), (std::vector<std::string>{"c", "e", "g", "i"}));
  const Version uneven = tree("level 1: run 1 = 1:a-b:900 2:c-d:10 3:e-f:10 4:g-h:80");
  EXPECT_EQ(even_cuts(uneven.levels, 2), std::vector<std::string>{"c"});
  EXPECT_EQ(even_cuts(Levels(), 4), std::vector<std::string>{});
}

}  // namespace
}  // namespace mylonite::testing
