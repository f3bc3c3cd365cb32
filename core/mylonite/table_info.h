// The facts of one table file: what the manifest records of a live table, and what the table says of itself. Opening a
// table compares the two, so a table that was swapped, cut or damaged is found before it answers anything.
#pragma once

#include <cstdint>
#include <string>

#include <mylonite/timestamp.h>

namespace mylonite {

struct TableInfo {
  FileNumber number;              // the id the table was built with
  std::uint64_t file_bytes = 0;   // exact size of the file
  std::uint64_t footer_hash = 0;  // the checksum in the file's footer
  std::string smallest;           // first internal key, or where the first range delete begins
  std::string largest;            // last internal key, or where the last range delete ends (with kBorderTrailer)
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
