// Adapts recorded decisions to a scenario that has lost operations, so that they fall where they fell before.
//
// Pure. Complexity: linear in operations, decisions and file calls.
#pragma once

#include <array>
#include <vector>

#include "sim/run/run_notes.h"
#include "sim/scenario/scenario.h"

namespace mylonite::sim {

// Moves the switches of clients' fibers. `after` is `before` without some operations; `notes` are of the run of
// `before`. A switch within a dropped operation goes. A later one comes as many steps earlier as dropped operations
// took.
void shift_switches(const Scenario& before, const RunNotes& notes, Scenario& after);

// Fates may go to like units from now on. False: there are none.
inline constexpr std::array kLikenesses = {faultfs::AdaptingChooser::Likeness::kSamePart,
                                           faultfs::AdaptingChooser::Likeness::kAnyPart};
bool adapt_images(Scenario& scenario, faultfs::AdaptingChooser::Likeness likeness);

// Scenarios with the first crash that a run did not meet moved: to the last, the last but one, ... of the file calls of
// its kind and phase, on a file of its role. `met` and `notes` are of the run of `asked`; `known` are of a run that met
// the crash. Empty: all crashes are met.
struct UnmetCrashes {
  const Scenario& asked;
  const Scenario& met;
  const RunNotes& notes;
  const RunNotes& known;
};
std::vector<Scenario> with_crash_moved(const UnmetCrashes& run);

}  // namespace mylonite::sim
