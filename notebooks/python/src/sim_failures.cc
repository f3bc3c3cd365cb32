#include "notebooks/python/src/sim_failures.h"

#include <algorithm>
#include <atomic>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "core/base/release.h"
#include "notebooks/python/src/errors.h"
#include "notebooks/python/src/interrupts.h"
#include "notebooks/python/src/sim_seeds.h"
#include "sim/campaign/campaign.h"
#include "sim/machine/fiber.h"
#include "sim/machine/machine_heap.h"
#include "sim/report/page.h"
#include "sim/report/report.h"
#include "sim/run/replay.h"
#include "sim/scenario/repro.h"
#include "sim/shrink/as_test.h"
#include "sim/shrink/decisions.h"
#include "sim/shrink/shrink.h"
#include "sim/shrink/shrink_text.h"

namespace mylonite::python {
namespace {

namespace py = pybind11;

constexpr const char* kReplayWords = "mylonite.sim.replay(outcome.scenario)";

sim::Scenario scenario_of(const std::string& text) {
  sim::Repro repro = value_of(sim::decode_repro(text));
  value_of(sim::MachineHeap::can_make());
  return std::move(repro.scenario);
}

sim::Outcome run_again(const std::string& text, std::size_t story_lines) {
  const sim::Scenario scenario = scenario_of(text);
  return interruptibly([&](const std::atomic<bool>& interrupt) {
    sim::StackPool stacks;
    return sim::run(scenario, stacks, {.story_lines = story_lines, .interrupt = &interrupt});
  });
}

[[noreturn]] void refuse(const std::string& what) {
  raise(Error(Code::kInvalidArgument, "the run does not fail; there is " + what));
}

std::uint64_t ns_of(double seconds) {
  constexpr double kMost = 1e9;
  if (!(seconds >= 0)) throw py::value_error("time is a number of seconds, from 0 on");
  return static_cast<std::uint64_t>(std::min(seconds, kMost) * 1e9);
}

py::dict values_of(const sim::ScenarioSize& size) {
  py::dict values;
  values["operations"] = size.operations;
  values["crashes"] = size.crashes;
  values["faults"] = size.faults;
  values["lost_units"] = size.losses;
  values["switches"] = size.switches;
  values["options"] = size.options;
  values["text"] = text_of(to_string(size));
  return values;
}

py::dict values_of(const sim::DecisionEffects& effects) {
  const auto percent = [&](std::uint64_t failures) {
    return effects.futures == 0 ? 0 : 100 * failures / effects.futures;
  };
  py::list rows;
  for (const sim::DecisionEffect& each : effects.decisions) {
    rows.append(py::make_tuple(percent(each.failures), text_of(each.decision), each.needed));
  }
  py::dict values;
  values["rows"] = rows;
  values["at_first"] = percent(effects.at_first);
  values["text"] = text_of(to_string(effects));
  return values;
}

struct SmallFailure {
  sim::Shrunk shrunk{};
  sim::DecisionEffects effects{};
  sim::Outcome told{};
};

py::dict shrink(const std::string& text, double seconds, std::size_t story_lines) {
  const sim::Scenario failing = scenario_of(text);
  const std::uint64_t time_ns = ns_of(seconds);
  const SmallFailure small = interruptibly([&](const std::atomic<bool>& interrupt) {
    sim::StackPool stacks;
    SmallFailure made{.shrunk = sim::shrink(failing, stacks, {}, {.time_ns = time_ns, .interrupt = &interrupt})};
    if (made.shrunk.end == sim::ShrinkEnd::kDidNotFail) return made;
    const sim::Scenario& scenario = made.shrunk.outcome.recorded;
    made.effects = sim::effects_of_decisions(scenario, stacks, {.interrupt = &interrupt});
    made.told = sim::run(scenario, stacks, {.story_lines = story_lines, .interrupt = &interrupt});
    return made;
  });
  if (small.shrunk.end == sim::ShrinkEnd::kDidNotFail) refuse("nothing to shrink");
  py::dict values = dict_of(sim::SeedResult{.seed = failing.seed, .outcome = small.told});
  values["scenario"] = text_of(encode_repro(repro_of(small.told), {}));  // as the program writes it, without events
  values["before"] = values_of(small.shrunk.before);
  values["after"] = values_of(small.shrunk.after);
  values["runs"] = small.shrunk.runs;
  values["seconds"] = static_cast<double>(small.shrunk.wall_ns) / 1e9;
  values["why"] = text_of(to_string(small.shrunk.end));
  values["decisions"] = values_of(small.effects);
  values["effort"] = text_of(shrunk_text(small.shrunk));
  return values;
}

// As the program tells a failure, or a clean run.
py::str tell(const std::string& text, std::size_t lines, const py::dict& words) {
  const sim::Outcome outcome = run_again(text, lines);
  if (outcome.failure) {
    return text_of(failure_text(outcome, {.replay_command = kReplayWords,
                                          .artifact = "",
                                          .decisions = py::cast<std::string>(words["decisions"]),
                                          .shrunk = py::cast<std::string>(words["effort"])}));
  }
  return text_of(fmt::format("seed {} is clean: {} operations, {} crashes, trace {}\n", outcome.recorded.seed,
                             outcome.stats.operations, outcome.stats.crashes, outcome.trace_hash));
}

py::str page(const std::string& text) {
  const sim::Scenario scenario = scenario_of(text);
  return text_of(interruptibly([&](const std::atomic<bool>& interrupt) {
    sim::StackPool stacks;
    sim::Recording recording;
    static_cast<void>(sim::run(scenario, stacks, {.interrupt = &interrupt, .recording = &recording}));
    if (interrupt.load()) return std::string();
    return run_page(recording, {.replay_command = kReplayWords, .made_by = fmt::format("mylonite {}", kRelease)});
  }));
}

py::str as_test(const std::string& text) {
  const sim::Outcome outcome = run_again(text, 0);
  if (!outcome.failure) refuse("no test to write");
  return text_of(sim::as_test(outcome));
}

}  // namespace

void add_failures(py::module_& module) {
  module.def("_sim_shrink", &shrink, py::arg("text"), py::arg("seconds"), py::arg("story_lines"),
             "_sim_shrink(text, seconds, story_lines)\n--\n\nFor mylonite.sim.");
  module.def("_sim_tell", &tell, py::arg("text"), py::arg("lines"), py::arg("words"),
             "_sim_tell(text, lines, words)\n--\n\nFor mylonite.sim.");
  module.def("_sim_page", &page, py::arg("text"), "_sim_page(text)\n--\n\nFor mylonite.sim.");
  module.def("_sim_as_test", &as_test, py::arg("text"), "_sim_as_test(text)\n--\n\nFor mylonite.sim.");
}

}  // namespace mylonite::python
