// The keys of a scan: [low, high), by unsigned bytes. Thread-safety: a value.
#pragma once

#include <optional>
#include <string>

namespace mylonite {

struct KeyBounds {
  std::string low;                  // included
  std::optional<std::string> high;  // not included; empty: no bound
};

}  // namespace mylonite
