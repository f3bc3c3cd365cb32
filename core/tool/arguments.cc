#include "core/tool/arguments.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <optional>
#include <vector>

#include "core/base/release.h"

namespace mylonite::tool {
namespace {

constexpr std::uint64_t kWritersMax = 256;

// As given, before anything is decoded.
struct Raw {
  std::string directory;
  std::vector<std::string> settings;
  std::string key;
  std::string value;
  std::string low;
  std::optional<std::string> high;
};

struct CommandForm {
  Command command;
  std::string_view name;
  std::string_view what;
  std::string_view example;
};
constexpr CommandForm kCommands[] = {
    {Command::kPut, "put", "Write one key", "mylonite put my-data city Oslo"},
    {Command::kGet, "get", "Print the value of a key; exit 1 if it is not there", "mylonite get my-data city"},
    {Command::kDelete, "delete", "Remove a key; one that is not there may be removed, too",
     "mylonite delete my-data city"},
    {Command::kRange, "range", "Print the keys from LO to before HI as key<TAB>value", "mylonite range my-data a n"},
    {Command::kLoad, "load", "Write the key<TAB>value lines of standard input",
     R"(printf 'city\tOslo\nriver\tAkerselva\n' | mylonite load my-data --acks)"},
};

std::string help_footer(const CommandForm& form) {
  std::string text = fmt::format("Example:\n  {}\n\nOptions of the store for --set (default):\n", form.example);
  const Options defaults;
  for (const OptionRow& row : option_table()) {
    if (row.name == "data_dir") continue;
    text += fmt::format("  {} ({}): {}\n", row.name, option_text(defaults, row), row.meaning);
  }
  text += "\nAn argument that begins with '-' goes behind '--'.";
  return text;
}

void add_arguments(CLI::App& app, const CommandForm& form, Arguments& parsed, Raw& raw) {
  app.add_option("DIR", raw.directory, "the store's directory")->required();
  switch (form.command) {
    case Command::kPut:
      app.add_option("KEY", raw.key)->required();
      app.add_option("VALUE", raw.value)->required();
      break;
    case Command::kGet:
    case Command::kDelete: app.add_option("KEY", raw.key)->required(); break;
    case Command::kRange:
      app.add_option("LO", raw.low, "the first key");
      app.add_option("HI", raw.high, "the key to stop before");
      break;
    case Command::kLoad:
      app.add_flag("--acks", parsed.acks, "print each key as soon as its write is acknowledged");
      app.add_option("--writers", parsed.writers, "threads that write; more than one may swap lines of one key")
          ->check(CLI::Range(std::uint64_t{1}, kWritersMax))
          ->capture_default_str();
      break;
  }
  app.add_option("--set", raw.settings, "set an option of the store; may be repeated")
      ->type_name("NAME=VALUE")
      ->expected(1)
      ->take_all()
      ->allow_extra_args(false);
  app.add_flag("--hex", parsed.form.hex, "keys and values are hex, for bytes that are not text");
  app.add_flag("--json", parsed.form.json, "print JSON, one object a line");
  app.footer(help_footer(form));
  app.callback([&parsed, command = form.command] { parsed.command = command; });
}

std::string option_names() {
  std::string names;
  for (const OptionRow& row : option_table()) {
    if (row.name == "data_dir") continue;
    names += fmt::format("{}{}", names.empty() ? "" : ", ", row.name);
  }
  return names;
}

Status apply_settings(const Raw& raw, Options& options) {
  options.data_dir = raw.directory;
  for (const std::string& setting : raw.settings) {
    const std::size_t equals = setting.find('=');
    if (equals == std::string::npos) {
      return Error(Code::kInvalidArgument, fmt::format("--set '{}': expected NAME=VALUE", setting));
    }
    const std::string name = setting.substr(0, equals);
    if (name == "data_dir") return Error(Code::kInvalidArgument, "--set data_dir: the argument DIR is this option");
    if (std::ranges::find(option_table(), name, &OptionRow::name) == option_table().end()) {
      return Error(Code::kInvalidArgument, fmt::format("no option is named '{}'; there are: {}", name, option_names()));
    }
    if (Status done = set_option(options, name, setting.substr(equals + 1)); !done.ok()) return done;
  }
  return validate(options);
}

Status decode(const Raw& raw, Arguments& parsed) {
  if (Status done = apply_settings(raw, parsed.options); !done.ok()) return done;
  const bool creates = parsed.command == Command::kPut || parsed.command == Command::kLoad;
  if (!creates) parsed.options.create_if_missing = false;

  auto decode_into = [&](const std::string& text, std::string& bytes) -> Status {
    auto decoded = bytes_from(text, parsed.form);
    if (!decoded.ok()) return decoded.error();
    bytes = std::move(*decoded);
    return {};
  };
  if (Status done = decode_into(raw.key, parsed.key); !done.ok()) return done;
  if (Status done = decode_into(raw.value, parsed.value); !done.ok()) return done;
  if (Status done = decode_into(raw.low, parsed.bounds.low); !done.ok()) return done;
  return raw.high ? decode_into(*raw.high, parsed.bounds.high.emplace()) : Status();
}

Exit say(const std::string& text) {
  Status said = print(text + "\n");
  if (said.ok()) said = flush();
  return said.ok() ? Exit::kDone : tell(said.error());
}

}  // namespace

std::expected<Arguments, Exit> parse_arguments(int argc, char** argv) {
  if (argc > 1 && !std::string_view(argv[1]).starts_with('-') &&
      std::ranges::find(kCommands, std::string_view(argv[1]), &CommandForm::name) == std::end(kCommands)) {
    return std::unexpected(tell(Error(Code::kInvalidArgument, fmt::format("no command is named '{}'", argv[1]))));
  }
  CLI::App app("Mylonite: an LSM-tree key-value store in a directory.", "mylonite");
  app.require_subcommand(1);
  const std::string version = fmt::format("mylonite {}", kRelease);
  app.set_version_flag("--version", version);
  app.footer(
      "Example:\n  mylonite put my-data city Oslo && mylonite get my-data city\n\n"
      "`mylonite COMMAND --help` tells more; `mylonite sim …` runs mylonite-sim.\n"
      "Exit codes: 0 done, 1 key absent, 2 bad command line or input, 5 not a store, damaged or of a newer format,\n"
      "7 locked, full or failing disk.");
  Arguments parsed;
  Raw raw;
  for (const CommandForm& form : kCommands) {
    CLI::App* command = app.add_subcommand(std::string(form.name), std::string(form.what));
    add_arguments(*command, form, parsed, raw);
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
  if (Status done = decode(raw, parsed); !done.ok()) return std::unexpected(tell(done.error()));
  return parsed;
}

}  // namespace mylonite::tool
