#include "sim/program/scenario_source.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "core/cli/files.h"

namespace mylonite::sim {
namespace {

cli::Ending unreadable(const Error& error, std::string next) {
  cli::Ending ending(error, cli::Exit::kUnreadable);
  ending.next = std::move(next);
  return ending;
}

// The seed that a scenario file came from, damaged or not; empty: not to be found.
std::string_view seed_in(std::string_view text) {
  constexpr std::string_view kSeed = "\"seed\": \"";
  const std::size_t provenance = text.find("\"provenance\"");
  const std::size_t found = provenance == std::string_view::npos ? provenance : text.find(kSeed, provenance);
  if (found == std::string_view::npos) return "";
  const std::string_view rest = text.substr(found + kSeed.size());
  const std::string_view seed = rest.substr(0, rest.find_first_not_of("0123456789"));
  return rest.substr(seed.size()).starts_with('"') ? seed : "";
}

std::string next_step(const Error& error, std::string_view text, const ScenarioArguments& arguments) {
  if (error.code() == Code::kUnsupported) return "use the newer version that wrote it";
  const std::string_view seed = seed_in(text);
  if (seed.empty()) return "use an undamaged copy of the file";
  return fmt::format("use an undamaged copy, or `{} run --seed {}` with its run's options, which writes the file anew",
                     shell_word(arguments.called_as), seed);
}

}  // namespace

std::variant<NamedScenario, cli::Ending> scenario_from(const ScenarioArguments& arguments) {
  std::uint64_t seed = 0;
  const char* end = arguments.what.data() + arguments.what.size();
  const auto [stop, error] = std::from_chars(arguments.what.data(), end, seed);
  if (error == std::errc{} && stop == end) {
    return NamedScenario{.scenario = generate(seed, arguments.generator),
                         .file = std::nullopt,
                         .words = arguments.what + " " + generator_words(arguments.generator)};
  }
  const auto text = cli::read_file(arguments.what);
  if (!text.ok() && text.error().code() == Code::kNotFound) {
    const Error neither(Code::kNotFound, "neither a seed (0 to 18446744073709551615) nor a scenario file");
    return unreadable(neither.in(arguments.what), "give a seed, or the .repro file that a failing run has saved");
  }
  if (!text.ok()) return cli::Ending(text.error(), cli::Exit::kUnreadable);
  if (!arguments.generator_given.empty()) {
    return cli::Ending(
        Error(Code::kInvalidArgument,
              fmt::format("{} is for a seed; a scenario file holds all of its run", arguments.generator_given[0]))
            .in(arguments.what));
  }
  auto repro = decode_repro(*text);
  if (!repro.ok()) {
    return unreadable(repro.error().in(arguments.what), next_step(repro.error(), *text, arguments));
  }
  if (const std::string own = arguments.store ? first_of_mylonite(repro->scenario) : ""; !own.empty()) {
    const Error refused(Code::kInvalidArgument,
                        "'" + own + "' is Mylonite's own; the store of this program cannot do it");
    return cli::Ending(refused.in(arguments.what), cli::Exit::kUnreadable);
  }
  Scenario scenario = repro->scenario;
  return NamedScenario{.scenario = std::move(scenario), .file = std::move(*repro), .words = shell_word(arguments.what)};
}

std::string replay_words(const ScenarioArguments& arguments, const NamedScenario& named) {
  return fmt::format("{} replay {}", shell_word(arguments.called_as), named.words);
}

std::string generator_words(const GeneratorOptions& options) {
  std::string words = fmt::format("--ops {} --crashes {}", options.operations, options.crashes);
  if (options.profile != "default") words += " --profile " + options.profile;
  if (options.names) words += fmt::format(" --fs {}", kNameOrderNames[static_cast<std::size_t>(*options.names)]);
  if (options.liar) words += *options.liar ? " --liar" : " --no-liar";
  return words;
}

std::string shell_word(const std::string& word) {
  const auto is_plain = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           std::string_view("_-+=./:,@").find(c) != std::string_view::npos;
  };
  if (!word.empty() && std::ranges::all_of(word, is_plain)) return word;
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

}  // namespace mylonite::sim
