#include "sim/report/report.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "sim/oracle/rules.h"
#include "sim/report/stack_text.h"
#include "sim/scenario/repro.h"

namespace mylonite::sim {
namespace {

// Breaks lines at spaces. The first begins with `label`, the others with as many spaces. Lines that the text has
// already stay apart.
std::string wrapped(std::string_view label, std::string_view text) {
  constexpr std::size_t kWidth = 114;
  const std::size_t width = kWidth - label.size();
  std::string lines;
  while (!text.empty()) {
    std::size_t cut = std::min(text.find('\n'), text.size());
    if (cut > width) {
      const std::size_t space = text.rfind(' ', width);
      cut = space == std::string_view::npos || space == 0 ? cut : space;
    }
    lines += lines.empty() ? std::string(label) : std::string(label.size(), ' ');
    lines += fmt::format("{}\n", text.substr(0, cut));
    text.remove_prefix(std::min(cut + 1, text.size()));
  }
  return lines;
}

}  // namespace

std::string failure_text(const Outcome& outcome, const FailureContext& context) {
  if (!outcome.failure) return "";
  const Failure& failure = *outcome.failure;
  std::string text = fmt::format("\nFAILED  seed {}  options {}  rule {}\n", outcome.recorded.seed,
                                 options_hash(outcome.recorded), failure.rule);
  text += wrapped("  ", meaning_of_rule(failure.rule)) + wrapped("  ", "but: " + failure.what);
  text += fmt::format("  in incarnation {} at step {}{}{}\n\n", failure.incarnation, failure.step,
                      failure.operation.empty() ? "" : ", in ", failure.operation);
  if (!failure.stack.empty()) text += "the stack:\n" + stack_text(failure.stack, "  ") + "\n";
  if (!outcome.story.empty()) {
    text += "the story (clients left, machine right):\n";
    for (const std::string& line : outcome.story) text += line + "\n";
    text += "\n";
  }
  if (!context.decisions.empty()) text += context.decisions + "\n";
  text += wrapped("seeds:     ", context.seeds) + wrapped("shrunk:    ", context.shrunk);
  if (!context.artifact.empty()) text += fmt::format("scenario:  {}\n", context.artifact);
  text += fmt::format("replay:    {}\n", context.replay_command);
  if (!context.report_command.empty()) text += fmt::format("draw:      {}\n", context.report_command);
  return text;
}

std::string rules_text() {
  std::string text;
  for (const Rule& rule : all_rules()) text += fmt::format("{:<17} {}\n", rule.name, rule.meaning);
  return text;
}

}  // namespace mylonite::sim
