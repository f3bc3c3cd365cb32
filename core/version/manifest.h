// The manifest `manifest-N.jsonl`: an append-only list of version edits, one JSON record a line, and `CURRENT`, which
// names the manifest in force.
//
//   {"crc":"9ae1c2d0","body":{"n":0,"format":1,"manifest":"7","edit":{…}}}\n      record 0: a snapshot
//   {"crc":"51be0a77","body":{"n":1,"edit":{…}}}\n                                 an edit
//
// crc: CRC-32C, hex, of the body's bytes, started from a value bound to the manifest's number.
// File sizes, numbers and stamps are decimal strings (they may pass 2^53); keys are hex.
// Each record is synced before the next is written. So damage with a valid record behind it is corruption. A damaged
// end alone is an edit that never finished, unless a log attests it (the caller checks that).
// CURRENT: `manifest-N.jsonl 9ae1c2d0\n`, its own name's checksum behind it.
//
// Thread-safety: one caller at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <mylonite/file_system.h>
#include <mylonite/status.h>

#include "core/version/version.h"

namespace mylonite {

// Format 2: something has expired. An older program would read that data again, and refuses the format.
inline constexpr std::uint64_t kManifestFormatVersion = 2;

struct LoadedManifest {
  FileNumber number;
  Version version;
  std::uint64_t last_record = 0;
  std::uint64_t valid_bytes = 0;
  std::uint64_t dropped_bytes = 0;  // behind them: a torn last record
};

// One whole record, with its place.
struct ManifestRecord {
  FileNumber manifest;
  std::uint64_t n = 0;
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
  VersionEdit edit;
};
using ManifestVisitor = std::function<void(const ManifestRecord&)>;

// Reads CURRENT and the manifest it names. Writes nothing. kCorruption, kUnsupported (newer format). Calls `visit`, if
// any, with each record before applying it, also with those before damage.
Result<LoadedManifest> load_manifest(vfs::FileSystem& fs, const std::string& directory,
                                     const ManifestVisitor& visit = {});

// Which manifest CURRENT names. kCorruption where it names none.
Result<FileNumber> current_manifest(vfs::FileSystem& fs, const std::string& directory);

// For repair: every whole record of a manifest, also those behind damage.
struct ManifestScan {
  std::vector<ManifestRecord> records{};  // in the file's order; their numbers ascend
  std::uint64_t bytes = 0;                // of the file
};
// kUnsupported (newer format), or the file system's own error; damage is none.
Result<ManifestScan> scan_manifest(vfs::FileSystem& fs, const std::string& directory, FileNumber number);

class Manifest {
 public:
  // Writes a snapshot of `version` as manifest `number` and switches CURRENT to it. Order: manifest, sync, directory
  // sync, CURRENT.new, sync, rename, directory sync. The rename is the commit.
  static Result<std::unique_ptr<Manifest>> create(vfs::FileSystem& fs, const std::string& directory, FileNumber number,
                                                  const Version& version);

  // Appends and syncs one edit. Requires that this format can hold the version with it. After a failure the end of the
  // file is unknown: do not call again.
  Status append(const VersionEdit& edit);

  FileNumber number() const { return number_; }
  std::uint64_t last_record() const { return last_record_; }
  std::uint64_t format() const { return format_; }
  static std::uint64_t format_for(const Version& version);  // the least that can hold it
  std::uint64_t bytes() const { return bytes_; }
  std::uint64_t snapshot_bytes() const { return snapshot_bytes_; }  // of its first record

 private:
  Manifest(FileNumber number, std::unique_ptr<vfs::File> file, std::uint64_t format, std::uint64_t bytes)
      : number_(number), file_(std::move(file)), format_(format), snapshot_bytes_(bytes), bytes_(bytes) {}

  FileNumber number_;
  std::unique_ptr<vfs::File> file_;
  std::uint64_t format_;
  std::uint64_t snapshot_bytes_;
  std::uint64_t bytes_;
  std::uint64_t last_record_ = 0;
};

}  // namespace mylonite
