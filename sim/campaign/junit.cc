#include "sim/campaign/junit.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/base/markup.h"

namespace mylonite::sim {
namespace {

// Bytes that XML cannot hold become '?'.
std::string escaped(std::string text) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\n'; };
  std::ranges::replace_if(text, is_control, '?');
  return escaped_markup(text);
}

}  // namespace

std::string junit_xml(const Campaign& campaign, const std::vector<const FailureGroup*>& failures,
                      const std::string& program) {
  const double seconds = static_cast<double>(campaign.wall_ns) / 1e9;
  std::string text = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" time=\"{:.3f}\">\n",
      escaped(program), failures.size() + 1, failures.size(), campaign.nondeterministic > 0 ? 1 : 0, seconds);
  text += fmt::format("  <testcase classname=\"{}\" name=\"{} of {} seeds pass\" time=\"{:.3f}\"", escaped(program),
                      campaign.seeds - campaign.failures, campaign.seeds, seconds);
  text += campaign.nondeterministic == 0
              ? "/>\n"
              : fmt::format(">\n    <error message=\"{} seeds are not deterministic\"/>\n  </testcase>\n",
                            campaign.nondeterministic);
  for (const FailureGroup* group : failures) {
    const std::string name = escaped(to_string(group->signature));
    text += fmt::format(
        "  <testcase classname=\"{}\" name=\"{}\">\n    <failure message=\"{}\" type=\"{}\">seeds {}&#10;scenario "
        "{}&#10;{}</failure>\n  </testcase>\n",
        escaped(program), name, name, escaped(group->signature.rule), seeds_text(group->seeds),
        escaped(group->artifact), escaped(group->smallest.failure->what));
  }
  return text + "</testsuite>\n";
}

}  // namespace mylonite::sim
