// `mylonite doctor [DIR]`: whether this machine, and a store on it, are in order, and what to do about what is not.
//
// Each check is a line: well, a note, or something to mend. It changes nothing: the file whose sync it times has no
// name, or loses it at once. A store may be open in another process meanwhile.
// Thread-safety: main thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/cli/program.h"
#include "core/tool/arguments.h"

namespace mylonite::tool {

enum class Verdict : std::uint8_t { kWell, kNote, kMend };

struct Check {
  std::string_view name;
  Verdict verdict = Verdict::kWell;
  std::string found{};
  std::string next{};  // what to do
};

// The machine: libraries, memory, clock, open files.
std::vector<Check> check_machine(const Options& options);
// The file system of a directory, its free space, and how long a sync takes.
std::vector<Check> check_place(const std::string& directory, const Options& options);

cli::Command doctor_command(RawArguments& raw, cli::Parameter settings);

}  // namespace mylonite::tool
