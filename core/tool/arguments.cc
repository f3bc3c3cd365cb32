#include "core/tool/arguments.h"

#include <utility>

#include <fmt/format.h>

#include "core/cli/settings.h"
#include "core/compaction/policies.h"
#include "core/tool/advice.h"

namespace mylonite::tool {
namespace {

Result<StatsFormat> format_named(const RawArguments& raw) {
  if (raw.json && !raw.format.empty() && raw.format != "json") {
    return Error(Code::kInvalidArgument, fmt::format("--json and --format {} exclude each other", raw.format));
  }
  if (raw.json || raw.format == "json") return StatsFormat::kJson;
  return raw.format == "prometheus" ? StatsFormat::kPrometheus : StatsFormat::kText;
}

Status check_name(const std::string& name) {
  if (!name.empty() && name != "." && name != ".." && name.find('/') == std::string::npos) return {};
  return Error(Code::kInvalidArgument,
               fmt::format("NAME: expected the name of a directory to be made beside the store's, found '{}'", name));
}

Status decode_bytes(const RawArguments& raw, Arguments& parsed) {
  auto decode_into = [&](const std::string& text, std::string& bytes) -> Status {
    auto decoded = cli::bytes_from(text, parsed.form);
    if (!decoded.ok()) return decoded.error();
    bytes = std::move(*decoded);
    return {};
  };
  if (Status done = decode_into(raw.key, parsed.key); !done.ok()) return done;
  if (Status done = decode_into(raw.value, parsed.value); !done.ok()) return done;
  if (Status done = decode_into(raw.low, parsed.bounds.low); !done.ok()) return done;
  return raw.high ? decode_into(*raw.high, parsed.bounds.high.emplace()) : Status();
}

}  // namespace

Result<Arguments> decode(const RawArguments& raw) {
  Arguments parsed;
  parsed.form = {.hex = raw.hex, .json = raw.json};
  parsed.acks = raw.acks;
  parsed.writers = raw.writers;
  parsed.number = raw.number;
  parsed.entries = raw.entries;
  parsed.dry_run = raw.dry_run;
  parsed.name = raw.name.value_or("");
  if (raw.as_of) parsed.as_of = Timestamp{*raw.as_of};
  parsed.options.data_dir = openable(raw.directory);
  if (Status done = cli::apply_settings(raw.settings, parsed.options); !done.ok()) return done.error();
  const auto policy = configure_policy(standard_policies(), parsed.options.compaction_policy);
  if (!policy.ok()) return policy.error();
  const auto format = format_named(raw);
  if (!format.ok()) return format.error();
  parsed.format = *format;
  if (raw.name) {
    if (Status done = check_name(*raw.name); !done.ok()) return done.error();
  }
  if (Status done = decode_bytes(raw, parsed); !done.ok()) return done.error();
  return parsed;
}

}  // namespace mylonite::tool
