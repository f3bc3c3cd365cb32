#include "sim/scenario/scenario.h"

#include <algorithm>

namespace mylonite::sim {
namespace {

constexpr std::array<std::string_view, kOpKinds> kOpNames = {
    "put",        "remove",       "batch",         "remove-range",
    "ingest",     "get",          "get-as-of",     "scan",
    "scan-back",  "scan-as-of",   "walk",          "open-cursor",
    "use-cursor", "close-cursor", "take-snapshot", "release-snapshot",
    "sync",       "flush",        "compact-level", "compact-range",
    "checkpoint", "sleep",        "clock-jump",    "clock-freeze",
    "clock-run"};

}  // namespace

std::string_view op_name(OpKind kind) { return kOpNames[static_cast<std::size_t>(kind)]; }

std::optional<OpKind> op_from_name(std::string_view name) {
  const auto found = std::ranges::find(kOpNames, name);
  if (found == kOpNames.end()) return std::nullopt;
  return static_cast<OpKind>(found - kOpNames.begin());
}

}  // namespace mylonite::sim
