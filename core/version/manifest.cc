#include "core/version/manifest.h"

#include <charconv>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "core/base/hash.h"
#include "core/format/file_names.h"
#include "core/rt/rt.h"
#include "core/version/edit_json.h"
#include "core/vfs/util.h"

namespace mylonite {
namespace {

constexpr std::string_view kOpen = "{\"crc\":\"";
constexpr std::string_view kMiddle = "\",\"body\":";
constexpr std::string_view kClose = "}\n";
constexpr std::size_t kCrcDigits = 8;

std::uint32_t body_crc(FileNumber manifest, std::string_view body) {
  return crc32c(body, static_cast<std::uint32_t>(mix64(manifest.value)));
}

// `more`: members of the first record only.
std::string encode_line(FileNumber manifest, std::uint64_t n, const VersionEdit& edit, std::string_view more = {}) {
  const std::string body = fmt::format("{{\"n\":{}{},\"edit\":{}}}", n, more, encode_edit(edit));
  return fmt::format("{}{:08x}{}{}{}", kOpen, body_crc(manifest, body), kMiddle, body, kClose);
}

// The body between the checksum and the newline, when the checksum holds.
std::optional<std::string_view> checked_body(FileNumber manifest, std::string_view line) {
  const std::size_t frame = kOpen.size() + kCrcDigits + kMiddle.size() + kClose.size();
  if (line.size() <= frame || !line.starts_with(kOpen) || !line.ends_with(kClose)) return std::nullopt;
  const std::string_view digits = line.substr(kOpen.size(), kCrcDigits);
  if (line.substr(kOpen.size() + kCrcDigits, kMiddle.size()) != kMiddle) return std::nullopt;
  std::uint32_t stored = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), stored, 16);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  const std::string_view body = line.substr(frame - kClose.size(), line.size() - frame);
  if (stored != body_crc(manifest, body)) return std::nullopt;
  return body;
}

// Splits `{"n":3,…,"edit":{…}}` without a second JSON parse: the checksum ensures the writer's exact form.
struct Body {
  std::uint64_t n = 0;
  std::uint64_t format = kManifestFormatVersion;
  std::string_view edit;
};
std::optional<Body> split_body(std::string_view body) {
  auto number_after = [&](std::string_view label, std::uint64_t& out) {
    const std::size_t at = body.find(label);
    if (at == std::string_view::npos) return false;
    const char* from = body.data() + at + label.size();
    return std::from_chars(from, body.data() + body.size(), out).ec == std::errc{};
  };
  Body result;
  if (!body.starts_with("{\"n\":") || !number_after("{\"n\":", result.n)) return std::nullopt;
  if (result.n == 0 && !number_after(",\"format\":", result.format)) return std::nullopt;
  constexpr std::string_view kEdit = ",\"edit\":";
  const std::size_t at = body.find(kEdit);
  if (at == std::string_view::npos || !body.ends_with('}')) return std::nullopt;
  result.edit = body.substr(at + kEdit.size(), body.size() - at - kEdit.size() - 1);
  return result;
}

// Whether these bytes hold a later record. Earlier records do not count: a lost sector may show old bytes of this file.
bool later_record_in(std::string_view bytes, const LoadedManifest& loaded) {
  while (!bytes.empty()) {
    const std::size_t newline = bytes.find('\n');
    const std::string_view line = bytes.substr(0, newline == std::string_view::npos ? bytes.size() : newline + 1);
    // Without its newline, garbage may precede a valid record on its line: look at every possible start.
    for (std::size_t at = line.find(kOpen); at != std::string_view::npos; at = line.find(kOpen, at + 1)) {
      const auto body = checked_body(loaded.number, line.substr(at));
      const auto parts = body ? split_body(*body) : std::nullopt;
      if (parts && parts->n > loaded.last_record) return true;
    }
    bytes.remove_prefix(line.size());
  }
  return false;
}

Result<FileNumber> read_current(vfs::FileSystem& fs, const std::string& directory) {
  auto bytes = vfs::read_whole_file(fs, directory + "/" + std::string(kCurrentName));
  if (!bytes.ok()) return bytes.error();
  auto damaged = [&] {
    return Error(Code::kCorruption, "expected `manifest-N.jsonl CHECKSUM`").in(std::string(kCurrentName), 0);
  };
  const std::size_t space = bytes->find(' ');
  if (space == std::string::npos) return damaged();
  const std::string name = bytes->substr(0, space);
  if (*bytes != fmt::format("{} {:08x}\n", name, crc32c(name))) return damaged();
  const auto parsed = parse_file_name(name);
  if (!parsed || parsed->kind != FileKind::kManifest) return damaged();
  return parsed->number;
}

Status apply_line(LoadedManifest& loaded, const Body& body, ManifestRecord record, const ManifestVisitor& visit) {
  const bool first = record.offset == 0;
  if (first && body.format > kManifestFormatVersion) {
    return Error(Code::kUnsupported,
                 fmt::format("manifest format {}; this program reads up to {}", body.format, kManifestFormatVersion));
  }
  const std::uint64_t expected = first ? 0 : loaded.last_record + 1;
  if (body.n != expected) {
    return Error(Code::kCorruption, fmt::format("record number: expected {}, found {}", expected, body.n));
  }
  auto edit = decode_edit(body.edit);
  if (!edit.ok()) return edit.error();
  record.edit = std::move(*edit);
  if (visit) visit(record);
  auto version = apply(loaded.version, record.edit);
  if (!version.ok()) return version.error();
  loaded.version = std::move(*version);
  loaded.last_record = body.n;
  return {};
}

}  // namespace

Result<LoadedManifest> load_manifest(vfs::FileSystem& fs, const std::string& directory, const ManifestVisitor& visit) {
  const auto number = read_current(fs, directory);
  if (!number.ok()) return number.error();
  const std::string name = manifest_name(*number);
  auto bytes = vfs::read_whole_file(fs, directory + "/" + name);
  if (!bytes.ok()) {
    if (bytes.error().code() != Code::kNotFound) return bytes.error();
    return Error(Code::kCorruption, "CURRENT names this manifest, but it is missing").in(name);
  }
  LoadedManifest loaded{.number = *number, .version = {}};
  std::size_t offset = 0;
  while (offset < bytes->size()) {
    const std::string_view rest = std::string_view(*bytes).substr(offset);
    const std::size_t newline = rest.find('\n');
    const std::string_view line = rest.substr(0, newline == std::string_view::npos ? rest.size() : newline + 1);
    const auto body = checked_body(*number, line);
    const auto parts = body ? split_body(*body) : std::nullopt;
    if (!parts || (offset > 0 && parts->n <= loaded.last_record)) break;
    ManifestRecord record{.manifest = *number, .n = parts->n, .offset = offset, .bytes = line.size(), .edit = {}};
    if (Status done = apply_line(loaded, *parts, std::move(record), visit); !done.ok()) {
      return done.error().in(name, offset);
    }
    offset += line.size();
  }
  loaded.valid_bytes = offset;
  loaded.dropped_bytes = bytes->size() - offset;
  // Record 0 was synced before CURRENT named the file, so it is never a torn end.
  if (offset == 0 || later_record_in(std::string_view(*bytes).substr(offset), loaded)) {
    return Error(Code::kCorruption, "manifest is damaged here, although it was known durable").in(name, offset);
  }
  if (loaded.dropped_bytes > 0) rt::mark("manifest.torn_tail");
  return loaded;
}

Result<std::unique_ptr<Manifest>> Manifest::create(vfs::FileSystem& fs, const std::string& directory, FileNumber number,
                                                   const Version& version) {
  const std::string name = manifest_name(number);
  const std::uint64_t format = format_for(version);
  const std::string line = encode_line(number, 0, version.snapshot(),
                                       fmt::format(",\"format\":{},\"manifest\":\"{}\"", format, number.value));
  auto file = fs.open(directory + "/" + name, vfs::OpenMode::kCreateExclusive);
  if (!file.ok()) return file.error();
  if (Status done = (*file)->append(line); !done.ok()) return done.error();
  if (Status done = (*file)->sync(vfs::SyncKind::kDataAndSize); !done.ok()) return done.error();
  if (Status done = fs.sync_directory(directory); !done.ok()) return done.error();

  const std::string temporary = directory + "/" + std::string(kCurrentTemporaryName);
  // A left-over of an unfinished creation; it names nothing.
  if (Status gone = fs.remove(temporary); !gone.ok() && gone.error().code() != Code::kNotFound) return gone.error();
  const std::string current = fmt::format("{} {:08x}\n", name, crc32c(name));
  if (Status done = vfs::write_new_file(fs, temporary, current); !done.ok()) return done.error();
  if (Status done = fs.rename(temporary, directory + "/" + std::string(kCurrentName)); !done.ok()) return done.error();
  if (Status done = fs.sync_directory(directory); !done.ok()) return done.error();
  return std::unique_ptr<Manifest>(new Manifest(number, std::move(*file), format, line.size()));
}

std::uint64_t Manifest::format_for(const Version& version) {
  return version.expired_through > kTimestampMin ? kManifestFormatVersion : 1;
}

Status Manifest::append(const VersionEdit& edit) {
  const std::string line = encode_line(number_, last_record_ + 1, edit);
  if (Status done = file_->append(line); !done.ok()) return done;
  if (Status done = file_->sync(vfs::SyncKind::kDataAndSize); !done.ok()) return done;
  ++last_record_;
  bytes_ += line.size();
  return {};
}

Result<FileNumber> current_manifest(vfs::FileSystem& fs, const std::string& directory) {
  return read_current(fs, directory);
}

Result<ManifestScan> scan_manifest(vfs::FileSystem& fs, const std::string& directory, FileNumber number) {
  const std::string name = manifest_name(number);
  const auto bytes = vfs::read_whole_file(fs, directory + "/" + name);
  if (!bytes.ok()) return bytes.error();
  ManifestScan scan{.records = {}, .bytes = bytes->size()};
  // Garbage may precede a whole record on its line, so every possible start counts.
  for (std::size_t at = bytes->find(kOpen); at != std::string::npos; at = bytes->find(kOpen, at + 1)) {
    const std::size_t newline = bytes->find('\n', at);
    if (newline == std::string::npos) break;
    const std::string_view line = std::string_view(*bytes).substr(at, newline + 1 - at);
    const auto body = checked_body(number, line);
    const auto parts = body ? split_body(*body) : std::nullopt;
    // An earlier record again: old bytes of this file in a lost sector.
    if (!parts || (!scan.records.empty() && parts->n <= scan.records.back().n)) continue;
    if (parts->n == 0 && parts->format > kManifestFormatVersion) {
      return Error(Code::kUnsupported, fmt::format("manifest format {}; this program reads up to {}", parts->format,
                                                   kManifestFormatVersion))
          .in(name, at);
    }
    auto edit = decode_edit(parts->edit);
    if (!edit.ok()) continue;
    scan.records.push_back(
        {.manifest = number, .n = parts->n, .offset = at, .bytes = line.size(), .edit = std::move(*edit)});
  }
  return scan;
}

}  // namespace mylonite
