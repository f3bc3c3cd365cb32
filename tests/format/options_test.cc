#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <set>

#include <mylonite/options.h>

namespace mylonite {
namespace {

// Goal: the guide's defaults, and they are valid. Method: the numbers of the guide, written out.
TEST(Options, HaveTheGuidesDefaults) {
  const Options options;
  EXPECT_TRUE(validate(options).ok());
  EXPECT_EQ(options.memtable_max_bytes, 64ULL << 20);
  EXPECT_TRUE(options.wal_flush_every_write);
  EXPECT_EQ(options.bloom_false_positive_rate, 0.01);
  EXPECT_EQ(options.compaction_threshold_bytes, 256ULL << 20);
  EXPECT_EQ(options.tombstone_retention_seconds, 86400U);
  EXPECT_EQ(options.sstable_max_bytes, 64ULL << 20);
  EXPECT_EQ(options.max_levels, 6U);
  EXPECT_EQ(options.wal_file_rotate_bytes, 64ULL << 20);
}

// Goal: every row can be set from text and read back, and names are unique. Method: each row's own text, then its
// range's ends. Expect: the same text; both ends valid.
TEST(Options, EveryRowRoundTrips) {
  std::set<std::string_view> names;
  for (const OptionRow& row : option_table()) {
    EXPECT_TRUE(names.insert(row.name).second);
    EXPECT_FALSE(row.meaning.empty());
    Options options;
    const std::string text = option_text(options, row);
    ASSERT_TRUE(set_option(options, row.name, text).ok()) << row.name;
    EXPECT_EQ(option_text(options, row), text);
    if (const auto* number = std::get_if<std::uint64_t Options::*>(&row.member)) {
      for (double end : {row.low, row.high}) {
        options.** number = static_cast<std::uint64_t>(end);
        EXPECT_TRUE(validate(options).ok()) << row.name << " = " << end;
      }
    }
  }
}

// Goal: trial values can be tried. Method: set each of each row on default options; the row's allowed text.
// Expectation: valid, ascending, several or none; numbers and words say what is allowed.
TEST(Options, ValuesWorthTryingAreValid) {
  for (const OptionRow& row : option_table()) {
    const auto values = values_worth_trying(row);
    EXPECT_NE(values.size(), 1U) << row.name;
    double last = -1;
    for (const std::string_view value : values) {
      Options options;
      ASSERT_TRUE(set_option(options, row.name, value).ok()) << row.name;
      EXPECT_TRUE(validate(options).ok()) << row.name << " = " << value;
      EXPECT_EQ(option_text(options, row), value) << row.name;
      if (row.high == 0) continue;
      EXPECT_GT(std::stod(std::string(value)), last) << row.name;
      last = std::stod(std::string(value));
    }
  }
  EXPECT_EQ(allowed_text(option_table()[0]), "");
  const auto row = [](std::string_view name) { return *std::ranges::find(option_table(), name, &OptionRow::name); };
  EXPECT_EQ(allowed_text(row("compression")), "none, lz4 or zstd");
  EXPECT_EQ(allowed_text(row("create_if_missing")), "true or false");
  EXPECT_EQ(allowed_text(row("max_levels")), "1 to 32");
}

// Goal: a value out of range is refused, naming field, value and range. Method: one beyond each end of every number.
TEST(Options, OutOfRangeIsNamed) {
  for (const OptionRow& row : option_table()) {
    const auto* number = std::get_if<std::uint64_t Options::*>(&row.member);
    if (number == nullptr) continue;
    Options options;
    options.** number = static_cast<std::uint64_t>(row.high) + 1;
    EXPECT_FALSE(validate(options).ok()) << row.name;
    if (row.low < 1) continue;
    options.** number = static_cast<std::uint64_t>(row.low) - 1;
    const Status checked = validate(options);
    ASSERT_FALSE(checked.ok()) << row.name;
    EXPECT_EQ(checked.error().code(), Code::kInvalidArgument);
    EXPECT_NE(checked.error().message().find(row.name), std::string::npos);
  }
  Options options;
  for (double rate : {0.0, 0.00009, 0.51, -1.0, std::numeric_limits<double>::quiet_NaN()}) {
    options.bloom_false_positive_rate = rate;
    EXPECT_FALSE(validate(options).ok()) << rate;
  }
  options.bloom_false_positive_rate = 0.9;
  EXPECT_EQ(validate(options).error().message(), "option bloom_false_positive_rate = '0.9': expected 0.0001 to 0.5");
  options = {};
  options.compression = "lz5";
  EXPECT_EQ(validate(options).error().message(), "option compression = 'lz5': expected none, lz4 or zstd");
  options = {};
  options.data_dir.clear();
  EXPECT_FALSE(validate(options).ok());
}

// Goal: text that is no value is refused and changes nothing. Method: bad text for each type, an unknown name.
TEST(Options, BadTextChangesNothing) {
  Options options;
  EXPECT_FALSE(set_option(options, "max_levels", "7x").ok());
  EXPECT_FALSE(set_option(options, "max_levels", "-1").ok());
  EXPECT_FALSE(set_option(options, "max_levels", "").ok());
  EXPECT_FALSE(set_option(options, "max_levels", "99999999999999999999").ok());
  EXPECT_EQ(options.max_levels, 6U);
  EXPECT_FALSE(set_option(options, "bloom_false_positive_rate", "0.02%").ok());
  EXPECT_EQ(options.bloom_false_positive_rate, 0.01);
  EXPECT_FALSE(set_option(options, "wal_flush_every_write", "yes").ok());
  EXPECT_TRUE(options.wal_flush_every_write);
  EXPECT_EQ(set_option(options, "no_such", "1").error().message(), "no option is named 'no_such'");
  EXPECT_TRUE(set_option(options, "max_levels", "7").ok());
  EXPECT_EQ(options.max_levels, 7U);
}

}  // namespace
}  // namespace mylonite
