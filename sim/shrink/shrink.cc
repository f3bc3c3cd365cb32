#include "sim/shrink/shrink.h"

#include <algorithm>
#include <utility>

#include "core/rt/rt.h"
#include "sim/shrink/parts.h"
#include "sim/shrink/resample.h"
#include "sim/shrink/simplify.h"

namespace mylonite::sim {
namespace {

bool try_without(Search& search, const PartList& list) {
  Scenario candidate = search.scenario();
  list.drop(candidate, 0, list.count(candidate));
  return search.keep_if_smaller(std::move(candidate));
}

// Drops chunks of a list from its end to its beginning, and then of half the size. With `tries`, decisions may be taken
// anew for each.
void drop_chunks(Search& search, const PartList& list, std::uint64_t tries) {
  for (std::size_t chunk = list.count(search.scenario()); chunk > 0 && !search.stopped(); chunk /= 2) {
    std::size_t last = list.count(search.scenario());
    while (last > 0 && !search.stopped()) {
      const std::size_t first = last > chunk ? last - chunk : 0;
      Scenario candidate = search.scenario();
      list.drop(candidate, first, last);
      if (list.steers) {
        search.search(std::move(candidate), tries);
      } else {
        search.keep_if_smaller(std::move(candidate));
      }
      last = std::min(first, list.count(search.scenario()));
    }
  }
}

// What is often not needed at all: all faults, losses and switches at once, unusual options. Runs are shorter then.
void take_big_steps(Search& search) {
  for (const PartList& list : part_lists()) {
    if (list.is_of_decisions) try_without(search, list);
  }
  simplify_options(search);
}

// One round over everything. Returns whether anything became smaller.
bool shrink_once(Search& search, std::uint64_t tries) {
  const ScenarioSize before = search.size();
  for (const PartList& list : part_lists()) drop_chunks(search, list, tries);
  simplify(search, tries);
  return search.size() < before;
}

}  // namespace

Shrunk shrink(const Scenario& failing, StackPool& stacks, const RunSettings& settings, const SearchLimits& limits) {
  constexpr std::uint64_t kTries[] = {0, 8, 60};  // with open decisions: few while runs are long
  const std::uint64_t started = rt::monotonic_ns();
  Search search(settings, stacks, limits);
  Shrunk shrunk;
  if (search.begin(failing)) {
    shrunk.before = search.size();
    take_big_steps(search);
    for (const std::uint64_t tries : kTries) {
      resample(search, 100 + 20 * tries);
      while (shrink_once(search, tries)) {
      }
    }
    shrunk.end = search.interrupted()   ? ShrinkEnd::kInterrupted
                 : search.out_of_time() ? ShrinkEnd::kOutOfTime
                                        : ShrinkEnd::kNothingSmaller;
    search.settle();
  } else {
    shrunk.end = ShrinkEnd::kDidNotFail;
  }
  shrunk.outcome = search.best();
  shrunk.after = search.size();
  shrunk.runs = search.runs();
  shrunk.wall_ns = rt::monotonic_ns() - started;
  return shrunk;
}

std::string to_string(ShrinkEnd end) {
  switch (end) {
    case ShrinkEnd::kNothingSmaller: return "nothing smaller fails alike";
    case ShrinkEnd::kOutOfTime: return "the time is up";
    case ShrinkEnd::kInterrupted: return "interrupted";
    case ShrinkEnd::kDidNotFail: return "the scenario does not fail";
  }
  return "";
}

}  // namespace mylonite::sim
