#include "core/wal/reader.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/rt/rt.h"
#include "core/vfs/util.h"

namespace mylonite {
namespace {

std::string last_part(const std::string& path) { return path.substr(path.rfind('/') + 1); }

}  // namespace

Result<std::optional<WalReader>> WalReader::open(vfs::FileSystem& fs, const std::string& path, FileNumber number) {
  auto bytes = vfs::read_whole_file(fs, path);
  if (!bytes.ok()) return bytes.error();
  auto header = decode_wal_header(*bytes, last_part(path));
  if (!header.ok() && header.error().code() != Code::kCorruption) return header.error();
  if (header.ok() && header->number == number) return WalReader(last_part(path), *header, std::move(*bytes));
  if (bytes->size() <= kWalHeaderBytes) {
    rt::mark("wal.unfinished");
    return std::optional<WalReader>();
  }
  if (!header.ok()) return header.error();
  return Error(Code::kCorruption, fmt::format("log number: expected {}, found {}", number.value, header->number.value))
      .in(last_part(path), 16);
}

std::optional<WalRecord> WalReader::record_at(std::uint64_t offset) const {
  const std::string_view rest = std::string_view(bytes_).substr(offset);
  const auto header = decode_record_header(rest, header_, offset);
  if (!header) return std::nullopt;
  const std::size_t total = encoded_record_bytes(header->payload_bytes);
  if (total > rest.size()) return std::nullopt;
  if (!payload_matches(*header, rest.substr(kRecordHeaderBytes, total - kRecordHeaderBytes), header_, offset)) {
    return std::nullopt;
  }
  return WalRecord{.type = header->type,
                   .synced_to = header->synced_to,
                   .at = header->at,
                   .payload = rest.substr(kRecordHeaderBytes, header->payload_bytes)};
}

// A record's header has a checksum of its own, so its `synced_to` counts even if its payload is damaged.
std::uint64_t WalReader::largest_synced_to(std::uint64_t from) const {
  std::uint64_t largest = 0;
  for (std::uint64_t offset = from; offset + kRecordHeaderBytes <= bytes_.size(); offset += kRecordAlignment) {
    const auto header = decode_record_header(std::string_view(bytes_).substr(offset), header_, offset);
    if (header) largest = std::max(largest, header->synced_to);
  }
  return largest;
}

Result<LogEnd> WalReader::read(const Attested& attested, const Visitor& visit) const {
  auto damaged = [&](std::string message, std::uint64_t offset) {
    return Error(Code::kCorruption, std::move(message)).in(name_, offset);
  };
  LogEnd end{.records = 0, .valid_bytes = kWalHeaderBytes, .dropped_bytes = 0, .clean_close = false};
  std::uint64_t synced_to = std::max(attested.length.value_or(0), attested.durable);
  std::uint64_t offset = kWalHeaderBytes;
  while (offset < bytes_.size() && !end.clean_close) {
    const auto record = record_at(offset);
    if (!record) break;
    synced_to = std::max(synced_to, record->synced_to);
    if (record->type == RecordType::kCleanClose) {
      end.clean_close = true;
    } else {
      if (Status done = visit(*record); !done.ok()) {
        const Error& error = done.error();
        return error.file().empty() ? error.in(name_, offset) : error;
      }
      ++end.records;
    }
    offset += encoded_record_bytes(record->payload.size());
  }
  end.valid_bytes = offset;
  end.dropped_bytes = bytes_.size() - offset;
  if (end.clean_close && end.dropped_bytes > 0) {
    return damaged(fmt::format("{} bytes follow the clean-close marker", end.dropped_bytes), offset);
  }
  if (end.dropped_bytes > 0) synced_to = std::max(synced_to, largest_synced_to(offset));
  if (synced_to > end.valid_bytes) {
    return damaged(fmt::format("log is damaged here, although it was known durable up to byte {} (file length {})",
                               synced_to, bytes_.size()),
                   offset);
  }
  if (attested.length && *attested.length < end.valid_bytes) {
    return damaged(fmt::format("log goes on beyond the {} bytes that its successor attests", *attested.length),
                   *attested.length);
  }
  if (end.dropped_bytes > 0) rt::mark("wal.torn_tail");
  return end;
}

}  // namespace mylonite
