#include "core/tool/commands.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>

#include <fmt/format.h>

#include <mylonite/store.h>

#include "core/base/json.h"
#include "core/cli/settings.h"
#include "core/store/internals.h"
#include "core/tool/advice.h"
#include "core/tool/beside_writer.h"
#include "core/tool/doctor.h"
#include "core/tool/explain.h"
#include "core/tool/inspect.h"
#include "core/tool/load.h"
#include "core/tool/pairs.h"
#include "core/tool/repair.h"
#include "core/tool/store_directory.h"
#include "core/tool/text.h"
#include "core/tool/verify.h"
#include "core/version/version.h"

namespace mylonite::tool {
namespace {

using cli::Exit;
using cli::Parameter;
using Parameters = std::vector<Parameter>;

constexpr std::uint64_t kWritersMax = 256;

Result<Exit> put(Store& store, const Arguments& arguments) {
  const auto at = store.put(arguments.key, arguments.value);
  if (!at.ok()) return at.error();
  if (!arguments.form.json) return Exit::kDone;
  if (Status done = cli::print(json_line(arguments, &arguments.value, *at)); !done.ok()) return done.error();
  return Exit::kDone;
}

Result<Exit> remove(Store& store, const Arguments& arguments) {
  const auto at = store.remove(arguments.key);
  if (!at.ok()) return at.error();
  if (!arguments.form.json) return Exit::kDone;
  if (Status done = cli::print(json_line(arguments, nullptr, *at)); !done.ok()) return done.error();
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
    text = cli::text_from(**value, arguments.form) + "\n";
  } else {
    cli::print_error("mylonite: the key is not there\n");
  }
  if (Status done = cli::print(text); !done.ok()) return done.error();
  return *value ? Exit::kDone : Exit::kFinding;
}

Result<Exit> range(Store& store, const Arguments& arguments) {
  const auto cursor = store.session().iterator(arguments.bounds);
  if (!cursor.ok()) return cursor.error();
  for ((*cursor)->seek_to_first(); (*cursor)->valid(); (*cursor)->next()) {
    const auto line = pair_line(**cursor, arguments.form);
    if (!line.ok()) return line.error();
    if (Status done = cli::print(*line); !done.ok()) return done.error();
  }
  if (Status sound = (*cursor)->status(); !sound.ok()) return sound.error();
  return Exit::kDone;
}

Result<Exit> load_lines(Store& store, const Arguments& arguments) {
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
  if (Status done = cli::print(text); !done.ok()) return done.error();
  return Exit::kDone;
}

Result<Exit> compact(Store& store, const Arguments& arguments) {
  if (Status done = store.compact_range(arguments.bounds); !done.ok()) return done.error();
  if (!arguments.form.json) return Exit::kDone;
  std::uint64_t bytes = 0;
  const auto version = StoreInternals::version(store);
  for (const TableInfo* table : version->tables()) bytes += table->file_bytes;
  const std::string text = JsonObject().number("tables", version->tables().size()).number("bytes", bytes).line();
  if (Status done = cli::print(text); !done.ok()) return done.error();
  return Exit::kDone;
}

Result<Exit> checkpoint(Store& store, const Arguments& arguments) {
  if (Status done = store.checkpoint(arguments.name); !done.ok()) return done.error();
  if (!arguments.form.json) return Exit::kDone;
  if (Status done = cli::print(JsonObject().text("checkpoint", arguments.name).line()); !done.ok()) return done.error();
  return Exit::kDone;
}

// The output before a failure stays. The failure goes to standard error; in JSON it is also the last line of the
// output.
Result<Exit> read_files(const Arguments& arguments, const Status& done) {
  if (done.ok()) return Exit::kDone;
  if (arguments.form.json && done.error().code() == Code::kCorruption) {
    JsonObject damage;
    damage.text("damage", done.error().message()).text("file", done.error().file());
    if (done.error().offset()) damage.number("offset", *done.error().offset());
    ignore(cli::print(damage.line()), "the damage itself is the first failure");
  }
  return done.error();
}

Result<Exit> manifest(const StoreDirectory& store, const Arguments& arguments) {
  return read_files(arguments, inspect_manifest(store, arguments.form));
}

Result<Exit> wal(const StoreDirectory& store, const Arguments& arguments) {
  return read_files(arguments, inspect_wal(store, arguments.number, arguments.form));
}

Result<Exit> sst(const StoreDirectory& store, const Arguments& arguments) {
  const TableQuestion question{.number = FileNumber{arguments.number.value_or(0)}, .entries = arguments.entries};
  return read_files(arguments, inspect_sst(store, question, arguments.form));
}

Result<Exit> tree(const StoreDirectory& store, const Arguments& arguments) {
  return read_files(arguments, inspect_tree(store, arguments.form));
}

Result<Exit> compaction(const StoreDirectory& store, const Arguments& arguments) {
  return read_files(arguments, explain_compaction(store, arguments.number, arguments.form));
}

Result<Exit> verify_all(const StoreDirectory& store, const Arguments& arguments) {
  const auto damages = verify(store, arguments.options, arguments.form);
  if (!damages.ok()) return damages.error();
  return *damages == 0 ? Exit::kDone : Exit::kFinding;
}

Parameters none(RawArguments& /*raw*/) { return {}; }

Parameters key(RawArguments& raw) { return {{.name = "KEY", .to = &raw.key, .required = true}}; }

Parameters key_and_value(RawArguments& raw) {
  return {{.name = "KEY", .to = &raw.key, .required = true}, {.name = "VALUE", .to = &raw.value, .required = true}};
}

Parameters bounds(RawArguments& raw) {
  return {{.name = "LO", .to = &raw.low, .meaning = "the first key"},
          {.name = "HI", .to = &raw.high, .meaning = "the key to stop before"}};
}

Parameters of_load(RawArguments& raw) {
  return {{.name = "--acks", .to = &raw.acks, .meaning = "print each key as soon as its write is acknowledged"},
          {.name = "--writers",
           .to = &raw.writers,
           .meaning = "threads that write; more than one may swap lines of one key",
           .has_default = true,
           .range = cli::Range{.low = 1, .high = kWritersMax}}};
}

Parameters of_stats(RawArguments& raw) {
  return {{.name = "--format",
           .to = &raw.format,
           .meaning = "text, json or prometheus",
           .one_of = {"text", "json", "prometheus"}}};
}

Parameters of_checkpoint(RawArguments& raw) {
  return {{.name = "NAME", .to = &raw.name, .meaning = "the new store's directory", .required = true}};
}

Parameters of_wal(RawArguments& raw) {
  return {{.name = "NUMBER", .to = &raw.number, .meaning = "N of wal-N.log; all logs without it"}};
}

Parameters of_sst(RawArguments& raw) {
  return {{.name = "NUMBER", .to = &raw.number, .meaning = "N of sst-N.sst", .required = true},
          {.name = "--entries", .to = &raw.entries, .meaning = "print every entry"}};
}

Parameters of_repair(RawArguments& raw) {
  return {{.name = "--dry-run", .to = &raw.dry_run, .meaning = "say what a repair would do, and change nothing"}};
}

Parameters of_explain_get(RawArguments& raw) {
  return {{.name = "KEY", .to = &raw.key, .required = true},
          {.name = "--as-of", .to = &raw.as_of, .meaning = "read as of this earlier stamp", .type = "STAMP"}};
}

Parameters of_compaction(RawArguments& raw) { return {{.name = "ID", .to = &raw.number, .meaning = "of the merge"}}; }

enum class Access : std::uint8_t {
  kCreates,  // opens the store for writing, and creates a missing one
  kWrites,
  kReads,
  kFiles,    // reads files without opening the store
  kRepairs,  // and writes them, by the options of the store
};

struct Row {
  std::string_view name;
  std::string_view what;
  std::string_view example;
  Access access;
  Parameters (*parameters)(RawArguments&);
  Result<Exit> (*on_store)(Store&, const Arguments&);
  Result<Exit> (*on_files)(const StoreDirectory&, const Arguments&) = nullptr;  // if the store is not opened
};
constexpr Row kRows[] = {
    {"put", "Write one key", "mylonite put my-data city Oslo", Access::kCreates, key_and_value, put},
    {"get", "Print the value of a key; exit 1 if it is not there", "mylonite get my-data city", Access::kReads, key,
     get},
    {"delete", "Remove a key; one that is not there may be removed, too", "mylonite delete my-data city",
     Access::kWrites, key, remove},
    {"range", "Print the keys from LO to before HI as key<TAB>value, which `load` reads", "mylonite range my-data a n",
     Access::kReads, bounds, range},
    {"load", "Write the key<TAB>value lines of standard input",
     R"(printf 'city\tOslo\nriver\tAkerselva\n' | mylonite load my-data --acks)", Access::kCreates, of_load,
     load_lines},
    {"stats", "Print figures of the store's content and state", "mylonite stats my-data --format prometheus",
     Access::kReads, of_stats, stats},
    {"verify", "Read every file whole and check it; exit 1 if damage was found", "mylonite verify my-data",
     Access::kFiles, none, nullptr, verify_all},
    {"repair", "Make a damaged store one that opens; exit 1 if something was lost, or a dry run found damage",
     "mylonite repair my-data --dry-run", Access::kRepairs, of_repair, nullptr, repair},
    {"compact", "Merge the tables that overlap LO to before HI, or all, into the deepest level",
     "mylonite compact my-data", Access::kWrites, bounds, compact},
    {"checkpoint", "Make a second store beside this one that shares its tables",
     "mylonite checkpoint my-data my-data-monday", Access::kWrites, of_checkpoint, checkpoint},
    {"inspect manifest", "The manifest, record by record", "mylonite inspect manifest my-data", Access::kFiles, none,
     nullptr, manifest},
    {"inspect wal", "Logs, record by record: all of them, or one", "mylonite inspect wal my-data 7", Access::kFiles,
     of_wal, nullptr, wal},
    {"inspect sst", "A table: its parts, facts and entries", "mylonite inspect sst my-data 12 --entries",
     Access::kFiles, of_sst, nullptr, sst},
    {"inspect tree", "Levels, runs and tables, and which keys they span", "mylonite inspect tree my-data",
     Access::kFiles, none, nullptr, tree},
    {"explain get", "The path of a read: its sources, and the answer of each", "mylonite explain get my-data city",
     Access::kReads, of_explain_get, explain_get},
    {"explain compaction", "Why a merge was chosen; without ID, list the recorded merges",
     "mylonite explain compaction my-data 27", Access::kFiles, of_compaction, nullptr, compaction},
};

Result<std::unique_ptr<Store>> open_for(const Row& row, Options options) {
  if (row.access != Access::kCreates) options.create_if_missing = false;
  if (row.access != Access::kReads) return Store::open(options);
  // Files that stay open may be removed by a writer meanwhile.
  options.open_files_max = raise_open_files();
  return despite_a_writer(options.data_dir, [&] { return Store::open_read_only(options); });
}

Result<Exit> run_on_store(const Row& row, const Arguments& arguments) {
  const auto store = open_for(row, arguments.options);
  if (!store.ok()) return store.error();
  const std::string before = row.access == Access::kReads ? state_of(arguments.options.data_dir) : "";
  auto exit = row.on_store(**store, arguments);
  const Status closed = (*store)->close();
  if (exit.ok() && !closed.ok()) return closed.error().prefixed("close");
  const bool moved = !exit.ok() && row.access == Access::kReads && may_be_a_writer(exit.error()) &&
                     state_of(arguments.options.data_dir) != before;
  if (moved) return writer_too_fast(exit.error());
  return exit;
}

Result<Exit> run_on_files(const Row& row, const Arguments& arguments) {
  const auto store = locate(arguments.options.data_dir);
  if (!store.ok()) return store.error();
  return row.on_files(*store, arguments);
}

cli::Ending run(const Row& row, const RawArguments& raw) {
  const auto arguments = decode(raw);
  if (!arguments.ok()) return arguments.error();
  const auto exit = row.on_files != nullptr ? run_on_files(row, *arguments) : run_on_store(row, *arguments);
  if (exit.ok()) return *exit;
  return in_users_words(exit.error(), raw.directory, arguments->options.data_dir);
}

// Options of the store belong to the help of commands that write. Others take them, too; few matter to a reader.
std::optional<cli::Section> options_section(const Row& row) {
  if (row.access == Access::kReads || row.access == Access::kFiles) return std::nullopt;
  return cli::Section{.title = std::string(cli::kSettingsTitle), .text = cli::settings_help()};
}

std::string more_help(const Row& row) {
  const std::string options =
      row.access == Access::kReads ? "`mylonite load --help` lists the options for --set.\n" : "";
  return options + "An argument that begins with '-' goes behind '--'.";
}

Parameter directory(RawArguments& raw) {
  return {.name = "DIR",
          .to = &raw.directory,
          .meaning = "the store's directory",
          .required = true,
          .offer = cli::Offer::kDirectories};
}

Parameter settings(RawArguments& raw) {
  return {.name = "--set",
          .to = &raw.settings,
          .meaning = "set an option of the store; may be repeated",
          .repeats = true,
          .type = "NAME=VALUE",
          .words = cli::setting_words()};
}

Parameter json(RawArguments& raw) {
  return {.name = "--json", .to = &raw.json, .meaning = "print JSON, one object a line; errors, too"};
}

// Every command takes the same options; those without an effect on it are not in its help.
Parameters parameters_of(const Row& row, RawArguments& raw) {
  constexpr std::string_view kNoKeys[] = {"stats", "verify", "checkpoint", "explain compaction"};
  Parameters all = {directory(raw)};
  for (Parameter& own : row.parameters(raw)) all.push_back(std::move(own));
  all.push_back(settings(raw));
  all.back().hidden = row.access == Access::kFiles;
  all.push_back({.name = "--hex", .to = &raw.hex, .meaning = "keys and values are hex, for bytes that are not text"});
  all.back().hidden = std::ranges::find(kNoKeys, row.name) != std::end(kNoKeys);
  all.push_back(json(raw));
  return all;
}

// These run another program instead (main.cc).
cli::Command companion(const std::string& name, const std::string& what) {
  return {.name = name, .what = what, .example = fmt::format("mylonite {} --help", name), .parameters = {}, .run = [] {
            return Exit::kInternal;
          }};
}

}  // namespace

std::vector<cli::Command> commands(RawArguments& raw) {
  std::vector<cli::Command> all;
  for (const Row& row : kRows) {
    all.push_back({.name = std::string(row.name),
                   .what = std::string(row.what),
                   .example = std::string(row.example),
                   .parameters = parameters_of(row, raw),
                   .run = [&row, &raw] { return run(row, raw); },
                   .more = more_help(row),
                   .shared = options_section(row)});
  }
  all.push_back(doctor_command(raw, settings(raw)));
  all.push_back(companion("sim", "Run mylonite-sim, which crashes a store on a simulated disk"));
  all.push_back(companion("lab", "Run mylonite-lab, which compares compaction strategies"));
  return all;
}

std::vector<cli::Group> groups() {
  return {{.name = "inspect", .what = "Print the content of a store's files, damaged or not"},
          {.name = "explain", .what = "Explain a read or a merge"}};
}

}  // namespace mylonite::tool
