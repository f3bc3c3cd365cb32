// The facts of one table file, as the manifest records them, and as the file itself holds them. Opening a table
// compares the two, so a swapped, cut or damaged table is found before any read.
#pragma once

#include <cstdint>
#include <string>

#include <mylonite/timestamp.h>

namespace mylonite {

struct TableInfo {
  FileNumber number;              // the id the table was built with
  std::uint64_t file_bytes = 0;   // exact size of the file
  std::uint64_t footer_hash = 0;  // the checksum in the file's footer
  std::string smallest;           // first internal key, or the beginning of the first range delete
  std::string largest;            // last internal key, or the end of the last range delete (with kBorderTrailer)
  std::uint64_t entries = 0;
  std::uint64_t tombstones = 0;     // entries that are not puts
  std::uint64_t range_deletes = 0;  // fragments of range deletes, each stamp counted
  Timestamp oldest;                 // least stamp of any entry or range delete
  Timestamp newest;                 // greatest stamp of any entry or range delete
  Timestamp oldest_tombstone =
      kTimestampMax;  // least stamp of any tombstone or range delete; the maximum: there is none

  bool operator==(const TableInfo&) const = default;
};

}  // namespace mylonite
