#include "core/tool/command_line.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string_view>

#include "core/base/release.h"
#include "core/format/options.h"
#include "core/tool/output.h"

namespace mylonite::tool {
namespace {

constexpr std::uint64_t kWritersMax = 256;

struct CommandForm {
  Command command;
  std::string_view group;  // `explain` of `explain get`; "": none
  std::string_view name;
  std::string_view what;
  std::string_view example;
};
constexpr CommandForm kCommands[] = {
    {Command::kPut, "", "put", "Write one key", "mylonite put my-data city Oslo"},
    {Command::kGet, "", "get", "Print the value of a key; exit 1 if it is not there", "mylonite get my-data city"},
    {Command::kDelete, "", "delete", "Remove a key; one that is not there may be removed, too",
     "mylonite delete my-data city"},
    {Command::kRange, "", "range", "Print the keys from LO to before HI as key<TAB>value",
     "mylonite range my-data a n"},
    {Command::kLoad, "", "load", "Write the key<TAB>value lines of standard input",
     R"(printf 'city\tOslo\nriver\tAkerselva\n' | mylonite load my-data --acks)"},
    {Command::kStats, "", "stats", "Print what the store holds and how it is",
     "mylonite stats my-data --format prometheus"},
    {Command::kVerify, "", "verify", "Read every file whole and check it; exit 1 if damage was found",
     "mylonite verify my-data"},
    {Command::kCompact, "", "compact", "Merge what overlaps LO to before HI, or everything, as deep as it goes",
     "mylonite compact my-data"},
    {Command::kCheckpoint, "", "checkpoint", "Make a second store beside this one that shares its tables",
     "mylonite checkpoint my-data my-data-monday"},
    {Command::kInspectManifest, "inspect", "manifest", "The manifest, record by record",
     "mylonite inspect manifest my-data"},
    {Command::kInspectWal, "inspect", "wal", "Logs, record by record: all of them, or one",
     "mylonite inspect wal my-data 7"},
    {Command::kInspectSst, "inspect", "sst", "A table: its parts, facts and entries",
     "mylonite inspect sst my-data 12 --entries"},
    {Command::kInspectTree, "inspect", "tree", "Levels, runs and tables, and which keys they span",
     "mylonite inspect tree my-data"},
    {Command::kExplainGet, "explain", "get", "The way of a read: which sources were asked, and what each said",
     "mylonite explain get my-data city"},
    {Command::kExplainCompaction, "explain", "compaction", "Why a merge was chosen; without ID, which are remembered",
     "mylonite explain compaction my-data 27"},
};

struct Group {
  std::string_view name;
  std::string_view what;
};
constexpr Group kGroups[] = {{"inspect", "Show what stands in a store's files, damaged or not"},
                             {"explain", "Tell why the store answers or does something"}};

// Commands that read files only have no use for options of the store; they take them like the others.
bool opens_store(Command command) {
  switch (command) {
    case Command::kVerify:
    case Command::kInspectManifest:
    case Command::kInspectWal:
    case Command::kInspectSst:
    case Command::kInspectTree:
    case Command::kExplainCompaction: return false;
    default: return true;
  }
}

std::string help_footer(const CommandForm& form) {
  std::string text = fmt::format("Example:\n  {}\n", form.example);
  if (opens_store(form.command)) {
    text += "\nOptions of the store for --set (default):\n";
    const Options defaults;
    for (const OptionRow& row : option_table()) {
      if (row.name == "data_dir") continue;
      text += fmt::format("  {} ({}): {}\n", row.name, option_text(defaults, row), row.meaning);
    }
  }
  text += "\nAn argument that begins with '-' goes behind '--'.";
  return text;
}

void add_own_arguments(CLI::App& app, Command command, RawArguments& raw) {
  switch (command) {
    case Command::kPut:
      app.add_option("KEY", raw.key)->required();
      app.add_option("VALUE", raw.value)->required();
      break;
    case Command::kGet:
    case Command::kDelete: app.add_option("KEY", raw.key)->required(); break;
    case Command::kRange:
    case Command::kCompact:
      app.add_option("LO", raw.low, "the first key");
      app.add_option("HI", raw.high, "the key to stop before");
      break;
    case Command::kLoad:
      app.add_flag("--acks", raw.acks, "print each key as soon as its write is acknowledged");
      app.add_option("--writers", raw.writers, "threads that write; more than one may swap lines of one key")
          ->check(CLI::Range(std::uint64_t{1}, kWritersMax))
          ->capture_default_str();
      break;
    case Command::kStats:
      app.add_option("--format", raw.format, "text, json or prometheus")
          ->check(CLI::IsMember({"text", "json", "prometheus"}));
      break;
    case Command::kInspectWal: app.add_option("NUMBER", raw.number, "N of wal-N.log; all logs without it"); break;
    case Command::kInspectSst:
      app.add_option("NUMBER", raw.number, "N of sst-N.sst")->required();
      app.add_flag("--entries", raw.entries, "print every entry");
      break;
    case Command::kExplainGet:
      app.add_option("KEY", raw.key)->required();
      app.add_option("--as-of", raw.as_of, "read as of this earlier stamp")->type_name("STAMP");
      break;
    case Command::kExplainCompaction: app.add_option("ID", raw.number, "of the merge"); break;
    case Command::kCheckpoint: app.add_option("NAME", raw.name, "the new store's directory")->required(); break;
    case Command::kVerify:
    case Command::kInspectManifest:
    case Command::kInspectTree: break;
  }
}

void add_command(CLI::App& parent, const CommandForm& form, RawArguments& raw) {
  CLI::App& app = *parent.add_subcommand(std::string(form.name), std::string(form.what));
  app.add_option("DIR", raw.directory, "the store's directory")->required();
  add_own_arguments(app, form.command, raw);
  app.add_option("--set", raw.settings, "set an option of the store; may be repeated")
      ->type_name("NAME=VALUE")
      ->expected(1)
      ->take_all()
      ->allow_extra_args(false);
  app.add_flag("--hex", raw.hex, "keys and values are hex, for bytes that are not text");
  app.add_flag("--json", raw.json, "print JSON, one object a line");
  app.footer(help_footer(form));
  app.callback([&raw, command = form.command] { raw.command = command; });
}

Exit say(const std::string& text) {
  Status said = print(text + "\n");
  if (said.ok()) said = flush();
  return said.ok() ? Exit::kDone : tell(said.error());
}

bool names_something(std::string_view word) {
  return std::ranges::any_of(kGroups, [&](const Group& group) { return group.name == word; }) ||
         std::ranges::any_of(kCommands,
                             [&](const CommandForm& form) { return form.group.empty() && form.name == word; });
}

// A misspelt command is named; what the library says of it does not do so.
std::optional<Exit> refuse_unknown(int argc, char** argv) {
  auto refused = [](std::string what) { return tell(Error(Code::kInvalidArgument, std::move(what))); };
  const std::string_view first = argc > 1 ? argv[1] : "-";
  if (first.starts_with('-')) return std::nullopt;
  if (!names_something(first)) return refused(fmt::format("no command is named '{}'", first));
  const std::string_view second = argc > 2 ? argv[2] : "-";
  const bool in_group = std::ranges::any_of(kGroups, [&](const Group& group) { return group.name == first; });
  if (!in_group || second.starts_with('-')) return std::nullopt;
  std::string names;
  for (const CommandForm& form : kCommands) {
    if (form.group != first) continue;
    if (form.name == second) return std::nullopt;
    names += fmt::format("{}{}", names.empty() ? "" : ", ", form.name);
  }
  return refused(fmt::format("`{} {}`: expected one of {}", first, second, names));
}

}  // namespace

std::expected<RawArguments, Exit> parse_command_line(int argc, char** argv) {
  if (const auto refused = refuse_unknown(argc, argv)) return std::unexpected(*refused);
  CLI::App app("Mylonite: an LSM-tree key-value store in a directory.", "mylonite");
  app.require_subcommand(1);
  const std::string version = fmt::format("mylonite {}", kRelease);
  app.set_version_flag("--version", version);
  app.footer(
      "Example:\n  mylonite put my-data city Oslo && mylonite get my-data city\n\n"
      "`mylonite COMMAND --help` tells more; `mylonite sim …` runs mylonite-sim.\n"
      "Exit codes: 0 done, 1 key absent or damage found by verify, 2 bad command line or input,\n"
      "5 not a store, damaged or of a newer format, 7 locked, full or failing disk.");
  RawArguments raw;
  for (const CommandForm& form : kCommands) {
    if (form.group.empty()) add_command(app, form, raw);
  }
  for (const Group& group : kGroups) {
    CLI::App* parent = app.add_subcommand(std::string(group.name), std::string(group.what));
    parent->require_subcommand(1);
    for (const CommandForm& form : kCommands) {
      if (form.group == group.name) add_command(*parent, form, raw);
    }
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return std::unexpected(say(app.help()));
  } catch (const CLI::CallForVersion&) {
    return std::unexpected(say(version));
  } catch (const CLI::Error& mistake) {
    return std::unexpected(tell(Error(Code::kInvalidArgument, mistake.what())));
  }
  return raw;
}

}  // namespace mylonite::tool
