#include "core/tool/inspect.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include <mylonite/write_batch.h>

#include "core/base/json.h"
#include "core/format/batch_reader.h"
#include "core/tool/text.h"
#include "core/wal/reader.h"

namespace mylonite::tool {
namespace {

std::string operation_text(const BatchEntry& entry, const cli::Form& form) {
  const std::string key = shown(entry.key, form);
  switch (entry.kind) {
    case Kind::kPut: return fmt::format("      put {}, value of {} bytes\n", key, entry.value.size());
    case Kind::kDelete: return fmt::format("      delete {}\n", key);
    case Kind::kRangeDelete: break;
  }
  return fmt::format("      delete range {} .. before {}\n", key, shown(entry.value, form));
}

std::string operation_json(const BatchEntry& entry, const cli::Form& form) {
  JsonObject object;
  object.text("kind", kind_name(entry.kind)).bytes("key", entry.key, form.hex);
  if (entry.kind == Kind::kPut) object.number("value_bytes", entry.value.size());
  if (entry.kind == Kind::kRangeDelete) object.bytes("high", entry.value, form.hex);
  return object.object();
}

Result<std::string> record_text(const WalRecord& record, std::uint64_t offset, const cli::Form& form) {
  std::string operations;
  JsonArray array;
  std::uint64_t count = 0;
  BatchReader batch(record.payload);
  for (BatchEntry entry; batch.next(entry); ++count) {
    if (form.json) {
      array.add(operation_json(entry, form));
    } else {
      operations += operation_text(entry, form);
    }
  }
  if (batch.damaged()) return Error(Code::kCorruption, "a batch that does not parse, under a valid checksum");
  if (form.json) {
    return JsonObject()
        .number("offset", offset)
        .number("stamp", record.at.ticks)
        .number("synced_to", record.synced_to)
        .raw("operations", array.array())
        .line();
  }
  return fmt::format("  at byte {}: stamp {}, synced to {}, {}\n{}", offset, record.at.ticks, record.synced_to,
                     counted(count, "operation"), operations);
}

std::string header_text(const WalReader& log, const cli::Form& form) {
  const WalHeader& header = log.header();
  if (form.json) {
    return JsonObject()
        .text("log", wal_name(header.number))
        .number("bytes", log.bytes())
        .text("salt", fmt::format("{:016x}", header.salt))
        .number("previous", header.previous.value)
        .number("previous_bytes", header.previous_bytes)
        .number("manifest", header.manifest.value)
        .number("manifest_record", header.manifest_record)
        .line();
  }
  const std::string before = header.previous.value == 0 ? std::string("the first since the store was opened")
                                                        : fmt::format("follows {} of {} bytes",
                                                                      wal_name(header.previous), header.previous_bytes);
  return fmt::format("{}: {} bytes, salt {:016x}, {}, attests {} up to record {}\n", wal_name(header.number),
                     log.bytes(), header.salt, before, manifest_name(header.manifest), header.manifest_record);
}

std::string end_text(const LogEnd& end, const cli::Form& form) {
  if (form.json) {
    return JsonObject()
        .text("end", end.clean_close ? "clean close" : (end.dropped_bytes > 0 ? "torn tail" : "open"))
        .number("records", end.records)
        .number("valid_bytes", end.valid_bytes)
        .number("torn_bytes", end.dropped_bytes)
        .line();
  }
  const std::string records = counted(end.records, "record");
  if (end.clean_close) return fmt::format("  end: clean close, {}\n", records);
  if (end.dropped_bytes == 0) return fmt::format("  end: not closed, {}\n", records);
  return fmt::format("  end: {}, then a torn tail: {} bytes at byte {} were never known durable\n", records,
                     end.dropped_bytes, end.valid_bytes);
}

// The length of the log that its successor attests; empty: there is no readable successor.
std::optional<std::uint64_t> attested_bytes(const StoreDirectory& store, FileNumber number) {
  for (FileNumber later : store.numbers(FileKind::kWal)) {
    if (later <= number) continue;
    const auto log = WalReader::open(*store.fs, store.path(wal_name(later)), later);
    if (!log.ok() || !*log || (*log)->header().previous != number) return std::nullopt;
    return (*log)->header().previous_bytes;
  }
  return std::nullopt;
}

Status inspect_log(const StoreDirectory& store, FileNumber number, const cli::Form& form) {
  const auto log = WalReader::open(*store.fs, store.path(wal_name(number)), number);
  if (!log.ok()) return log.error();
  if (!*log) {
    return cli::print(form.json ? JsonObject().text("log", wal_name(number)).text("end", "never begun").line()
                                : fmt::format("{}: its creation never finished; it holds nothing\n", wal_name(number)));
  }
  if (Status done = cli::print(header_text(**log, form)); !done.ok()) return done;
  std::uint64_t offset = kWalHeaderBytes;
  Status printed;  // kept apart, since the reader counts an error of its visitor as damage of the log
  const auto end = (*log)->read({.length = attested_bytes(store, number)}, [&](const WalRecord& record) -> Status {
    const auto text = record_text(record, offset, form);
    if (!text.ok()) return text.error();
    offset += encoded_record_bytes(record.payload.size());
    if (printed.ok()) printed = cli::print(*text);
    return {};
  });
  if (!printed.ok()) return printed;
  if (!end.ok()) return end.error();
  return cli::print(end_text(*end, form));
}

}  // namespace

Status inspect_wal(const StoreDirectory& store, std::optional<std::uint64_t> number, const cli::Form& form) {
  std::vector<FileNumber> numbers = store.numbers(FileKind::kWal);
  if (number) {
    if (std::ranges::find(numbers, FileNumber{*number}) == numbers.end()) {
      return Error(Code::kInvalidArgument, fmt::format("there is no {} here", wal_name(FileNumber{*number})));
    }
    numbers = {FileNumber{*number}};
  }
  Status first;
  for (FileNumber each : numbers) {
    const Status done = inspect_log(store, each, form);
    if (done.ok()) continue;
    if (done.error().code() == Code::kIo) return done;
    if (!number && done.error().code() == Code::kNotFound) continue;  // listed, then removed by a writer
    if (first.ok()) first = done;
  }
  return first;
}

}  // namespace mylonite::tool
