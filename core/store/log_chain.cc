#include "core/store/log_chain.h"
#include "core/format/batch_reader.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

namespace mylonite {
namespace {

// The bytes of log i that its successor attests.
std::optional<std::uint64_t> attested_bytes(const std::vector<WalReader>& logs, std::size_t i) {
  if (i + 1 >= logs.size()) return std::nullopt;
  return logs[i + 1].header().previous_bytes;
}

}  // namespace

Result<LogChain> LogChain::read(const Listing& listing, const LoadedManifest& manifest, Timestamp newest) {
  std::vector<FileNumber> numbers;
  for (const FileName& file : listing.files) {
    if (file.kind == FileKind::kWal && file.number >= manifest.version.first_log) numbers.push_back(file.number);
  }
  std::ranges::sort(numbers);
  LogChain chain;
  chain.facts_.newest = newest;
  for (FileNumber number : numbers) {
    auto reader = WalReader::open(listing.fs, listing.directory + "/" + wal_name(number), number);
    if (!reader.ok()) return reader.error();
    if (*reader) {
      chain.logs_.push_back(std::move(**reader));
    } else if (number != numbers.back()) {
      return Error(Code::kCorruption, "the log's header is damaged, although later logs exist").in(wal_name(number), 0);
    }
  }
  if (Status sound = chain.check_chain(manifest); !sound.ok()) return sound.error();
  if (Status sound = chain.check_closed_log(manifest.version); !sound.ok()) return sound.error();
  if (Status sound = chain.check_records(); !sound.ok()) return sound.error();
  return chain;
}

Status LogChain::check_chain(const LoadedManifest& manifest) const {
  FileNumber expected = manifest.version.first_log;
  for (std::size_t i = 0; i < logs_.size(); ++i) {
    const WalHeader& header = logs_[i].header();
    const FileNumber before = i == 0 ? header.previous : logs_[i - 1].header().number;
    const bool gap = i == 0 ? header.number != expected : header.previous != before;
    if (gap) {
      return Error(Code::kCorruption, fmt::format("a log before this one is missing: expected {}, found {}",
                                                  i == 0 ? expected.value : header.previous.value,
                                                  i == 0 ? header.number.value : before.value))
          .in(wal_name(header.number), 32);
    }
    const bool newer_manifest = header.manifest > manifest.number;
    if (newer_manifest || (header.manifest == manifest.number && header.manifest_record > manifest.last_record)) {
      return Error(Code::kCorruption, fmt::format("the log attests manifest {} up to record {}, found manifest {} up "
                                                  "to record {}",
                                                  header.manifest.value, header.manifest_record, manifest.number.value,
                                                  manifest.last_record))
          .in(manifest_name(manifest.number));
    }
  }
  return {};
}

Status LogChain::check_closed_log(const Version& version) const {
  if (!version.closed_log) return {};
  const auto& [number, bytes] = *version.closed_log;
  if (logs_.empty() || logs_.back().header().number != number) {
    return Error(Code::kCorruption, "the store was closed with this log, but it is missing or was emptied")
        .in(wal_name(number));
  }
  if (logs_.back().bytes() != bytes) {
    return Error(Code::kCorruption,
                 fmt::format("the store was closed with {} bytes in this log, found {}", bytes, logs_.back().bytes()))
        .in(wal_name(number), std::min(bytes, logs_.back().bytes()));
  }
  return {};
}

Status LogChain::check_records() {
  for (std::size_t i = 0; i < logs_.size(); ++i) {
    auto end = logs_[i].read(attested_bytes(logs_, i), [&](const WalRecord& record) -> Status {
      if (record.at <= facts_.newest) {
        return Error(Code::kCorruption,
                     fmt::format("stamps must ascend: {} after {}", record.at.ticks, facts_.newest.ticks));
      }
      facts_.newest = record.at;
      ++facts_.records;
      BatchReader batch(record.payload);
      for (BatchEntry entry; batch.next(entry);) continue;
      if (batch.damaged()) return Error(Code::kCorruption, "a batch that does not parse, under a valid checksum");
      return {};
    });
    if (!end.ok()) return end.error();
    facts_.dropped_bytes += end->dropped_bytes;
    facts_.clean_close = end->clean_close;
  }
  return {};
}

Status LogChain::walk(const Visitor& visit, const BatchEnd& end_batch) const {
  for (std::size_t i = 0; i < logs_.size(); ++i) {
    auto end = logs_[i].read(attested_bytes(logs_, i), [&](const WalRecord& record) -> Status {
      BatchReader batch(record.payload);
      for (BatchEntry entry; batch.next(entry);) visit(entry, record.at);
      return end_batch();
    });
    if (!end.ok()) return end.error();
  }
  return {};
}

}  // namespace mylonite
