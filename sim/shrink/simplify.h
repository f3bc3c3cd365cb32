// Makes the parts of a failing scenario plainer, one after the other. It joins incarnations, moves crashes to earlier
// calls or to the end of a phase, and sets options and settings to their defaults. It replaces operations by simpler
// ones, and shortens keys and values. Thread-safety: one thread.
#pragma once

#include <cstdint>

#include "sim/shrink/search.h"

namespace mylonite::sim {

// `tries`: see Search::search.
void simplify(Search& search, std::uint64_t tries);

void simplify_options(Search& search);

// In sim/shrink/simplify_operations.cc: keys, values, fields and kinds of operations.
void simplify_operations(Search& search, std::uint64_t tries);

}  // namespace mylonite::sim
