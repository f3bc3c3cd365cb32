#include <fmt/format.h>

#include "core/base/json.h"
#include "experiments/decisions/decisions.h"

namespace mylonite::experiments {
namespace {

constexpr std::size_t kCandidatesShown = 20;

}  // namespace

std::string decisions_text(const WatchedRun& run) {
  std::string text =
      fmt::format("{} decisions, {} under {}, seed {}\n  number  candidates  what was done\n", run.decisions.size(),
                  run.result.policy, workload_text(run.result.spec), run.result.spec.seed);
  for (std::size_t i = 0; i < run.decisions.size(); ++i) {
    text += fmt::format("{:>8}  {:>10}  {}\n", i + 1, run.decisions[i].candidates, run.decisions[i].chosen);
  }
  return text;
}

std::string decisions_json(const WatchedRun& run) {
  JsonArray decisions;
  for (const DecisionInBrief& each : run.decisions) {
    decisions.add(JsonObject().number("candidates", each.candidates).text("chosen", each.chosen).object());
  }
  JsonObject object;
  object.raw("spec", spec_json(run.result.spec))
      .raw("decisions", decisions.array())
      .text("result_hash", result_hash(run.result));
  return object.line();
}

std::string decision_text(const WatchedRun& run) {
  const Decision& at = run.watched.front();
  const RunSpec& spec = run.result.spec;
  std::string text =
      fmt::format("decision {} of {}, {} under {}, seed {}, after {}.{:03} ms\n", at.number, run.decisions.size(),
                  run.result.policy, workload_text(spec), spec.seed, at.at_ns / 1'000'000, at.at_ns / 1'000 % 1'000);
  for (const std::string& level : at.levels) text += fmt::format("  {}\n", level);
  text += "\ntriggers (due from 1.00 on)\n";
  for (const CompactionTrigger& each : at.triggers) {
    text += fmt::format("  {:>8.2f}  {}\n", static_cast<double>(each.score) / kScoreUnit, each.what);
  }
  text += "\ncandidates, best first, with the policy's scores\n";
  for (std::size_t i = 0; i < at.candidates.size() && i < kCandidatesShown; ++i) {
    text += fmt::format("  {:>3}  {}, {}\n", i, at.candidates[i].what, at.candidates[i].score);
  }
  if (at.candidates.size() > kCandidatesShown) {
    text += fmt::format("  and {} more\n", at.candidates.size() - kCandidatesShown);
  }
  if (at.candidates.empty()) text += "  none: the chooser rewrites expired tombstones by itself\n";
  const JobRecord& job = at.job;
  const std::string to = job.expires() ? "" : fmt::format(" -> level {}", job.to_level);
  const char* const did = job.expires() ? "expired" : job.move ? "moved" : "merged";
  text += fmt::format("\n{} {}{}\n  because of {}\n", did, job.why.chosen, to, job.why.trigger);
  if (!at.took_ns) return text + "  it did not end within the run\n";
  return text + fmt::format("  {} bytes in, {} bytes out, {} entries dropped, in {} us\n", job.bytes_in, job.bytes_out,
                            job.dropped, *at.took_ns / 1000);
}

std::string decision_json(const WatchedRun& run) {
  const Decision& at = run.watched.front();
  std::string triggers;
  for (const CompactionTrigger& each : at.triggers) {
    JsonObject object;
    object.text("what", each.what).raw("score", fmt::format("{}", each.score));
    triggers += (triggers.empty() ? "" : ", ") + object.object();
  }
  std::string candidates;
  for (const WeighedCandidate& each : at.candidates) {
    JsonObject object;
    object.text("what", each.what).raw("score", fmt::format("{}", each.score));
    candidates += (candidates.empty() ? "" : ", ") + object.object();
  }
  JsonObject object;
  object.raw("spec", spec_json(run.result.spec))
      .number("decision", at.number)
      .number("decisions", run.decisions.size())
      .number("at_ns", at.at_ns)
      .raw("triggers", "[" + triggers + "]")
      .raw("candidates", "[" + candidates + "]")
      .text("trigger", at.job.why.trigger)
      .text("chosen", at.job.why.chosen)
      .number("to_level", at.job.to_level)
      .flag("move", at.job.move)
      .flag("expiry", at.job.expires())
      .number("bytes_in", at.job.bytes_in)
      .number("bytes_out", at.job.bytes_out)
      .raw("took_ns", at.took_ns ? fmt::format("{}", *at.took_ns) : "null")
      .text("result_hash", result_hash(run.result));
  return object.line();
}

}  // namespace mylonite::experiments
