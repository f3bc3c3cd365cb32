// Leaves decisions of an incarnation open, with seeds for those who take them (sim/scenario/scenario.h).
// Requires: the plan has a record. Thread-safety: values.
#pragma once

#include <cstdint>

#include <mylonite/random.h>

#include "sim/scenario/scenario.h"

namespace mylonite::sim {

void open_schedule(IncarnationPlan& plan, Random& random);  // after the switches that the record still has
// At one of about `calls_most` file calls, more often an early one; mostly while clients work.
void open_crash(IncarnationPlan& plan, Random& random, std::uint64_t calls_most);
void open_image(IncarnationPlan& plan, Random& random);  // of a power loss, but for the units that the record still has

}  // namespace mylonite::sim
