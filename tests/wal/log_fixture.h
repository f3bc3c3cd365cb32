// Logs for tests on a simulated disk: written through WalWriter, changed by hand, read through WalReader.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include <mylonite/faultfs/sim_file_system.h>

#include "core/format/file_names.h"
#include "core/vfs/util.h"
#include "core/wal/reader.h"
#include "core/wal/writer.h"

namespace mylonite::testing {

struct Log {
  faultfs::Disk disk;
  faultfs::SimFileSystem fs{disk};
  WalHeader header{
      .number = FileNumber{2}, .salt = 42, .previous = {}, .previous_bytes = 0, .manifest = {}, .manifest_record = 0};

  Log() { EXPECT_TRUE(fs.make_directory("d").ok()); }
  std::unique_ptr<WalWriter> create() {
    auto writer = WalWriter::create(fs, "d", header);
    EXPECT_TRUE(writer.ok());
    return std::move(*writer);
  }
  std::string bytes(const std::string& path = "d/wal-2.log") { return vfs::read_whole_file(fs, path).value(); }
  void replace(std::string_view content, const std::string& path = "d/wal-2.log") {
    ASSERT_TRUE(fs.remove(path).ok());
    ASSERT_TRUE(vfs::write_new_file(fs, path, content).ok());
  }
};

inline void append(WalWriter& writer, std::uint64_t at, std::string_view payload) {
  const WalWriter::Pending pending{.at = Timestamp{at}, .payload = payload};
  ASSERT_TRUE(writer.append({&pending, 1}).ok());
}

struct ReadBack {
  std::vector<std::pair<std::uint64_t, std::string>> records;
  Result<LogEnd> end = LogEnd{};
  bool finished = true;  // the log's creation
};
inline ReadBack read_back(vfs::FileSystem& fs, std::optional<std::uint64_t> attested = std::nullopt,
                          const std::string& path = "d/wal-2.log") {
  ReadBack back;
  const auto reader = WalReader::open(fs, path, parse_file_name(path.substr(path.rfind('/') + 1))->number);
  if (!reader.ok()) {
    back.end = reader.error();
    return back;
  }
  back.finished = reader->has_value();
  if (!back.finished) return back;
  back.end = (*reader)->read({.length = attested}, [&](const WalRecord& record) -> Status {
    back.records.emplace_back(record.at.ticks, record.payload);
    return {};
  });
  return back;
}

}  // namespace mylonite::testing
