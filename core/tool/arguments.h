// The arguments of the command line: as given, then checked and decoded before the command starts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <mylonite/options.h>
#include <mylonite/timestamp.h>

#include "core/cli/output.h"
#include "core/iter/visible_iterator.h"

namespace mylonite::tool {

// As given.
struct RawArguments {
  std::string directory{};
  std::vector<std::string> settings{};
  bool hex = false;
  bool json = false;

  std::string key{};
  std::string value{};
  std::string low{};
  std::optional<std::string> high{};
  bool acks = false;
  std::uint64_t writers = 1;
  std::string format{};  // "": not given
  std::optional<std::uint64_t> number{};
  bool entries = false;
  bool dry_run = false;
  std::optional<std::uint64_t> as_of{};
  std::optional<std::string> name{};
};

enum class StatsFormat : std::uint8_t { kText, kJson, kPrometheus };

struct Arguments {
  Options options;
  cli::Form form;
  std::string key;    // put, get, delete, explain get
  std::string value;  // put
  KeyBounds bounds;   // range, compact
  bool acks = false;  // load
  std::uint64_t writers = 1;
  StatsFormat format = StatsFormat::kText;
  std::optional<std::uint64_t> number;  // of the file to inspect, of the merge to explain
  bool entries = false;                 // inspect sst
  bool dry_run = false;                 // repair
  std::optional<Timestamp> as_of;       // explain get
  std::string name;                     // checkpoint
};

Result<Arguments> decode(const RawArguments& raw);

}  // namespace mylonite::tool
