#include "core/format/file_names.h"

#include <gtest/gtest.h>

namespace mylonite {
namespace {

// Goal: every name we make is recognised as what it is. Method: numbers at both ends. Expect: kind and number.
TEST(FileNames, RoundTrip) {
  for (std::uint64_t n : {std::uint64_t{1}, std::uint64_t{10}, std::uint64_t{987654321}, UINT64_MAX}) {
    const FileNumber number{n};
    EXPECT_EQ(parse_file_name(wal_name(number)), (FileName{FileKind::kWal, number}));
    EXPECT_EQ(parse_file_name(table_name(number)), (FileName{FileKind::kTable, number}));
    EXPECT_EQ(parse_file_name(manifest_name(number)), (FileName{FileKind::kManifest, number}));
  }
  EXPECT_EQ(parse_file_name(kCurrentName)->kind, FileKind::kCurrent);
  EXPECT_EQ(parse_file_name(kCurrentTemporaryName)->kind, FileKind::kCurrentTemporary);
  EXPECT_EQ(parse_file_name(kLockName)->kind, FileKind::kLock);
  EXPECT_EQ(table_name({7}), "sst-7.sst");
}

// Goal: names that only look like ours are foreign, and will not be touched. Method: near misses. Expect: empty.
TEST(FileNames, NearMissesAreForeign) {
  for (const char* name : {"",
                           "wal-.log",
                           "wal-01.log",
                           "wal-0.log",
                           "wal--1.log",
                           "wal-+1.log",
                           "wal- 1.log",
                           "wal-1.log ",
                           "wal-1.log.bak",
                           "wal-1a.log",
                           "WAL-1.log",
                           "wal-18446744073709551616.log",
                           "sst-1.log",
                           "wal-1.sst",
                           "wal-.sst",
                           "sst-.sst",
                           "manifest-1.json",
                           "current",
                           "CURRENT.tmp",
                           "LOCK2",
                           "wal-log",
                           "sst-sst",
                           "x/wal-1.log"}) {
    EXPECT_EQ(parse_file_name(name), std::nullopt) << name;
  }
}

}  // namespace
}  // namespace mylonite
