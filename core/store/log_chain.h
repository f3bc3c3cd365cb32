// The logs of a store during its open: found, read whole, checked, then walked.
//
// All checks precede the use of any record: no log is missing, and none is shorter than the manifest attests. Headers
// follow one another and attest the manifest, stamps ascend, every batch parses. It writes nothing.
// Thread-safety: one thread an object. Memory: the logs' bytes. Complexity: linear in them, twice.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <mylonite/file_system.h>
#include <mylonite/write_batch.h>

#include "core/format/batch_reader.h"
#include "core/format/file_names.h"
#include "core/version/manifest.h"
#include "core/wal/reader.h"

namespace mylonite {

class LogChain {
 public:
  struct Facts {
    std::uint64_t records = 0;
    std::uint64_t dropped_bytes = 0;  // the torn tail of the last log
    bool clean_close = false;
    Timestamp newest;  // of all records and of the `newest` given to read()
  };

  struct Listing {
    vfs::FileSystem& fs;
    const std::string& directory;
    const std::vector<FileName>& files;
  };
  // The listed logs that the manifest still needs. `newest`: of the tables' entries; records are newer.
  // kCorruption, kUnsupported or the file system's own error.
  static Result<LogChain> read(const Listing& listing, const LoadedManifest& manifest, Timestamp newest);

  const Facts& facts() const { return facts_; }
  std::size_t logs() const { return logs_.size(); }

  // Visits every entry of every batch, oldest first, and calls `end_batch` after each batch.
  using Visitor = std::function<void(const BatchEntry&, Timestamp)>;
  using BatchEnd = std::function<Status()>;
  Status walk(const Visitor& visit, const BatchEnd& end_batch) const;

 private:
  Status check_chain(const LoadedManifest& manifest) const;
  Status check_attested(const Version& version) const;
  Status check_records();
  WalReader::Attested attested(std::size_t i) const;

  std::vector<WalReader> logs_;
  std::optional<LogLength> durable_;  // known so
  Facts facts_;
};

}  // namespace mylonite
