// What a shrinker did, for people and programs. Text only. Thread-safety: values.
#pragma once

#include <string>

#include "sim/shrink/shrink.h"

namespace mylonite::sim {

std::string effort_text(const Shrunk& shrunk);  // "nothing smaller fails alike: 9281 runs in 2.2 s"
std::string shrunk_text(const Shrunk& shrunk);  // the same, with the sizes before and after

}  // namespace mylonite::sim
