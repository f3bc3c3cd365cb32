// The command line of `mylonite`: what each command takes, checked and decoded before anything is touched.
#pragma once

#include <cstdint>
#include <expected>
#include <string>

#include "core/format/options.h"
#include "core/iter/visible_iterator.h"
#include "core/tool/exit.h"
#include "core/tool/output.h"

namespace mylonite::tool {

enum class Command : std::uint8_t { kPut, kGet, kDelete, kRange, kLoad };

struct Arguments {
  Command command = Command::kGet;
  Options options;
  Form form;
  std::string key;    // put, get, delete
  std::string value;  // put
  KeyBounds bounds;   // range
  bool acks = false;  // load
  std::uint64_t writers = 1;
};

// Without arguments to go on with (a mistake, --help, --version), all has been said and the exit code is returned.
std::expected<Arguments, Exit> parse_arguments(int argc, char** argv);

}  // namespace mylonite::tool
