// The scenario that a command line names: a seed, or a .repro file. Thread-safety: values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/cli/program.h"
#include "sim/run/run.h"
#include "sim/scenario/generator.h"
#include "sim/scenario/repro.h"

namespace mylonite::sim {

struct ScenarioArguments {
  std::string program{};    // its name in messages
  std::string called_as{};  // its name in the commands that are printed
  std::string what{};       // a file, or a seed
  GeneratorOptions generator{};
  std::vector<std::string> generator_given{};  // those of its options that the command line has
  StoreFactory store{};                        // empty: Mylonite
};

struct NamedScenario {
  Scenario scenario{};
  std::optional<Repro> file{};  // empty: it was a seed
  std::string words{};          // of a command line that names it again, quoted
};

// An ending instead, where there is no such scenario or this program's store cannot follow it.
std::variant<NamedScenario, cli::Ending> scenario_from(const ScenarioArguments& arguments);

// How its run is started again: "mylonite-sim replay 42 --ops 1000 --crashes 10".
std::string replay_words(const ScenarioArguments& arguments, const NamedScenario& named);

// The options of a command line for the same scenarios: "--ops 1000 --crashes 10".
std::string generator_words(const GeneratorOptions& options);

// A word of a shell command, quoted if it must be.
std::string shell_word(const std::string& word);

}  // namespace mylonite::sim
