#include "core/tool/inspect.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "core/base/json.h"
#include "core/tool/beside_writer.h"
#include "core/tool/text.h"
#include "core/version/edit_json.h"
#include "core/version/manifest.h"

namespace mylonite::tool {
namespace {

bool contains(const std::vector<FileNumber>& numbers, FileNumber number) {
  return std::ranges::find(numbers, number) != numbers.end();
}

void add_change(std::string& changes, const std::string& change) {
  changes += fmt::format("{}{}", changes.empty() ? "" : "; ", change);
}

void add_tables(std::string& changes, const VersionEdit& edit) {
  for (const VersionEdit::Added& added : edit.added) {
    const bool moved = contains(edit.removed, added.table.number);
    add_change(changes,
               fmt::format("{} {} {} level {} run {} ({}, {})", moved ? "~" : "+", table_name(added.table.number),
                           moved ? "moved to" : "to", added.level, added.run.value, human_bytes(added.table.file_bytes),
                           counted(added.table.entries, "entry")));
  }
  for (FileNumber number : edit.removed) {
    const bool moved = std::ranges::any_of(edit.added, [&](const auto& added) { return added.table.number == number; });
    if (!moved) add_change(changes, fmt::format("- {}", table_name(number)));
  }
}

std::string changes_of(const VersionEdit& edit) {
  std::string changes;
  add_tables(changes, edit);
  if (edit.first_log) add_change(changes, fmt::format("first log {}", edit.first_log->value));
  if (edit.next_file) add_change(changes, fmt::format("next file {}", edit.next_file->value));
  if (edit.ceiling) add_change(changes, fmt::format("ceiling {}", edit.ceiling->ticks));
  if (edit.history_floor) add_change(changes, fmt::format("floor {}", edit.history_floor->ticks));
  if (edit.expired_through) add_change(changes, fmt::format("expired through {}", edit.expired_through->ticks));
  if (edit.closed_log) {
    add_change(changes,
               fmt::format("closed with {} of {} bytes", wal_name(edit.closed_log->number), edit.closed_log->bytes));
  }
  if (edit.durable_log) {
    add_change(changes,
               fmt::format("{} durable to byte {}", wal_name(edit.durable_log->number), edit.durable_log->bytes));
  }
  for (const JobRecord& job : edit.jobs) {
    add_change(changes, fmt::format("{} {} by {}", job.kind(), job.id, job.policy));
  }
  if (edit.policy) add_change(changes, fmt::format("state of policy {}", edit.policy->policy));
  if (edit.jobs_kept) add_change(changes, fmt::format("the newest {} remembered", counted(*edit.jobs_kept, "merge")));
  return changes.empty() ? "nothing" : changes;
}

std::string record_line(const ManifestRecord& record, const cli::Form& form) {
  if (form.json) {
    return JsonObject()
        .number("record", record.n)
        .number("offset", record.offset)
        .number("bytes", record.bytes)
        .raw("edit", encode_edit(record.edit))
        .line();
  }
  return fmt::format("{:>6}  {:>10}  {}\n", record.n, record.offset, changes_of(record.edit));
}

std::string heading(FileNumber manifest, const cli::Form& form) {
  if (form.json) return JsonObject().text("current", manifest_name(manifest)).line();
  return fmt::format("CURRENT names {}\n{:>6}  {:>10}  {}\n", manifest_name(manifest), "record", "byte", "changes");
}

std::string ending(const LoadedManifest& loaded, std::uint64_t valid_bytes, const cli::Form& form) {
  if (form.json) {
    return JsonObject()
        .number("records", loaded.last_record + 1)
        .number("valid_bytes", valid_bytes)
        .number("torn_bytes", loaded.dropped_bytes)
        .line();
  }
  if (loaded.dropped_bytes == 0)
    return fmt::format("{}, {} bytes\n", counted(loaded.last_record + 1, "record"), valid_bytes);
  return fmt::format("{}, {} bytes; a torn end: {} bytes at byte {} are no whole record\n",
                     counted(loaded.last_record + 1, "record"), valid_bytes, loaded.dropped_bytes, valid_bytes);
}

}  // namespace

Status inspect_manifest(const StoreDirectory& store, const cli::Form& form) {
  std::string text;  // of the last try; what stands before damage is printed, too
  std::uint64_t valid_bytes = 0;
  const auto loaded = despite_a_writer(store.whole, [&] {
    text.clear();
    return load_manifest(*store.fs, store.directory, [&](const ManifestRecord& record) {
      if (record.offset == 0) text += heading(record.manifest, form);
      text += record_line(record, form);
      valid_bytes = record.offset + record.bytes;
    });
  });
  if (Status printed = cli::print(text); !printed.ok()) return printed;
  if (!loaded.ok()) return loaded.error();
  return cli::print(ending(*loaded, valid_bytes, form));
}

}  // namespace mylonite::tool
