#include "core/base/sizes.h"

#include <gtest/gtest.h>

namespace mylonite {
namespace {

// Goal: sizes as people write them are exact, and nothing else is a size. Method: every unit, the largest values, one
// beyond them, and rubbish. Expectation: binary units; a refusal that says what was expected.
TEST(Sizes, UnitsAndLimits) {
  const std::pair<std::string_view, std::uint64_t> sizes[] = {{"0", 0},
                                                              {"7", 7},
                                                              {"4k", 4096},
                                                              {"4K", 4096},
                                                              {"64M", 64ULL << 20},
                                                              {"1g", 1ULL << 30},
                                                              {"2T", 2ULL << 40},
                                                              {"16777215T", 16777215ULL << 40},
                                                              {"18446744073709551615", UINT64_MAX}};
  for (const auto& [text, bytes] : sizes) {
    const auto size = parse_size(text);
    ASSERT_TRUE(size.ok()) << text;
    EXPECT_EQ(*size, bytes) << text;
  }
  for (const std::string_view text : {"18446744073709551616", "16777216T", "99999999999999999999k"}) {
    const auto size = parse_size(text);
    ASSERT_FALSE(size.ok()) << text;
    EXPECT_EQ(size.error().message(), "expected a whole number of bytes up to 18446744073709551615") << text;
  }
  for (const std::string_view text :
       {"", "k", "M4", "4MB", "4MiB", "+4k", "-1", "1.5G", "1e3", " 4k", "4k ", "4kk", "0x1k"}) {
    const auto size = parse_size(text);
    ASSERT_FALSE(size.ok()) << text;
    EXPECT_EQ(size.error().message(), "expected a whole number of bytes, or one with k, M, G or T (1k is 1024)");
  }
}

// Goal: which names mean bytes. Method: names of options and parameters of each kind.
TEST(Sizes, Names) {
  for (const char* name : {"memtable_max_bytes", "write_slowdown_bytes_per_second", "--cache-bytes"}) {
    EXPECT_TRUE(names_a_size(name)) << name;
  }
  for (const char* name : {"bytes", "max_levels", "open_files_max", "megabytes"})
    EXPECT_FALSE(names_a_size(name)) << name;
}

}  // namespace
}  // namespace mylonite
