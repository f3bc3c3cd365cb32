// A stack of addresses in this process as lines for people. Names come from `addr2line` (binutils) where it is there,
// with files and lines where the program has debug information; otherwise a module and an offset stand for each.
// Complexity: one process a module. Thread-safety: any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace mylonite::sim {

// One line a frame, innermost first, each with `indent` before it: at most 16 and the outermost 4. What an abort does
// itself is left out, and what lies below a fiber's first function.
std::string stack_text(std::span<const std::uintptr_t> stack, const std::string& indent);

// The function of the first of these lines, without its parameters.
std::string innermost_function(std::span<const std::uintptr_t> stack);

}  // namespace mylonite::sim
