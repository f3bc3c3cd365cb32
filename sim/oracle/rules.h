// Every rule that a run can break, by the name that a failure prints, with its meaning for people.
// Thread-safety: constant.
#pragma once

#include <span>
#include <string_view>

namespace mylonite::sim {

struct Rule {
  std::string_view name;
  std::string_view meaning;  // what holds where the rule is kept; sentences
};

std::span<const Rule> all_rules();  // in the order of a store's life: writes, reads, recovery, the rest
std::string_view meaning_of_rule(std::string_view name);  // "": there is no such rule

}  // namespace mylonite::sim
