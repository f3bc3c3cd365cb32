#include "sim/shrink/shrink_text.h"

#include <fmt/format.h>

namespace mylonite::sim {

std::string effort_text(const Shrunk& shrunk) {
  return fmt::format("{}: {} runs in {:.1f} s", to_string(shrunk.end), shrunk.runs,
                     static_cast<double>(shrunk.wall_ns) / 1e9);
}

std::string shrunk_text(const Shrunk& shrunk) {
  return fmt::format("{}; before {}; {}", to_string(shrunk.after), to_string(shrunk.before), effort_text(shrunk));
}

}  // namespace mylonite::sim
