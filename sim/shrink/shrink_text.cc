#include "sim/shrink/shrink_text.h"

#include <fmt/format.h>

#include "core/base/json.h"

namespace mylonite::sim {

std::string effort_text(const Shrunk& shrunk) {
  return fmt::format("{}: {} runs in {:.1f} s", to_string(shrunk.end), shrunk.runs,
                     static_cast<double>(shrunk.wall_ns) / 1e9);
}

std::string shrunk_text(const Shrunk& shrunk) {
  return fmt::format("{}; before {}; {}", to_string(shrunk.after), to_string(shrunk.before), effort_text(shrunk));
}

std::string signature_json(const FailureGroup& group, const Shrunk& shrunk, const std::string& artifact) {
  JsonArray seeds;
  for (const std::uint64_t seed : group.seeds) seeds.number(seed);
  return JsonObject()
      .text("ev", "signature")
      .text("rule", group.signature.rule)
      .text("operation", group.signature.operation)
      .text("call", group.signature.call)
      .text("place", group.signature.place)
      .raw("seeds", seeds.array())
      .text("artifact", artifact)
      .number("operations_before", shrunk.before.operations)
      .number("operations", shrunk.after.operations)
      .number("crashes_before", shrunk.before.crashes)
      .number("crashes", shrunk.after.crashes)
      .number("runs", shrunk.runs)
      .object();
}

}  // namespace mylonite::sim
