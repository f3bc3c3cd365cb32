#include "core/store/repair_logs.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "core/base/coding.h"
#include "core/format/batch_reader.h"
#include "core/format/file_names.h"
#include "core/sst/table_salvage.h"
#include "core/wal/record.h"

namespace mylonite {
namespace {

constexpr std::size_t kSaltAt = 24;  // core/wal/record.h

std::optional<WalRecord> record_at(std::string_view log, const WalHeader& header, std::uint64_t offset) {
  const std::string_view rest = log.substr(offset);
  const auto found = decode_record_header(rest, header, offset);
  if (!found) return std::nullopt;
  const std::size_t total = encoded_record_bytes(found->payload_bytes);
  if (total > rest.size()) return std::nullopt;
  const std::string_view padded = rest.substr(kRecordHeaderBytes, total - kRecordHeaderBytes);
  if (!payload_matches(*found, padded, header, offset)) return std::nullopt;
  return WalRecord{.type = found->type,
                   .synced_to = found->synced_to,
                   .at = found->at,
                   .payload = rest.substr(kRecordHeaderBytes, found->payload_bytes)};
}

// The first record at or behind `from`; the file's end: none.
std::uint64_t next_record(std::string_view log, const WalHeader& header, std::uint64_t from) {
  for (std::uint64_t at = from; at + kRecordHeaderBytes <= log.size(); at += kRecordAlignment) {
    if (record_at(log, header, at)) return at;
  }
  return log.size();
}

// A header's own checksum holds, so what it says about durability counts even if the payload is damaged.
std::uint64_t durable_bytes(std::string_view log, const WalHeader& header) {
  std::uint64_t durable = 0;
  for (std::uint64_t at = kWalHeaderBytes; at + kRecordHeaderBytes <= log.size(); at += kRecordAlignment) {
    const auto found = decode_record_header(log.substr(at), header, at);
    if (found) durable = std::max(durable, found->synced_to);
  }
  return durable;
}

bool parses(std::string_view payload) {
  BatchReader batch(payload);
  for (BatchEntry entry; batch.next(entry);) continue;
  return !batch.damaged();
}

struct Log {
  FileNumber number;
  std::size_t bytes = 0;            // which of LogSalvage::bytes
  std::optional<WalHeader> header;  // with a whole checksum
  std::optional<WalHeader> usable;  // at least number and salt are right
  std::string why;                  // the header cannot be read
};

class LogSalvager {
 public:
  LogSalvager(vfs::FileSystem& fs, const std::string& directory, const LogNeeds& needs)
      : fs_(fs), directory_(directory), needs_(needs), last_(needs.after) {}

  Result<LogSalvage> run(const std::vector<FileNumber>& numbers) {
    for (const FileNumber number : numbers) {
      if (Status done = open(number); !done.ok()) return done.error();
    }
    for (std::size_t i = 0; i < logs_.size(); ++i) {
      if (!logs_[i].header) find_salt(i);
    }
    for (std::size_t i = 0; i < logs_.size(); ++i) {
      note_missing_before(i);
      read(i);
    }
    note_missing_end();
    std::ranges::stable_sort(out_.batches, {}, &LogSalvage::Batch::at);
    return std::move(out_);
  }

 private:
  Status open(FileNumber number);
  void find_salt(std::size_t i);
  void note_missing_before(std::size_t i);
  void note_missing_end();
  void missing(FileNumber number, std::optional<std::uint64_t> bytes);
  void read(std::size_t i);
  // Empty: all of the log was read, up to a torn end at `end`.
  void lose(const Log& log, std::uint64_t from, std::optional<std::uint64_t> to, const std::string& why);
  std::optional<std::uint64_t> attested(std::size_t i) const;
  // Ends the ranges that were lost since the last record.
  void note_stamp(Timestamp at) {
    for (std::size_t i = closed_; i < out_.lost.size(); ++i) out_.lost[i].before = at;
    closed_ = out_.lost.size();
    last_ = std::max(last_, at);
  }

  vfs::FileSystem& fs_;
  const std::string& directory_;
  const LogNeeds& needs_;
  std::vector<Log> logs_;
  Timestamp last_;
  std::size_t closed_ = 0;  // lost ranges whose end is known
  LogSalvage out_;
};

Status LogSalvager::open(FileNumber number) {
  auto bytes = read_despite_errors(fs_, directory_ + "/" + wal_name(number));
  if (!bytes.ok()) return bytes.error();
  Log log{.number = number, .bytes = out_.bytes.size(), .header = {}, .usable = {}, .why = {}};
  const auto header = decode_wal_header(*bytes, wal_name(number));
  if (!header.ok() && header.error().code() == Code::kUnsupported) return header.error();
  if (header.ok() && header->number == number) {
    log.header = *header;
    log.usable = *header;
    out_.highest = std::max({out_.highest, header->previous, header->manifest});
  } else {
    log.why = header.ok() ? "the header is another log's" : header.error().message();
  }
  out_.bytes.push_back(std::move(*bytes));
  logs_.push_back(std::move(log));
  return {};
}

void LogSalvager::find_salt(std::size_t i) {
  const std::string& bytes = out_.bytes[logs_[i].bytes];
  std::vector<std::uint64_t> salts;
  if (bytes.size() >= kSaltAt + 8) salts.push_back(load_fixed64(bytes.data() + kSaltAt));
  for (const Log& other : logs_) {
    if (other.header) salts.push_back(other.header->salt);
  }
  for (const std::uint64_t salt : salts) {
    WalHeader guess;
    guess.number = logs_[i].number;
    guess.salt = salt;
    if (next_record(bytes, guess, kWalHeaderBytes) >= bytes.size()) continue;
    logs_[i].usable = guess;
    return;
  }
}

std::optional<std::uint64_t> LogSalvager::attested(std::size_t i) const {
  if (i + 1 < logs_.size()) {
    const auto& next = logs_[i + 1].header;
    if (next && next->previous == logs_[i].number) return next->previous_bytes;
    return std::nullopt;
  }
  if (needs_.durable && needs_.durable->number == logs_[i].number) return needs_.durable->bytes;
  return std::nullopt;
}

void LogSalvager::missing(FileNumber number, std::optional<std::uint64_t> bytes) {
  out_.lost.push_back({.file = wal_name(number), .from = 0, .to = bytes, .after = last_});
  out_.damaged.push_back({.name = wal_name(number),
                          .fate = RepairReport::File::Fate::kMissing,
                          .why = "this log is needed, but it is missing",
                          .kept = {}});
}

void LogSalvager::note_missing_before(std::size_t i) {
  const auto& header = logs_[i].header;
  if (i == 0) {
    if (!needs_.first || logs_[0].number <= *needs_.first) return;
    if (header && header->previous > *needs_.first) missing(*needs_.first, std::nullopt);
    const bool named = header && header->previous >= *needs_.first;
    missing(named ? header->previous : *needs_.first,
            named ? std::optional<std::uint64_t>(header->previous_bytes) : std::nullopt);
    return;
  }
  // A log without a predecessor begins another opening of the store.
  if (!header || header->previous.value == 0 || header->previous == logs_[i - 1].number) return;
  missing(header->previous, header->previous_bytes);
}

void LogSalvager::note_missing_end() {
  if (!needs_.durable || (needs_.first && needs_.durable->number < *needs_.first)) return;
  if (!logs_.empty() && logs_.back().number >= needs_.durable->number) return;
  missing(needs_.durable->number, needs_.durable->bytes);
}

void LogSalvager::lose(const Log& log, std::uint64_t from, std::optional<std::uint64_t> to, const std::string& why) {
  out_.lost.push_back({.file = wal_name(log.number), .from = from, .to = to, .after = last_});
  if (!out_.damaged.empty() && out_.damaged.back().name == wal_name(log.number)) return;
  out_.damaged.push_back({.name = wal_name(log.number),
                          .fate = RepairReport::File::Fate::kSalvaged,
                          .why = fmt::format("{} at byte {}", why, from),
                          .kept = {}});
}

void LogSalvager::read(std::size_t i) {
  const Log& log = logs_[i];
  const std::string_view bytes = out_.bytes[log.bytes];
  if (!log.usable) {
    // An unfinished creation: no record is written before the header is durable.
    const bool unfinished = i + 1 == logs_.size() && bytes.size() <= kWalHeaderBytes && !attested(i);
    if (!unfinished) lose(log, 0, std::nullopt, log.why);
    return;
  }
  const bool first_lost = !log.header && !record_at(bytes, *log.usable, kWalHeaderBytes);
  std::optional<std::uint64_t> known;  // durable up to here; looked for once it is needed
  std::uint64_t at = kWalHeaderBytes;
  while (at < bytes.size()) {
    const auto record = record_at(bytes, *log.usable, at);
    if (record && record->type == RecordType::kCleanClose) {
      at += encoded_record_bytes(0);
      break;
    }
    if (record && parses(record->payload)) {
      note_stamp(record->at);
      out_.batches.push_back({.at = record->at, .payload = record->payload});
      at += encoded_record_bytes(record->payload.size());
      continue;
    }
    if (!known) known = std::max(durable_bytes(bytes, *log.usable), attested(i).value_or(0));
    const bool in_header_sector = at == kWalHeaderBytes && first_lost;
    if (at >= *known && !in_header_sector) {
      out_.torn_bytes += bytes.size() - at;
      return;
    }
    const std::uint64_t next = next_record(bytes, *log.usable, at + (record ? kRecordAlignment : 0));
    lose(log, at, next == bytes.size() ? std::optional(std::max(*known, at)) : next, "no record can be read");
    at = next;
  }
  if (at < attested(i).value_or(0) && at >= bytes.size()) {
    if (out_.lost.empty() || out_.lost.back().file != wal_name(log.number) || out_.lost.back().to < attested(i)) {
      lose(log, at, attested(i), "the log ends early");
    }
  }
  if (!log.header && (out_.damaged.empty() || out_.damaged.back().name != wal_name(log.number))) {
    out_.damaged.push_back(
        {.name = wal_name(log.number), .fate = RepairReport::File::Fate::kSalvaged, .why = log.why, .kept = {}});
  }
}

}  // namespace

Result<LogSalvage> salvage_logs(vfs::FileSystem& fs, const std::string& directory,
                                const std::vector<FileNumber>& numbers, const LogNeeds& needs) {
  return LogSalvager(fs, directory, needs).run(numbers);
}

std::optional<AttestedManifest> newest_attested(vfs::FileSystem& fs, const std::string& directory,
                                                const std::vector<FileNumber>& numbers) {
  std::optional<AttestedManifest> newest;
  for (const FileNumber number : numbers) {
    const auto file = fs.open(directory + "/" + wal_name(number), vfs::OpenMode::kRead);
    if (!file.ok()) continue;
    std::array<char, kWalHeaderBytes> bytes{};
    const auto read = (*file)->read_at(0, bytes);
    if (!read.ok()) continue;
    const auto header = decode_wal_header(std::string_view(bytes.data(), *read), wal_name(number));
    if (!header.ok() || header->number != number) continue;
    const AttestedManifest found{.manifest = header->manifest, .record = header->manifest_record};
    const bool later = !newest || found.manifest > newest->manifest ||
                       (found.manifest == newest->manifest && found.record > newest->record);
    if (later) newest = found;
  }
  return newest;
}

}  // namespace mylonite
