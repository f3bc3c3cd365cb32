// A stack of addresses in this process as lines for people. Names come from `addr2line` (binutils) where it is there,
// with files and lines where the program has debug information; otherwise a module and an offset stand for each.
// Complexity: one process a module. Thread-safety: any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace mylonite::sim {

// One line a frame, innermost first, each with `indent` before it: at most 16 and the outermost 4. What an abort does
// itself is left out, and what lies below a fiber's first function.
std::string stack_text(std::span<const std::uintptr_t> stack, const std::string& indent);

// The function that such a line names, without its parameters: "void a::f<int>" of "void a::f<int>(char) at f.cc:7".
std::string function_in(std::string_view frame);

// The function of the first of these lines that is not a library's; of all that are, the first.
std::string innermost_function(std::span<const std::uintptr_t> stack);

}  // namespace mylonite::sim
