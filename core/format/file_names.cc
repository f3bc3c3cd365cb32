#include "core/format/file_names.h"

#include <charconv>

#include <fmt/format.h>

namespace mylonite {
namespace {

struct Form {
  FileKind kind;
  std::string_view prefix;
  std::string_view suffix;
};
constexpr Form kForms[] = {
    {FileKind::kWal, "wal-", ".log"},
    {FileKind::kTable, "sst-", ".sst"},
    {FileKind::kManifest, "manifest-", ".jsonl"},
};

}  // namespace

std::string wal_name(FileNumber number) { return fmt::format("wal-{}.log", number.value); }
std::string table_name(FileNumber number) { return fmt::format("sst-{}.sst", number.value); }
std::string manifest_name(FileNumber number) { return fmt::format("manifest-{}.jsonl", number.value); }

std::optional<FileName> parse_file_name(std::string_view name) {
  if (name == kCurrentName) return FileName{FileKind::kCurrent, {}};
  if (name == kCurrentTemporaryName) return FileName{FileKind::kCurrentTemporary, {}};
  if (name == kLockName) return FileName{FileKind::kLock, {}};
  for (const Form& form : kForms) {
    if (!name.starts_with(form.prefix) || !name.ends_with(form.suffix)) continue;
    if (name.size() <= form.prefix.size() + form.suffix.size()) return std::nullopt;
    const std::string_view digits =
        name.substr(form.prefix.size(), name.size() - form.prefix.size() - form.suffix.size());
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    if (digits.front() == '0') return std::nullopt;
    return FileName{form.kind, FileNumber{value}};
  }
  return std::nullopt;
}

}  // namespace mylonite
