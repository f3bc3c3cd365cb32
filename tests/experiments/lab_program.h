// For tests: mylonite-lab as a user types it.
#pragma once

#include <string>
#include <string_view>

#include "tests/sim_tool/program.h"

namespace mylonite::experiments {

using sim::Said;

class LabTest : public sim::ProgramTest {
 protected:
  Said lab(const std::string& arguments) const { return shell("'" MYLONITE_LAB "' " + arguments); }
  static bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }
};

}  // namespace mylonite::experiments
