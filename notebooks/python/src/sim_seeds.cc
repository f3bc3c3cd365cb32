#include "notebooks/python/src/sim_seeds.h"

#include <array>
#include <optional>
#include <string>
#include <vector>

#include <pybind11/stl.h>

#include "notebooks/python/src/errors.h"
#include "notebooks/python/src/gil.h"
#include "notebooks/python/src/interrupts.h"
#include "notebooks/python/src/sim_disk.h"
#include "sim/campaign/campaign.h"
#include "sim/campaign/campaign_lines.h"
#include "sim/machine/fiber.h"
#include "sim/machine/machine_heap.h"
#include "sim/run/replay.h"

namespace mylonite::python {
namespace {

namespace py = pybind11;

// The arguments that say what a seed means.
sim::GeneratorOptions generator_of(const py::dict& words) {
  sim::GeneratorOptions options;
  options.operations = py::cast<std::uint64_t>(words["operations"]);
  options.crashes = py::cast<std::uint64_t>(words["crashes"]);
  options.profile = py::cast<std::string>(words["profile"]);
  if (options.profile != "smoke" && options.profile != "default" && options.profile != "harsh") {
    throw py::value_error("profile is 'smoke', 'default' or 'harsh', not '" + options.profile + "'");
  }
  if (const auto names = py::cast<std::optional<std::string>>(words["names"])) options.names = name_order_of(*names);
  options.liar = py::cast<std::optional<bool>>(words["liar"]);
  return options;
}

py::dict run_one(std::uint64_t seed, const py::dict& words, std::size_t story_lines) {
  const sim::GeneratorOptions generator = generator_of(words);
  value_of(sim::MachineHeap::can_make());
  sim::SeedResult result{.seed = seed, .outcome = {}};
  {
    const WithoutGil released;
    sim::StackPool stacks;
    result.outcome = sim::run(sim::generate(seed, generator), stacks, {.story_lines = story_lines});
  }
  return dict_of(result);
}

py::dict replay(const std::string& text, std::size_t story_lines) {
  const sim::Repro repro = value_of(sim::decode_repro(text));
  value_of(sim::MachineHeap::can_make());
  sim::SeedResult result{.seed = repro.scenario.seed, .outcome = {}};
  {
    const WithoutGil released;
    sim::StackPool stacks;
    result.outcome = sim::run(repro.scenario, stacks, {.story_lines = story_lines});
  }
  py::dict values = dict_of(result);
  constexpr std::array<const char*, 4> kWords = {"reproduced", "other rule", "other trace", "stale"};
  values["verdict"] = kWords[static_cast<std::size_t>(sim::verdict_of(repro, result.outcome))];
  values["expected_rule"] = repro.rule;
  return values;
}

py::dict run_seeds(const sim::CampaignOptions& options) {
  value_of(sim::MachineHeap::can_make(options.workers));
  Interrupts interrupts;
  std::vector<std::string> rows;
  std::vector<sim::SeedResult> failed;
  const sim::Campaign campaign = [&] {
    const WithoutGil released;
    return sim::run_campaign(options, interrupts.flag, {.on_seed = [&](const sim::SeedResult& result) {
                               rows.push_back(sim::seed_json(result));
                               if (result.outcome.failure) failed.push_back(result);
                               interrupts.poll();
                             }});
  }();
  interrupts.rethrow();
  py::list lines;
  for (const std::string& row : rows) lines.append(text_of(row));
  py::list failures;
  for (const sim::SeedResult& each : failed) failures.append(dict_of(each));
  py::dict values;
  values["rows"] = lines;
  values["failures"] = failures;
  values["figures"] = text_of(sim::run_end_json(campaign));
  values["nondeterministic"] = campaign.nondeterministic;
  return values;
}

}  // namespace

// Figures and rows are written as the simulator's program writes them (--jsonl), and read by Python's json.
py::dict dict_of(const sim::SeedResult& result) {
  const sim::Outcome& outcome = result.outcome;
  sim::Campaign figures;
  figures.seeds = 1;
  figures.stats.add(outcome.stats);
  py::dict values;
  values["row"] = text_of(sim::seed_json(result));
  values["figures"] = text_of(sim::run_end_json(figures));
  values["failure"] = py::none();
  if (outcome.failure) {
    const sim::Signature signature = sim::SignatureMaker().signature_of(*outcome.failure);
    values["failure"] = text_of(sim::failure_json(result, signature, ""));
  }
  values["scenario"] = text_of(sim::encode_repro(sim::repro_of(outcome), outcome.recent));
  py::list story;
  for (const std::string& line : outcome.story) story.append(text_of(line));
  values["story"] = story;
  return values;
}

void add_seeds(py::module_& module) {
  module.def("_sim_run", &run_one, py::arg("seed"), py::arg("words"), py::arg("story_lines"),
             "_sim_run(seed, words, story_lines)\n--\n\nFor mylonite.sim.");
  module.def("_sim_replay", &replay, py::arg("text"), py::arg("story_lines"),
             "_sim_replay(text, story_lines)\n--\n\nFor mylonite.sim.");
  module.def(
      "_sim_run_seeds",
      [](std::uint64_t first, std::uint64_t end, const py::dict& words, std::uint64_t jobs, bool until_failure,
         std::uint64_t determinism_percent) {
        return run_seeds({.first_seed = first,
                          .end_seed = end,
                          .workers = jobs,
                          .until_failure = until_failure,
                          .determinism_percent = determinism_percent,
                          .generator = generator_of(words)});
      },
      py::arg("first"), py::arg("end"), py::arg("words"), py::arg("jobs"), py::arg("until_failure"),
      py::arg("determinism_percent"),
      "_sim_run_seeds(first, end, words, jobs, until_failure, determinism_percent)\n--\n\nFor mylonite.sim.");
  module.def("_machine_heap", &sim::machine_heap_available,
             "_machine_heap()\n--\n\nWhether dead machines leave no memory: not in sanitizers' builds.");
  py::list marks;
  for (const std::string& mark : sim::all_marks()) marks.append(text_of(mark));
  module.attr("_MARKS") = py::tuple(marks);
}

}  // namespace mylonite::python
