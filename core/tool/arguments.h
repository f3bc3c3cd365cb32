// What the command line asks for, checked and decoded before anything is touched.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>

#include "core/format/options.h"
#include "core/format/timestamp.h"
#include "core/iter/visible_iterator.h"
#include "core/tool/command_line.h"
#include "core/tool/exit.h"
#include "core/tool/output.h"

namespace mylonite::tool {

enum class StatsFormat : std::uint8_t { kText, kJson, kPrometheus };

struct Arguments {
  Command command = Command::kGet;
  Options options;
  Form form;
  std::string key;    // put, get, delete, explain get
  std::string value;  // put
  KeyBounds bounds;   // range, compact
  bool acks = false;  // load
  std::uint64_t writers = 1;
  StatsFormat format = StatsFormat::kText;
  std::optional<std::uint64_t> number;  // of the file to inspect, of the merge to explain
  bool entries = false;                 // inspect sst
  std::optional<Timestamp> as_of;       // explain get
  std::string name;                     // checkpoint
};

// Without arguments to go on with (a mistake, --help, --version), all has been said and the exit code is returned.
std::expected<Arguments, Exit> parse_arguments(int argc, char** argv);

}  // namespace mylonite::tool
