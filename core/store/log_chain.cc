#include "core/store/log_chain.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace mylonite {
Result<LogChain> LogChain::read(const Listing& listing, const LoadedManifest& manifest, Timestamp newest) {
  std::vector<FileNumber> numbers;
  for (const FileName& file : listing.files) {
    if (file.kind == FileKind::kWal && file.number >= manifest.version.first_log) numbers.push_back(file.number);
  }
  std::ranges::sort(numbers);
  LogChain chain;
  chain.facts_.newest = newest;
  chain.durable_ = manifest.version.durable_log;
  if (const auto& closed = manifest.version.closed_log) {
    // The marker at its end holds nothing.
    chain.durable_ = LogLength{.number = closed->number, .bytes = closed->bytes - kRecordHeaderBytes};
  }
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
  if (Status sound = chain.check_attested(manifest.version); !sound.ok()) return sound.error();
  if (Status sound = chain.check_records(); !sound.ok()) return sound.error();
  return chain;
}

Status LogChain::check_chain(const LoadedManifest& manifest) const {
  FileNumber expected = manifest.version.first_log;
  for (std::size_t i = 0; i < logs_.size(); ++i) {
    const WalHeader& header = logs_[i].header();
    const FileNumber before = i == 0 ? header.previous : logs_[i - 1].header().number;
    const bool newer_manifest = header.manifest > manifest.number;
    if (newer_manifest || (header.manifest == manifest.number && header.manifest_record > manifest.last_record)) {
      return Error(Code::kCorruption, fmt::format("the log attests manifest {} up to record {}, found manifest {} up "
                                                  "to record {}",
                                                  header.manifest.value, header.manifest_record, manifest.number.value,
                                                  manifest.last_record))
          .in(manifest_name(manifest.number));
    }
    const bool gap = i == 0 ? header.number != expected : header.previous != before;
    if (gap) {
      return Error(Code::kCorruption,
                   fmt::format("this log is missing, although {} follows it", wal_name(header.number)))
          .in(wal_name(i == 0 ? expected : header.previous));
    }
  }
  return {};
}

// What others than log i itself say about its length.
WalReader::Attested LogChain::attested(std::size_t i) const {
  WalReader::Attested attested;
  if (i + 1 < logs_.size()) attested.length = logs_[i + 1].header().previous_bytes;
  if (durable_ && durable_->number == logs_[i].header().number) attested.durable = durable_->bytes;
  return attested;
}

Status LogChain::check_attested(const Version& version) const {
  const auto is_there = [&](FileNumber number) {
    return std::ranges::any_of(logs_, [&](const WalReader& log) { return log.header().number == number; });
  };
  const bool closed = version.closed_log.has_value();
  if (!closed && durable_ && durable_->number >= version.first_log && !is_there(durable_->number)) {
    return Error(Code::kCorruption, fmt::format("the manifest knows {} bytes of this log durable, but it is missing or "
                                                "was emptied",
                                                durable_->bytes))
        .in(wal_name(durable_->number));
  }
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
    auto end = logs_[i].read(attested(i), [&](const WalRecord& record) -> Status {
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
    auto end = logs_[i].read(attested(i), [&](const WalRecord& record) -> Status {
      BatchReader batch(record.payload);
      for (BatchEntry entry; batch.next(entry);) visit(entry, record.at);
      return end_batch();
    });
    if (!end.ok()) return end.error();
  }
  return {};
}

}  // namespace mylonite
