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

// Goal: options in bytes take units, others do not, and equal settings are equal texts. Method: a size with a unit, as
// digits, and a count with a unit.
TEST(Settings, Sizes) {
  Options options;
  ASSERT_TRUE(apply_settings({"memtable_max_bytes=3M", "write_slowdown_bytes_per_second=64k"}, options).ok());
  EXPECT_EQ(options.memtable_max_bytes, 3ULL << 20);
  EXPECT_EQ(options.write_slowdown_bytes_per_second, 64ULL << 10);
  const auto parsed = parse_settings({"memtable_max_bytes=3M"});
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->front().value, "3145728");
  const Status count = apply_settings({"max_levels=1k"}, options);
  ASSERT_FALSE(count.ok());
  EXPECT_EQ(count.error().message(), "option max_levels = '1k': expected a whole number");
  const Status beyond = apply_settings({"memtable_max_bytes=1T"}, options);
  ASSERT_FALSE(beyond.ok());
  EXPECT_EQ(beyond.error().message(), "option memtable_max_bytes = '1099511627776': expected 1024 to 68719476736");
}

}  // namespace
}  // namespace mylonite::cli
