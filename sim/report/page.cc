#include "sim/report/page.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/base/bytes.h"
#include "core/base/markup.h"
#include "sim/oracle/rules.h"
#include "sim/report/page_data.h"
#include "sim/report/page_script.h"
#include "sim/report/page_style.h"

namespace mylonite::sim {
namespace {

// JSON inside a script element: nothing in it may end the element or begin a comment.
std::string json_for_script(std::string_view json) {
  std::string safe;
  for (const char each : json) {
    if (each == '<') {
      safe += "\\u003c";
    } else {
      safe += each;
    }
  }
  return safe;
}

// The length of the character at that place: an escape \xNN, a character of UTF-8, or a byte.
std::size_t character_at(std::string_view text, std::size_t at) {
  if (at >= text.size()) return 0;
  if (text.substr(at, 2) == "\\x") return std::min<std::size_t>(4, text.size() - at);
  std::size_t length = 1;
  while (at + length < text.size() && (static_cast<unsigned char>(text[at + length]) & 0xC0) == 0x80) ++length;
  return length;
}

std::string marked(std::string_view text, std::size_t at) {
  const std::size_t length = character_at(text, at);
  const std::string mark = length == 0 ? "<mark>(ends here)</mark>" : escaped_markup(text.substr(at, length));
  return escaped_markup(text.substr(0, at)) + (length == 0 ? mark : "<mark>" + mark + "</mark>") +
         escaped_markup(text.substr(std::min(text.size(), at + length)));
}

std::string difference_html(const std::string& what) {
  const Expectation parts = expectation_in(what);
  if (parts.expected.empty() && parts.found.empty())
    return fmt::format("<pre class=\"what\">{}</pre>\n", escaped_markup(what));
  const std::size_t at = first_difference(parts.expected, parts.found);
  return fmt::format(
      "<p>{}</p>\n<table class=\"differ\">\n<tr><th scope=\"row\">expected</th><td><code>{}</code></td></tr>\n<tr><th "
      "scope=\"row\">found</th><td><code>{}</code></td></tr>\n</table>\n<p class=\"quiet\">The mark shows the first "
      "difference.</p>\n",
      escaped_markup(parts.before), marked(parts.expected, at), marked(parts.found, at));
}

std::string head_html(const Recording& recording, const PageWords& words) {
  const bool failed = !recording.violations.empty();
  std::string html;
  if (failed) {
    const Recording::Violation& violation = recording.violations.front();
    const std::string_view sentence = meaning_of_rule(violation.rule);
    html += fmt::format("<h1>A run that fails: rule <em>{}</em></h1>\n", escaped_markup(violation.rule));
    if (!sentence.empty()) html += fmt::format("<p class=\"rule\">The rule: {}</p>\n", escaped_markup(sentence));
    html += difference_html(violation.what);
    const std::uint64_t begin = recording.incarnations.at(violation.incarnation).begin.step;
    html +=
        fmt::format("<p>Seed {}. The failure is in incarnation {} at its step {}, which is step {} of the run.</p>\n",
                    recording.seed, violation.incarnation + 1, violation.at.step - begin, violation.at.step);
  } else {
    html += fmt::format("<h1>A clean run</h1>\n<p>Seed {}. No rule was broken.</p>\n", recording.seed);
  }
  return html + fmt::format("<p>To run it again: <code class=\"command\">{}</code></p>\n",
                            escaped_markup(words.replay_command));
}

std::string page_with(const Recording& recording, const PageWords& words, const PageLimits& limits) {
  const std::string rule = recording.violations.empty() ? "clean" : recording.violations.front().rule;
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
      "content=\"width=device-width, initial-scale=1\">\n<title>seed {}: {}</title>\n<style>{}</style>\n</head>\n"
      "<body>\n<button id=\"theme\" type=\"button\">dark or light</button>\n<header>\n{}</header>\n{}\n"
      "<footer class=\"quiet\">{}</footer>\n<script type=\"application/json\" id=\"data\">{}</script>\n"
      "<script>{}{}</script>\n</body>\n</html>\n",
      recording.seed, escaped_markup(rule), kRunPageStyle, head_html(recording, words), kRunPageBody,
      escaped_markup(words.made_by), json_for_script(page_data(recording, limits)), kRunPageLanes, kRunPageMoment);
}

}  // namespace

Expectation expectation_in(std::string_view what) {
  constexpr std::string_view kExpected = "expected ";
  constexpr std::string_view kFound = ", found ";
  const std::size_t expected = what.find(kExpected);
  const std::size_t found = expected == std::string_view::npos ? expected : what.find(kFound, expected);
  if (found == std::string_view::npos) return {.before = what, .expected = {}, .found = {}};
  const std::size_t from = expected + kExpected.size();
  std::string_view before = what.substr(0, expected);
  while (before.ends_with(' ') || before.ends_with(':')) before.remove_suffix(1);
  return {.before = before, .expected = what.substr(from, found - from), .found = what.substr(found + kFound.size())};
}

std::size_t first_difference(std::string_view expected, std::string_view found) {
  std::size_t at = 0;
  while (at < expected.size() && at < found.size()) {
    const std::size_t length = character_at(expected, at);
    if (expected.substr(at, length) != found.substr(at, character_at(found, at))) break;
    at += length;
  }
  return at;
}

std::string run_page(const Recording& recording, const PageWords& words) {
  PageLimits limits;
  std::string page = page_with(recording, words, limits);
  while (page.size() > kPageBytesMax && limits.moments > 4) {
    limits = {.moments = limits.moments / 2,
              .calls = limits.calls / 2,
              .operations = limits.operations / 2,
              .turns = limits.turns / 2};
    page = page_with(recording, words, limits);
  }
  return page;
}

}  // namespace mylonite::sim
