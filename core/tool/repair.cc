#include "core/tool/repair.h"

#include <string>
#include <string_view>

#include <fmt/format.h>

#include <mylonite/store.h>

#include "core/base/json.h"
#include "core/cli/output.h"
#include "core/tool/text.h"

namespace mylonite::tool {
namespace {

using Fate = RepairReport::File::Fate;

std::string_view fate_name(Fate fate) {
  switch (fate) {
    case Fate::kSalvaged: return "salvaged";
    case Fate::kSetAside: return "set aside";
    case Fate::kMissing: break;
  }
  return "missing";
}

std::string_view source_name(TreeSource source) {
  switch (source) {
    case TreeSource::kManifest: return "the manifest";
    case TreeSource::kManifestPart: return "what is left of the manifest, and the tables that exist";
    case TreeSource::kTables: break;
  }
  return "the tables that exist";
}

std::string file_line(const RepairReport::File& file, const cli::Form& form) {
  if (form.json) {
    return JsonObject()
        .text("file", file.name)
        .text("fate", fate_name(file.fate))
        .text("why", file.why)
        .text("kept", file.kept)
        .line();
  }
  const std::string kept = file.kept.empty() ? "" : fmt::format("; kept as {}", file.kept);
  return fmt::format("{}: {}: {}{}\n", fate_name(file.fate), file.name, file.why, kept);
}

std::string keys_line(const RepairReport::LostKeys& lost, const cli::Form& form) {
  const std::string_view what = lost.range_deletes ? "range deletes" : "entries";
  if (form.json) {
    JsonObject object;
    object.text("lost", what).text("file", lost.file);
    if (lost.low) object.bytes("low", *lost.low, form.hex);
    if (lost.high) object.bytes("high", *lost.high, form.hex);
    return object.line();
  }
  return fmt::format("lost: {}: {} of keys from {} to {}\n", lost.file, what,
                     lost.low ? shown(*lost.low, form) : "the first", lost.high ? shown(*lost.high, form) : "the last");
}

std::string log_line(const RepairReport::LostLog& lost, const cli::Form& form) {
  if (form.json) {
    JsonObject object;
    object.text("lost", "batches").text("file", lost.file).number("from", lost.from);
    if (lost.to) object.number("to", *lost.to);
    return object.number("after", lost.after.ticks).number("before", lost.before.ticks).line();
  }
  return fmt::format("lost: {}: batches from byte {} to {}, stamps between {} and {}\n", lost.file, lost.from,
                     lost.to ? fmt::format("{}", *lost.to) : "its end", lost.after.ticks,
                     lost.before == kTimestampMax ? "the end" : fmt::format("{}", lost.before.ticks));
}

std::string summary(const RepairReport& report, const cli::Form& form) {
  if (form.json) {
    return JsonObject()
        .flag("sound", report.sound)
        .flag("dry_run", report.dry_run)
        .text("tree", source_name(report.tree))
        .flag("deletes_may_return", report.deletes_may_return)
        .number("tables_kept", report.tables_kept)
        .number("tables_written", report.tables_written)
        .number("tables_merged", report.tables_merged)
        .number("entries_salvaged", report.entries_salvaged)
        .number("records_replayed", report.records_replayed)
        .number("log_bytes_torn", report.log_bytes_torn)
        .number("files_ignored", report.files_ignored)
        .line();
  }
  if (report.sound) {
    return fmt::format("sound: {} and {} in logs; nothing was changed\n", counted(report.tables_kept, "table"),
                       counted(report.records_replayed, "record"));
  }
  std::string text;
  if (report.deletes_may_return) {
    text += fmt::format("note: the tree is made from {}: keys that were deleted or expired may be back\n",
                        source_name(report.tree));
  }
  const std::string from =
      fmt::format("{} sound, {} salvaged from damaged ones, {} in logs", counted(report.tables_kept, "table"),
                  counted(report.entries_salvaged, "entry"), counted(report.records_replayed, "record"));
  if (report.dry_run) return text + fmt::format("dry run, nothing was changed: {}\n", from);
  return text + fmt::format("repaired: {}; {} written\n", from, counted(report.tables_written, "table"));
}

}  // namespace

Result<cli::Exit> repair(const StoreDirectory& /*store*/, const Arguments& arguments) {
  const auto report = Store::repair(arguments.options, arguments.dry_run ? RepairMode::kDryRun : RepairMode::kRepair);
  if (!report.ok()) return report.error();
  std::string text;
  for (const RepairReport::File& file : report->files) text += file_line(file, arguments.form);
  for (const RepairReport::LostKeys& lost : report->lost_keys) text += keys_line(lost, arguments.form);
  for (const RepairReport::LostLog& lost : report->lost_logs) text += log_line(lost, arguments.form);
  if (Status done = cli::print(text + summary(*report, arguments.form)); !done.ok()) return done.error();
  const bool lost = !report->lost_keys.empty() || !report->lost_logs.empty() || report->deletes_may_return;
  return lost || (report->dry_run && !report->sound) ? cli::Exit::kFinding : cli::Exit::kDone;
}

}  // namespace mylonite::tool
