// The README's table of options against the options themselves.
#include <gtest/gtest.h>

#include "core/format/options.h"
#include "core/vfs/posix.h"
#include "core/vfs/util.h"

namespace mylonite {
namespace {

// Goal: a reader can believe the table. Method: look for a row of every option's name and default. Expectation: all
// there, and no row of an option that does not exist.
TEST(Readme, NamesEveryOptionWithItsDefault) {
  const auto fs = vfs::open_posix(MYLONITE_SOURCE_DIR);
  ASSERT_TRUE(fs.ok());
  const std::string readme = vfs::read_whole_file(**fs, "README.md").value();
  for (const OptionRow& row : option_table()) {
    const std::string name(row.name);
    const std::string value = option_text(Options(), row);
    const bool plain = readme.find("| `" + name + "` | " + value + " |") != std::string::npos;
    const bool quoted = readme.find("| `" + name + "` | `" + value + "` |") != std::string::npos;
    EXPECT_TRUE(plain || quoted) << name << " = " << value;
  }
  std::size_t rows = 0;
  for (std::size_t at = readme.find("\n| `"); at != std::string::npos; at = readme.find("\n| `", at + 1)) ++rows;
  EXPECT_EQ(rows, option_table().size());
}

}  // namespace
}  // namespace mylonite
