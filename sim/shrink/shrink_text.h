// What a shrinker did, for people and programs. Text only. Thread-safety: values.
#pragma once

#include <string>

#include "sim/report/failure_groups.h"
#include "sim/shrink/shrink.h"

namespace mylonite::sim {

std::string effort_text(const Shrunk& shrunk);  // "nothing smaller fails alike: 9281 runs in 2.2 s"
std::string shrunk_text(const Shrunk& shrunk);  // the same, with the sizes before and after

// One line of --jsonl: a signature with its seeds, and what the smallest of them was shrunk to.
std::string signature_json(const FailureGroup& group, const Shrunk& shrunk, const std::string& artifact);

}  // namespace mylonite::sim
