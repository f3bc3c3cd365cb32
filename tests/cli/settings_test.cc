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

// Goal: an option that is set twice is a slip. Method: the same name with two values, and two names.
TEST(Settings, EachOnce) {
  Options options;
  const Status twice = apply_settings({"block_bytes=8192", "compression=lz4", "block_bytes=8192"}, options);
  ASSERT_FALSE(twice.ok());
  EXPECT_EQ(twice.error().code(), Code::kInvalidArgument);
  EXPECT_EQ(twice.error().message(), "--set block_bytes: expected each option once, found it twice");
  EXPECT_TRUE(apply_settings({"block_bytes=8192", "compression=lz4"}, options).ok());
}

}  // namespace
}  // namespace mylonite::cli
