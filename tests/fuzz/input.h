// What a fuzz target is, and how it takes its input apart. A target reads bytes as the engine reads them from a disk:
// it may refuse them, and must not crash, loop, or believe a size. Checksums stop a fuzzer at the door, so a target
// also hands its bytes to what lies behind them.
//
// Each target is one file with LLVMFuzzerTestOneInput and seeds(). Under the preset `fuzz` it is a libFuzzer program.
// Elsewhere the same file is a test over its seeds and over found/TARGET-*, the inputs that once failed.
// Thread-safety: one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace mylonite::fuzz {

std::vector<std::string> seeds();  // well-formed inputs, for the fuzzer to start from

inline std::string_view view_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// The first byte of the input, taken off: which of several readers is meant.
inline unsigned take_choice(std::string_view& input) {
  if (input.empty()) return 0;
  const auto choice = static_cast<unsigned char>(input.front());
  input.remove_prefix(1);
  return choice;
}

// A claim that no input may make false. A failure ends the process, as a crash does.
inline void claim(bool holds) {
  if (!holds) __builtin_trap();
}

}  // namespace mylonite::fuzz
