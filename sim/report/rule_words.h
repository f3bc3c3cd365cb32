// What each rule asks, in one sentence for people. Thread-safety: pure. Complexity: linear in the rules.
#pragma once

#include <string_view>

namespace mylonite::sim {

std::string_view rule_sentence(std::string_view rule);  // empty: an unknown rule

}  // namespace mylonite::sim
