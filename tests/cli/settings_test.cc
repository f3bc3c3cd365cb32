// `--set` in help: derived from the table of options.
#include "core/cli/settings.h"

#include <gtest/gtest.h>

namespace mylonite::cli {
namespace {

// Goal: help says all that the table of options says. Method: look for the lines of every option. Expectation: name,
// default and meaning, what is allowed, values worth trying; nothing of the directory, which is an argument.
TEST(Settings, HelpIsTheTable) {
  const std::string help = settings_help();
  for (const OptionRow& row : option_table()) {
    const std::string line =
        "  " + std::string(row.name) + " (" + option_text(Options(), row) + "): " + std::string(row.meaning) + "\n";
    EXPECT_EQ(help.find(line) != std::string::npos, row.name != "data_dir") << line;
  }
  for (const char* lines :
       {"max_levels (6): levels of tables\n      1 to 32; worth trying: 1 2 4 6\n",
        "of data blocks: none, lz4 or zstd\n      none, lz4 or zstd\n", "or empty\n      true or false\n"}) {
    EXPECT_NE(help.find(lines), std::string::npos) << lines;
  }
}

}  // namespace
}  // namespace mylonite::cli
