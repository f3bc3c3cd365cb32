#include "sim/run/replay.h"

namespace mylonite::sim {

Repro repro_of(const Outcome& outcome) {
  Repro repro{.scenario = outcome.recorded, .trace_hash = outcome.trace_hash};
  if (outcome.failure) {
    repro.rule = outcome.failure->rule;
    repro.what = outcome.failure->what;
    repro.operation = outcome.failure->operation;
    repro.incarnation = outcome.failure->incarnation;
    repro.step = outcome.failure->step;
  }
  return repro;
}

Verdict verdict_of(const Repro& observed, const Outcome& replayed) {
  if (!replayed.faithful) return Verdict::kStale;
  if (observed.rule != (replayed.failure ? replayed.failure->rule : "")) return Verdict::kOtherRule;
  return observed.trace_hash == replayed.trace_hash ? Verdict::kReproduced : Verdict::kOtherTrace;
}

}  // namespace mylonite::sim
