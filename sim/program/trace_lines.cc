#include "sim/program/trace_lines.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "core/base/bytes.h"
#include "core/cli/files.h"
#include "core/cli/output.h"
#include "sim/machine/fiber.h"
#include "sim/program/crash_report.h"
#include "sim/run/run.h"

namespace mylonite::sim {
namespace {

std::string trace_line(std::size_t index, std::string_view event) { return fmt::format("{} {}\n", index, event); }

// The events of the lines that are numbered from 0 on. What follows them is the account of the run.
std::vector<std::string_view> events_in(std::string_view text) {
  std::vector<std::string_view> events;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string number = fmt::format("{} ", events.size());
    std::string_view line = text.substr(0, end);
    if (!line.starts_with(number)) break;
    if (line.ends_with('\r')) line.remove_suffix(1);  // it came through a system that ends lines so
    events.push_back(line.substr(number.size()));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return events;
}

// The story of the steps before the difference.
std::string story_until(const NamedScenario& named, const ScenarioArguments& source, const Difference& difference) {
  constexpr std::size_t kLines = 20;
  StackPool stacks;
  RunSettings settings{.story_lines = kLines, .policies = source.generator.policies, .store = source.store};
  settings.stop = StopAt{.incarnation = difference.incarnation, .step = difference.step + 1};
  std::string text;
  for (const std::string& line : run(named.scenario, stacks, settings).story) text += line + "\n";
  return text;
}

}  // namespace

Status print_trace(const Trace& trace) {
  for (std::size_t i = 0; i < trace.all().size(); ++i) {
    if (Status done = cli::print(trace_line(i, to_string(trace.all()[i]))); !done.ok()) return done;
  }
  return {};
}

cli::Ending compare_traces(const NamedScenario& named, const ScenarioArguments& source, const std::string& file) {
  const auto text = cli::read_file(file);
  if (!text.ok()) return text.error();
  const std::vector<std::string_view> events = events_in(*text);
  if (events.empty()) {
    cli::Ending ending(Error(Code::kInvalidArgument, fmt::format("expected an event a line, '0 …' first, found '{}'",
                                                                 printable(text->substr(0, text->find('\n')))))
                           .in(file),
                       cli::Exit::kUsage);
    ending.next = fmt::format("`{} trace {} > FILE` writes such a file", source.program, source.what);
    return ending;
  }
  report_crashes();
  this_thread_runs(source.what, replay_words(source, named));
  StackPool stacks;
  Trace trace(true);
  const RunSettings settings{.trace = &trace, .policies = source.generator.policies, .store = source.store};
  static_cast<void>(run(named.scenario, stacks, settings));
  const std::optional<Difference> difference = first_difference(events, trace);
  if (!difference) {
    return cli::Ending(cli::print(fmt::format("{} events, each as in {}\n", trace.all().size(), file)));
  }
  constexpr std::string_view kThis = "this run";
  const std::size_t width = std::max(file.size(), kThis.size());
  const Status printed = cli::print(
      fmt::format("{}== the first difference: event {}, in incarnation {} at step {}\n  {:<{}}  {}\n  {:<{}}  {}\n",
                  story_until(named, source, *difference), difference->index, difference->incarnation, difference->step,
                  file, width, printable(difference->left), kThis, width, difference->right));
  return printed.ok() ? cli::Ending(cli::Exit::kNotDeterministic) : cli::Ending(printed);
}

}  // namespace mylonite::sim
