// Scenario files `NAME.repro`: one JSON document with everything a run depended on, every decision explicit, and the
// observed result. Schema: sim/scenario/repro.schema.json. Files are independent of machine, directory and compiler.
// Bytes that are not printable text are written as "hex:…", many equal letters as "repeat:700:a". Numbers that may
// pass 2^53 are strings.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <mylonite/status.h>

#include "sim/machine/trace.h"
#include "sim/scenario/scenario.h"

namespace mylonite::sim {

// 1: the first. 2: machines may be abandoned, and there are more operations. 3: single file calls may fail, and
// checkpoints be kept. 4: operations have typed fields, and faults of every kind have names. 5: what is as usual is
// left out, and incarnations name the options that differ from the scenario's. 6: a file may be damaged on a copy of
// the disk. Older formats are read.
inline constexpr std::uint64_t kReproFormat = 6;
inline constexpr std::string_view kRepeatPrefix = "repeat:";

struct Repro {
  Scenario scenario{};
  std::string rule{};  // of the failure observed; empty: the run passed
  std::string what{};
  std::string operation{};  // that was under way; "" in a file of an older format
  std::uint64_t incarnation = 0;
  std::uint64_t step = 0;
  std::string trace_hash{};
  std::string program = "mylonite-sim";  // that writes the file; "" in one that does not say
  std::string made_by{};                 // of a file that was read: program, version and compiler
};

std::string encode_repro(const Repro& repro, const std::vector<Event>& last_events);
// kUnsupported for a newer format, kCorruption for an unreadable document, with the place.
Result<Repro> decode_repro(const std::string& text);

// The checksum of a document, written without white space and without its checksum: 16 hexadecimal digits.
std::string repro_checksum(const std::string& document);

// The scenario's options as one short hash, for messages and merging.
std::string options_hash(const Scenario& scenario);

}  // namespace mylonite::sim
