#include "sim/scenario/file_roles.h"

#include "core/format/file_names.h"

namespace mylonite::sim {

std::string_view role_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return "directory";
  const auto name = parse_file_name(path.substr(slash + 1));
  if (!name) return "other";
  switch (name->kind) {
    case FileKind::kWal: return "wal";
    case FileKind::kTable: return "sst";
    case FileKind::kManifest: return "manifest";
    case FileKind::kCurrent: return "current";
    case FileKind::kCurrentTemporary: return "current-new";
    case FileKind::kLock: return "lock";
  }
  return "other";
}

}  // namespace mylonite::sim
