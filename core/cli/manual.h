// A program's page in section 1 of the manual: roff with the macros `man`, ASCII only. Thread-safety: pure function.
#pragma once

#include <string>

#include "core/cli/program.h"

namespace mylonite::cli {

std::string manual_page(const Program& program);

}  // namespace mylonite::cli
