#include "core/tool/commands.h"

#include <fmt/format.h>

#include "core/store/store.h"
#include "core/tool/load.h"

namespace mylonite::tool {
namespace {

std::string json_object(const Arguments& arguments, const std::string* value, Timestamp at) {
  const std::string key = json_member("key", arguments.key, arguments.form);
  const std::string shown = value == nullptr ? R"("value":null)" : json_member("value", *value, arguments.form);
  return fmt::format("{{{},{},\"stamp\":{}}}\n", key, shown, at.ticks);
}

Result<Exit> put(Store& store, const Arguments& arguments) {
  const auto at = store.put(arguments.key, arguments.value);
  if (!at.ok()) return at.error();
  if (!arguments.form.json) return Exit::kDone;
  if (Status done = print(json_object(arguments, &arguments.value, *at)); !done.ok()) return done.error();
  return Exit::kDone;
}

Result<Exit> remove(Store& store, const Arguments& arguments) {
  const auto at = store.remove(arguments.key);
  if (!at.ok()) return at.error();
  if (!arguments.form.json) return Exit::kDone;
  if (Status done = print(json_object(arguments, nullptr, *at)); !done.ok()) return done.error();
  return Exit::kDone;
}

Result<Exit> get(Store& store, const Arguments& arguments) {
  Session session = store.session();
  const auto value = session.get(arguments.key);
  if (!value.ok()) return value.error();
  std::string text;
  if (arguments.form.json) {
    text = json_object(arguments, *value ? &**value : nullptr, session.read_at());
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
  const std::string key = json_member("key", pair.key(), form);
  const std::string value = json_member("value", pair.value(), form);
  return fmt::format("{{{},{},\"stamp\":{}}}\n", key, value, pair.read_at().ticks);
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

Result<Exit> run_on(Store& store, const Arguments& arguments) {
  switch (arguments.command) {
    case Command::kPut: return put(store, arguments);
    case Command::kGet: return get(store, arguments);
    case Command::kDelete: return remove(store, arguments);
    case Command::kRange: return range(store, arguments);
    case Command::kLoad: break;
  }
  if (Status done = load(store, arguments); !done.ok()) return done.error();
  return Exit::kDone;
}

}  // namespace

Result<Exit> run_command(const Arguments& arguments) {
  const auto store = Store::open(arguments.options);
  if (!store.ok()) return store.error();
  auto exit = run_on(**store, arguments);
  const Status closed = (*store)->close();
  // What could be printed is printed, whatever else failed; the first failure is the one that is told.
  const Status flushed = flush();
  if (!exit.ok()) return exit;
  if (!closed.ok()) return closed.error().prefixed("close");
  if (!flushed.ok()) return flushed.error();
  return exit;
}

}  // namespace mylonite::tool
