// A failing scenario as a C++ test: a few lines that build it and expect a clean run. The test needs this source tree's
// headers and GoogleTest, but no scenario file. Pure. Complexity: linear in the scenario.
#pragma once

#include <string>

#include "sim/run/run.h"

namespace mylonite::sim {

// Requires an outcome with a failure. The text is a whole source file.
std::string as_test(const Outcome& outcome);

}  // namespace mylonite::sim
