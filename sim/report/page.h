// One run as an HTML page that needs nothing else. It has lanes of what happened over steps. At each step it shows the
// tree, the log, what of each file is durable, and the model against the store.
//
// The head is readable without scripts. The page loads nothing and sends nothing. What a run holds (keys, values,
// paths) is text on it, never markup.
// A page aims at kPageBytesMax: it thins out moments and says so. The last moments, and what a huge run holds beside
// them, stay, and may take it beyond.
// Thread-safety: the thread that made the recording. Complexity: two opens of the store for each moment.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "sim/run/recording.h"

namespace mylonite::sim {

inline constexpr std::size_t kPageBytesMax = 150'000;

struct PageWords {
  std::string replay_command{};
  std::string made_by{};  // program and version
};

std::string run_page(const Recording& recording, const PageWords& words);

// What a rule expected and what it found, where its words say so ("…: expected A, found B").
struct Expectation {
  std::string_view before;  // of what
  std::string_view expected;
  std::string_view found;
};
Expectation expectation_in(std::string_view what);  // the last two are empty where it does not
// The first place where they differ: a whole character of both, an escape of printable() counting as one.
std::size_t first_difference(std::string_view expected, std::string_view found);

}  // namespace mylonite::sim
