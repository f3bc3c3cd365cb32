#include <fmt/format.h>

#include "core/base/json.h"
#include "experiments/decisions/headroom.h"

namespace mylonite::experiments {
namespace {

// In hundredths of a percent of the policy's figure.
std::uint64_t headroom_of(const Headroom& found) {
  if (found.policy_value == 0) return 0;
  return ((found.policy_value - found.best_value) * 10'000 + found.policy_value / 2) / found.policy_value;
}

std::string shown(const RunResult& result, const std::string& figure, std::uint64_t value) {
  if (figure != "write_amplification") return fmt::format("{}", value);
  return ratio_text(value, result.figures.user_bytes);
}

}  // namespace

std::string headroom_text(const Headroom& found, const HeadroomArguments& arguments, const std::string& fork) {
  const RunSpec& spec = found.policy.spec;
  const std::uint64_t percent = headroom_of(found);
  std::string text =
      fmt::format("{} of {} under {}, seed {}\n", arguments.figure, found.policy.policy, spec.workload, spec.seed);
  text += fmt::format("  the policy   {:>12}\n", shown(found.policy, arguments.figure, found.policy_value));
  text += fmt::format("  best found   {:>12}\n", shown(found.best, arguments.figure, found.best_value));
  text += fmt::format("  headroom     {:>9}.{:02} %, at least\n", percent / 100, percent % 100);
  text += fmt::format("\n{} of {} decisions searched, {} runs, {} alternatives took effect, {} paths kept\n",
                      found.last + 1 - found.first, found.decisions, found.runs, found.alternatives, arguments.width);
  if (found.stopped) text += fmt::format("stopped at decision {0}; to go on: --first {0}\n", found.last + 1);
  if (found.spent && !found.stopped) {
    text +=
        fmt::format("the runs were spent at decision {}; to go on: more --runs, fewer --candidates, or --first {}\n",
                    found.last + 1, found.last + 1);
  }
  if (found.deviations.empty()) return text + "no other candidate that was tried comes below the policy\n";
  text += fmt::format("result {}, replayed by\n  {} {}\n", result_hash(found.best), fork,
                      deviations_text(found.deviations));
  return text;
}

std::string headroom_json(const Headroom& found, const HeadroomArguments& arguments) {
  JsonArray deviations;
  for (const Deviation& each : found.deviations) {
    deviations.add(JsonArray().number(each.decision).number(each.candidate).array());
  }
  JsonObject object;
  object.raw("spec", spec_json(found.policy.spec))
      .text("figure", arguments.figure)
      .number("width", arguments.width)
      .number("candidates", arguments.candidates)
      .number("policy", found.policy_value)
      .number("best", found.best_value)
      .number("headroom_hundredths_of_percent", headroom_of(found))
      .raw("deviations", deviations.array())
      .number("decisions", found.decisions)
      .number("first", found.first)
      .number("last", found.last)
      .number("runs", found.runs)
      .number("alternatives", found.alternatives)
      .flag("spent", found.spent)
      .flag("stopped", found.stopped)
      .text("policy_hash", result_hash(found.policy))
      .text("best_hash", result_hash(found.best));
  return object.line();
}

}  // namespace mylonite::experiments
