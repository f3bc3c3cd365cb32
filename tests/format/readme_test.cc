// The README's tables of options and policies against the tables themselves.
#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <mylonite/compaction_policy.h>
#include <mylonite/options.h>

#include "core/vfs/posix.h"
#include "core/vfs/util.h"

namespace mylonite {
namespace {

using Row = std::vector<std::string>;

// Rows whose first cell is a name in backticks, with so many cells; backticks are left out.
std::vector<Row> rows_of_readme(std::size_t cells) {
  const auto fs = vfs::open_posix(MYLONITE_SOURCE_DIR);
  const std::string readme = vfs::read_whole_file(**fs, "README.md").value();
  std::vector<Row> rows;
  for (std::size_t at = readme.find("\n| `"); at != std::string::npos; at = readme.find("\n| `", at + 1)) {
    std::string line = readme.substr(at + 3, readme.find('\n', at + 1) - at - 3);
    std::erase(line, '`');
    Row row;
    for (std::size_t end = line.find(" |"); end != std::string::npos; end = line.find(" |")) {
      row.push_back(line.substr(0, end));
      line.erase(0, end + 3);
    }
    if (row.size() == cells) rows.push_back(row);
  }
  return rows;
}

std::string without_backticks(std::string text) {
  std::erase(text, '`');
  return text;
}

// Goal: a reader can believe the table of options. Method: compare the rows, in their order. Expectation: name, default
// and meaning of every option, and nothing else.
TEST(Readme, OptionsAreThoseOfTheTable) {
  std::vector<Row> expected;
  for (const OptionRow& row : option_table()) {
    expected.push_back(
        {std::string(row.name), option_text(Options(), row), without_backticks(std::string(row.meaning))});
  }
  EXPECT_EQ(rows_of_readme(3), expected);
}

// Goal: the same for policies. Method: as above. Expectation: name and sentence of every standard policy.
TEST(Readme, PoliciesAreThoseOfTheRegistry) {
  std::vector<Row> expected;
  for (const CompactionPolicy& each : standard_policies()) {
    expected.push_back({each.name, without_backticks(each.what)});
  }
  EXPECT_EQ(rows_of_readme(2), expected);
}

}  // namespace
}  // namespace mylonite
