#include "core/tool/commands.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "core/base/invariant.h"
#include "core/base/json.h"
#include "core/store/store.h"
#include "core/tool/explain_compaction.h"
#include "core/tool/explain_get.h"
#include "core/tool/inspect_manifest.h"
#include "core/tool/inspect_sst.h"
#include "core/tool/inspect_tree.h"
#include "core/tool/inspect_wal.h"
#include "core/tool/load.h"
#include "core/tool/place.h"
#include "core/tool/verify.h"

namespace mylonite::tool {
namespace {

std::string json_line(const Arguments& arguments, const std::string* value, Timestamp at) {
  JsonObject object;
  object.bytes("key", arguments.key, arguments.form.hex);
  if (value == nullptr) {
    object.raw("value", "null");
  } else {
    object.bytes("value", *value, arguments.form.hex);
  }
  return object.number("stamp", at.ticks).line();
}

Result<Exit> put(Store& store, const Arguments& arguments) {
  const auto at = store.put(arguments.key, arguments.value);
  if (!at.ok()) return at.error();
  if (!arguments.form.json) return Exit::kDone;
  if (Status done = print(json_line(arguments, &arguments.value, *at)); !done.ok()) return done.error();
  return Exit::kDone;
}

Result<Exit> remove(Store& store, const Arguments& arguments) {
  const auto at = store.remove(arguments.key);
  if (!at.ok()) return at.error();
  if (!arguments.form.json) return Exit::kDone;
  if (Status done = print(json_line(arguments, nullptr, *at)); !done.ok()) return done.error();
  return Exit::kDone;
}

Result<Exit> get(Store& store, const Arguments& arguments) {
  Session session = store.session();
  const auto value = session.get(arguments.key);
  if (!value.ok()) return value.error();
  std::string text;
  if (arguments.form.json) {
    text = json_line(arguments, *value ? &**value : nullptr, session.read_at());
  } else if (*value) {
    text = text_from(**value, arguments.form) + "\n";
  } else {
    say_aside("mylonite: the key is not there\n");
  }
  if (Status done = print(text); !done.ok()) return done.error();
  return *value ? Exit::kDone : Exit::kAbsent;
}

std::string pair_line(const Iterator& pair, const Form& form) {
  if (!form.json) return fmt::format("{}\t{}\n", text_from(pair.key(), form), text_from(pair.value(), form));
  return JsonObject()
      .bytes("key", pair.key(), form.hex)
      .bytes("value", pair.value(), form.hex)
      .number("stamp", pair.read_at().ticks)
      .line();
}

Result<Exit> range(Store& store, const Arguments& arguments) {
  const auto cursor = store.session().iterator(arguments.bounds);
  if (!cursor.ok()) return cursor.error();
  for ((*cursor)->seek_to_first(); (*cursor)->valid(); (*cursor)->next()) {
    if (Status done = print(pair_line(**cursor, arguments.form)); !done.ok()) return done.error();
  }
  if (Status sound = (*cursor)->status(); !sound.ok()) return sound.error();
  return Exit::kDone;
}

Result<Exit> load_command(Store& store, const Arguments& arguments) {
  if (Status done = load(store, arguments); !done.ok()) return done.error();
  return Exit::kDone;
}

Result<Exit> stats(Store& store, const Arguments& arguments) {
  const StoreStats now = store.stats();
  std::string text;
  switch (arguments.format) {
    case StatsFormat::kText: text = now.to_text(); break;
    case StatsFormat::kJson: text = now.to_json() + "\n"; break;
    case StatsFormat::kPrometheus: text = now.to_prometheus(); break;
  }
  if (Status done = print(text); !done.ok()) return done.error();
  return Exit::kDone;
}

Result<Exit> compact(Store& store, const Arguments& arguments) {
  if (Status done = store.compact_range(arguments.bounds); !done.ok()) return done.error();
  if (!arguments.form.json) return Exit::kDone;
  std::uint64_t bytes = 0;
  const auto version = store.version();
  for (const TableInfo* table : version->tables()) bytes += table->file_bytes;
  const std::string text = JsonObject().number("tables", version->tables().size()).number("bytes", bytes).line();
  if (Status done = print(text); !done.ok()) return done.error();
  return Exit::kDone;
}

Result<Exit> checkpoint(Store& store, const Arguments& arguments) {
  if (Status done = store.checkpoint(arguments.name); !done.ok()) return done.error();
  if (!arguments.form.json) return Exit::kDone;
  if (Status done = print(JsonObject().text("checkpoint", arguments.name).line()); !done.ok()) return done.error();
  return Exit::kDone;
}

// What is printed before a failure is for the reader of the output; the failure itself is told on standard error, and
// to readers of JSON as its last line.
Result<Exit> inspect(const Place& place, const Arguments& arguments) {
  const Form& form = arguments.form;
  Status done;
  switch (arguments.command) {
    case Command::kInspectManifest: done = inspect_manifest(place, form); break;
    case Command::kInspectWal: done = inspect_wal(place, arguments.number, form); break;
    case Command::kInspectSst:
      done = inspect_sst(place, {.number = FileNumber{*arguments.number}, .entries = arguments.entries}, form);
      break;
    case Command::kExplainCompaction: done = explain_compaction(place, arguments.number, form); break;
    default: done = inspect_tree(place, form); break;
  }
  if (done.ok()) return Exit::kDone;
  if (form.json && done.error().code() == Code::kCorruption) {
    JsonObject damage;
    damage.text("damage", done.error().message()).text("file", done.error().file());
    if (done.error().offset()) damage.number("offset", *done.error().offset());
    ignore(print(damage.line()), "the damage itself is the first failure");
  }
  return done.error();
}

Result<Exit> verify_command(const Place& place, const Arguments& arguments) {
  const auto damages = verify(place, arguments.options, arguments.form);
  if (!damages.ok()) return damages.error();
  return *damages == 0 ? Exit::kDone : Exit::kAbsent;
}

struct Handler {
  Command command;
  bool writes;
  Result<Exit> (*on_store)(Store&, const Arguments&);  // null: reads files
  Result<Exit> (*on_files)(const Place&, const Arguments&);
};
constexpr Handler kHandlers[] = {
    {Command::kPut, true, put, nullptr},
    {Command::kDelete, true, remove, nullptr},
    {Command::kLoad, true, load_command, nullptr},
    {Command::kCompact, true, compact, nullptr},
    {Command::kCheckpoint, true, checkpoint, nullptr},
    {Command::kGet, false, get, nullptr},
    {Command::kRange, false, range, nullptr},
    {Command::kStats, false, stats, nullptr},
    {Command::kExplainGet, false, explain_get_command, nullptr},
    {Command::kVerify, false, nullptr, verify_command},
    {Command::kInspectManifest, false, nullptr, inspect},
    {Command::kInspectWal, false, nullptr, inspect},
    {Command::kInspectSst, false, nullptr, inspect},
    {Command::kInspectTree, false, nullptr, inspect},
    {Command::kExplainCompaction, false, nullptr, inspect},
};

Result<Exit> run_on_store(const Handler& handler, const Arguments& arguments) {
  const auto store = handler.writes ? Store::open(arguments.options) : Store::open_read_only(arguments.options);
  if (!store.ok()) return store.error();
  auto exit = handler.on_store(**store, arguments);
  const Status closed = (*store)->close();
  if (exit.ok() && !closed.ok()) return closed.error().prefixed("close");
  return exit;
}

Result<Exit> run_on_files(const Handler& handler, const Arguments& arguments) {
  const auto place = locate(arguments.options.data_dir);
  if (!place.ok()) return place.error();
  return handler.on_files(*place, arguments);
}

}  // namespace

Result<Exit> run_command(const Arguments& arguments) {
  const Handler* handler = std::ranges::find(kHandlers, arguments.command, &Handler::command);
  invariant(handler != std::end(kHandlers), "every command has a handler");
  auto exit = handler->on_store != nullptr ? run_on_store(*handler, arguments) : run_on_files(*handler, arguments);
  // What could be printed is printed, whatever else failed; the first failure is the one that is told.
  const Status flushed = flush();
  if (exit.ok() && !flushed.ok()) return flushed.error();
  return exit;
}

}  // namespace mylonite::tool
