// The data of a run's page as one JSON object, small: texts are numbered, and a moment is what differs from the last.
//
//   text      texts by number; keys and values are cut to some 40 bytes and printable
//   inc       incarnations: {a, b: steps, fibers: names, words, turns: [step, fiber, …]}
//   ops       [incarnation, client, fiber, begin, end or -1, text, answer]
//   calls     [incarnation, fiber, kind, begin, end or -1, text, answer, fault]
//   crashes   [incarnation, step, why, power loss, [lost, …]]
//   fail      [incarnation, step], or null
//   tables    [number, low, high, bytes, entries, rank of low, rank of high]
//   moments   {i, s: step, n: ns, t: text, m, r, w: changes of pairs, re, we: errors, f: changes of files, l: levels}
//
// m is the model, r the store after a kill of the process, w the store after the worst power loss. Changes of pairs are
// [key, value or -1, …], those of files [path, visible or -1, durable, …].
// Invariants: what is left out of a long run is said in `notes`; no text of the run is cut without a sign.
// Thread-safety: the thread that made the recording. Complexity: a view of each moment that is kept.
#pragma once

#include <cstddef>
#include <string>

#include "sim/run/recording.h"

namespace mylonite::sim {

// At most so many of each are on the page.
struct PageLimits {
  std::size_t moments = 300;
  std::size_t calls = 3'000;
  std::size_t operations = 2'000;
  std::size_t turns = 4'000;
};

std::string page_data(const Recording& recording, const PageLimits& limits);

}  // namespace mylonite::sim
