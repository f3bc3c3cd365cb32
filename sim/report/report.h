// The printed account of one failure, and what each rule means. Text only: it checks nothing. Thread-safety: values.
#pragma once

#include <string>

#include "sim/run/run.h"

namespace mylonite::sim {

// The seed, the rule, expected and found, the last lines of the story, and the commands that repeat the failure.
struct FailureContext {
  std::string replay_command;
  std::string report_command{};  // that draws the page; empty: none
  std::string artifact;          // path of the scenario file; empty: none written
  std::string seeds{};           // that fail by the same signature; empty: nothing is known of others
  std::string decisions{};       // the table of those that decide; empty: none
  std::string shrunk{};          // what the scenario was shrunk to; empty: it is as it ran
};
std::string failure_text(const Outcome& outcome, const FailureContext& context);

std::string rules_text();

}  // namespace mylonite::sim
