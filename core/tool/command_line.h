// The forms of the command line: which commands there are, what each takes, and its help. Nothing is decoded here.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "core/tool/exit.h"

namespace mylonite::tool {

enum class Command : std::uint8_t {
  kPut,
  kGet,
  kDelete,
  kRange,
  kLoad,
  kStats,
  kInspectManifest,
  kInspectWal,
  kInspectSst,
  kInspectTree,
  kVerify,
  kExplainGet,
  kExplainCompaction,
  kCompact,
  kCheckpoint,
};

// As given.
struct RawArguments {
  Command command = Command::kGet;
  std::string directory;
  std::vector<std::string> settings;
  bool hex = false;
  bool json = false;

  std::string key;
  std::string value;
  std::string low;
  std::optional<std::string> high;
  bool acks = false;
  std::uint64_t writers = 1;
  std::string format;  // "": not given
  std::optional<std::uint64_t> number;
  bool entries = false;
  std::optional<std::uint64_t> as_of;
  std::string name;
};

// Without arguments to go on with (a mistake, --help, --version), all has been said and the exit code is returned.
std::expected<RawArguments, Exit> parse_command_line(int argc, char** argv);

}  // namespace mylonite::tool
