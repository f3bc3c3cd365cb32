// Names of the store's files. Only these exact forms (no leading zeros) belong to the store. Every other name is
// foreign: it is ignored and never touched.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <mylonite/timestamp.h>

namespace mylonite {

enum class FileKind : std::uint8_t { kWal, kTable, kManifest, kCurrent, kCurrentTemporary, kLock };

struct FileName {
  FileKind kind = FileKind::kWal;
  FileNumber number;  // 0 for names without one
  auto operator<=>(const FileName&) const = default;
};

std::string wal_name(FileNumber number);       // wal-N.log
std::string table_name(FileNumber number);     // sst-N.sst
std::string manifest_name(FileNumber number);  // manifest-N.jsonl
inline constexpr std::string_view kCurrentName = "CURRENT";
inline constexpr std::string_view kCurrentTemporaryName = "CURRENT.new";
inline constexpr std::string_view kLockName = "LOCK";

std::optional<FileName> parse_file_name(std::string_view name);  // empty: a foreign name

}  // namespace mylonite
