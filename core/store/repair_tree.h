// Which tables count, by the evidence in a damaged directory. For repair; it writes nothing.
//
// The manifest that CURRENT names decides, if it is whole. Without a readable CURRENT it is the newest manifest whose
// first record is whole, whether or not CURRENT ever named it. That is right: a manifest begins with all that is in
// force. Files that it names are durable before it is written. No older one is written to once it was begun. So one
// that never became current holds the same data as the one before. An older one is only evidence.
// A whole manifest is not trusted where other files contradict it: a log attests later records; or a table or log that
// it needs is gone while tables that it does not know exist. Then its last records were lost.
// Thread-safety: a pure function but for reading files.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include <mylonite/file_system.h>
#include <mylonite/repair.h>
#include <mylonite/status.h>

#include "core/format/file_names.h"
#include "core/version/manifest.h"

namespace mylonite {

struct TreeEvidence {
  TreeSource source = TreeSource::kTables;
  // Of kManifest: the tree. Else without tables; its other facts are the newest of the records that are whole.
  LoadedManifest manifest{};
  std::map<FileNumber, TableInfo> listed{};  // live by the last whole record that names it
  std::set<FileNumber> obsolete{};           // removed by the last whole record that names it
  std::vector<RepairReport::File> damaged{};
  // Of every record of every manifest.
  FileNumber highest{};
  Timestamp ceiling{};
};

struct RepairFiles {
  std::vector<FileName> all{};        // of the directory
  std::set<FileNumber> unfinished{};  // tables that a repair wrote, and that it may not have committed
};
// kUnsupported: a newer format.
Result<TreeEvidence> tree_by_evidence(vfs::FileSystem& fs, const std::string& directory, const RepairFiles& files);

std::vector<FileNumber> numbers_of(const std::vector<FileName>& files, FileKind kind);  // ascending

}  // namespace mylonite
