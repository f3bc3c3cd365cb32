#include "core/tool/arguments.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace mylonite::tool {
namespace {

std::string option_names() {
  std::string names;
  for (const OptionRow& row : option_table()) {
    if (row.name == "data_dir") continue;
    names += fmt::format("{}{}", names.empty() ? "" : ", ", row.name);
  }
  return names;
}

Status apply_settings(const RawArguments& raw, Options& options) {
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

Result<StatsFormat> format_named(const RawArguments& raw) {
  if (raw.json && !raw.format.empty() && raw.format != "json") {
    return Error(Code::kInvalidArgument, fmt::format("--json and --format {} exclude each other", raw.format));
  }
  if (raw.json || raw.format == "json") return StatsFormat::kJson;
  return raw.format == "prometheus" ? StatsFormat::kPrometheus : StatsFormat::kText;
}

Status check_name(const RawArguments& raw) {
  if (raw.command != Command::kCheckpoint) return {};
  const std::string& name = raw.name;
  if (!name.empty() && name != "." && name != ".." && name.find('/') == std::string::npos) return {};
  return Error(Code::kInvalidArgument,
               fmt::format("NAME: expected the name of a directory to be made beside the store's, found '{}'", name));
}

Status decode_bytes(const RawArguments& raw, Arguments& parsed) {
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

Result<Arguments> decode(const RawArguments& raw) {
  Arguments parsed;
  parsed.command = raw.command;
  parsed.form = {.hex = raw.hex, .json = raw.json};
  parsed.acks = raw.acks;
  parsed.writers = raw.writers;
  parsed.number = raw.number;
  parsed.entries = raw.entries;
  parsed.name = raw.name;
  if (raw.as_of) parsed.as_of = Timestamp{*raw.as_of};
  if (Status done = apply_settings(raw, parsed.options); !done.ok()) return done.error();
  const bool creates = parsed.command == Command::kPut || parsed.command == Command::kLoad;
  if (!creates) parsed.options.create_if_missing = false;
  const auto format = format_named(raw);
  if (!format.ok()) return format.error();
  parsed.format = *format;
  if (Status done = check_name(raw); !done.ok()) return done.error();
  if (Status done = decode_bytes(raw, parsed); !done.ok()) return done.error();
  return parsed;
}

}  // namespace

std::expected<Arguments, Exit> parse_arguments(int argc, char** argv) {
  const auto raw = parse_command_line(argc, argv);
  if (!raw) return std::unexpected(raw.error());
  auto parsed = decode(*raw);
  if (!parsed.ok()) return std::unexpected(tell(parsed.error()));
  return std::move(*parsed);
}

}  // namespace mylonite::tool
