// Writes records to the current log and rolls to the next.
//
// It knows the durable length of the log (synced_bytes) and writes it into every record. After a failed call the log's
// end is unknown: the store must stop writing to it.
// Thread-safety: one caller at a time (the leader of a commit group).
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include <mylonite/status.h>

#include "core/wal/log_file.h"
#include "core/wal/record.h"

namespace mylonite {

class WalWriter {
 public:
  // The first log of an open store. header.previous is 0: tables hold everything before it.
  static Result<std::unique_ptr<WalWriter>> create(vfs::FileSystem& fs, std::string directory, const WalHeader& header);

  struct Pending {
    Timestamp at;
    std::string_view payload;
  };
  Status append(std::span<const Pending> batches);  // one file call for all of them
  Status append_clean_close();
  Status sync();
  // Syncs this log, then continues in a new one. Its header attests this log's length and the manifest's position.
  Status roll(FileNumber number, FileNumber manifest, std::uint64_t manifest_record);

  FileNumber number() const { return header_.number; }
  std::uint64_t salt() const { return header_.salt; }
  std::uint64_t bytes() const { return bytes_; }
  std::uint64_t synced_bytes() const { return synced_bytes_; }

 private:
  WalWriter(std::string directory, const WalHeader& header, std::unique_ptr<LogFile> file);
  Status append_encoded();

  std::string directory_;
  WalHeader header_;
  std::unique_ptr<LogFile> file_;
  std::uint64_t bytes_;
  std::uint64_t synced_bytes_;
  std::string buffer_;
};

}  // namespace mylonite
