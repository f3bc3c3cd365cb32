#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/base/markup.h"
#include "sim/campaign/failure_groups.h"
#include "sim/campaign/merged_text.h"
#include "sim/oracle/rules.h"
#include "sim/report/page_style.h"

namespace mylonite::sim {
namespace {

// Beside the style of a run's page, whose colours it uses.
constexpr std::string_view kStyle = R"css(
.wide-table { width: 100%; font-size: .9rem; } .wide-table th, .wide-table td { padding: .25rem .8rem .25rem 0;
  border-top: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
.wide-table .count { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.share { min-width: 7rem; } .share span { display: block; height: .7rem; margin-top: .35rem; border-radius: .1rem;
  background: var(--write); min-width: 1px; } .share .failed { background: var(--bad); }
svg { max-width: 100%; height: auto; } .curve { fill: none; stroke: var(--write); stroke-width: 2; }
.curve.failed { stroke: var(--bad); stroke-dasharray: 6 3; } .axis { stroke: var(--line); }
@media (max-width: 40rem) { .wide-table { font-size: .8rem; } .share { min-width: 3rem; } }
)css";

// The seeds that brought something new, each as its place among all seeds, from 1. Where they end, more seeds of this
// kind find little.
using Ordinals = std::vector<std::uint64_t>;
Ordinals ordinals_of(std::vector<std::uint64_t> seeds, const MergedCampaign& campaign) {
  std::ranges::sort(seeds);
  Ordinals ordinals;
  std::uint64_t ordinal = 0;
  auto next = seeds.begin();
  for (const auto& [seed, hash] : campaign.trace_hashes) {
    ++ordinal;
    for (; next != seeds.end() && *next <= seed; ++next) ordinals.push_back(ordinal);
  }
  return ordinals;
}

constexpr double kWidth = 720;
constexpr double kHeight = 200;
constexpr double kLeft = 40;
constexpr double kBottom = 24;

// Places on a drawing whose x is logarithmic: the first seed is as far from the tenth as the tenth from the hundredth.
double x_of(std::uint64_t ordinal, std::uint64_t seeds) {
  const double all = std::log10(static_cast<double>(std::max<std::uint64_t>(seeds, 2)));
  return kLeft + (kWidth - kLeft - 10) * std::log10(static_cast<double>(ordinal)) / all;
}
double y_of(std::size_t count, std::size_t most) {
  return kHeight - kBottom -
         (kHeight - kBottom - 12) * static_cast<double>(count) / static_cast<double>(std::max<std::size_t>(most, 1));
}

std::string path_of(const Ordinals& curve, std::uint64_t seeds, std::size_t most, std::string_view css) {
  if (curve.empty()) return "";
  std::string path = fmt::format("M{:.1f} {:.1f}", kLeft, y_of(0, most));
  std::size_t count = 0;
  for (const std::uint64_t ordinal : curve) {
    path += fmt::format("H{:.1f}V{:.1f}", x_of(ordinal, seeds), y_of(++count, most));
  }
  return fmt::format("<path class=\"{}\" d=\"{}H{:.1f}\"/>\n", css, path, x_of(seeds, seeds));
}

std::string axes(std::uint64_t seeds, std::size_t most) {
  const double floor = y_of(0, most);
  std::string svg =
      fmt::format("<path class=\"axis\" d=\"M{0} 8V{1:.1f}H{2}\" fill=\"none\"/>\n", kLeft, floor, kWidth);
  for (std::uint64_t power = 1; power <= seeds; power *= 10) {
    svg += fmt::format("<text x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">{}</text>\n", x_of(power, seeds),
                       kHeight - 6, power);
    if (power > UINT64_MAX / 10) break;
  }
  for (const std::size_t count : {std::size_t{0}, most / 2, most}) {
    svg += fmt::format("<text x=\"{}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>\n", kLeft - 6, y_of(count, most) + 4,
                       count);
  }
  return svg;
}

std::string discovery(const MergedCampaign& campaign) {
  std::vector<std::uint64_t> marks;
  for (const auto& [name, mark] : campaign.marks) marks.push_back(mark.first_seed);
  std::vector<std::uint64_t> signatures;
  for (const auto& [signature, group] : campaign.groups) {
    if (!group.seeds.empty()) signatures.push_back(*group.seeds.begin());
  }
  const Ordinals of_marks = ordinals_of(std::move(marks), campaign);
  const Ordinals of_failures = ordinals_of(std::move(signatures), campaign);
  const std::uint64_t seeds = campaign.trace_hashes.size();
  const std::size_t most = std::max(of_marks.size(), of_failures.size());
  if (seeds == 0 || most == 0) return "";
  const std::uint64_t last = of_marks.empty() ? 0 : of_marks.back();
  return fmt::format(
      "<h2>What was new, seed by seed</h2>\n<div class=\"legend\"><span><i style=\"background:var(--write)\"></i>rare "
      "events ({})</span><span><i style=\"background:var(--bad)\"></i>signatures of failures ({})</span></div>\n"
      "<svg viewBox=\"0 0 {} {}\" width=\"{}\" role=\"img\" aria-label=\"{} rare events and {} signatures of failures "
      "over {} seeds\">\n{}{}{}</svg>\n<p class=\"quiet\">The axis of seeds is logarithmic. After "
      "the first {} of {} seeds no new rare event came.</p>\n",
      of_marks.size(), of_failures.size(), kWidth, kHeight, kWidth, of_marks.size(), of_failures.size(), seeds,
      axes(seeds, most), path_of(of_marks, seeds, most, "curve"), path_of(of_failures, seeds, most, "curve failed"),
      last, seeds);
}

std::string bar(double share, std::string_view css) {
  return fmt::format("<td class=\"share\"><span class=\"{}\" style=\"width:{:.1f}%\"></span></td>", css,
                     100 * std::min(share, 1.0));
}

std::string group_row(const MergedGroup& group, const MergedCampaign& campaign, std::size_t most_seeds) {
  const std::string size = size_text(group);
  const std::string scenario = group.artifact.empty()
                                   ? "no scenario was written"
                                   : fmt::format("<code>{} replay {}</code>{}", escaped_markup(campaign.start.program),
                                                 escaped_markup(group.artifact), size.empty() ? "" : ", " + size);
  return fmt::format(
      "<tr><td><b>{}</b><br>{}<p class=\"quiet\">{}</p><p>{}; seeds {}</p></td><td class=\"count\">{}</td>{}</tr>\n",
      escaped_markup(to_string(group.signature)), escaped_markup(group.what),
      escaped_markup(meaning_of_rule(group.signature.rule)), scenario,
      seeds_text({group.seeds.begin(), group.seeds.end()}), group.seeds.size(),
      bar(static_cast<double>(group.seeds.size()) / static_cast<double>(most_seeds), "failed"));
}

std::string groups_table(const MergedCampaign& campaign) {
  if (campaign.groups.empty()) return "";
  std::string html =
      "<h2>Failures, the smallest first</h2>\n<table class=\"wide-table\">\n<tr><th>signature</th><th class=\"count\">"
      "seeds</th><th></th></tr>\n";
  std::size_t most = 1;
  for (const auto& [signature, group] : campaign.groups) most = std::max(most, group.seeds.size());
  std::size_t told = 0;
  for (const MergedGroup* group : smallest_first(campaign)) {
    if (++told > kGroupsOfPageMax) break;
    html += group_row(*group, campaign, most);
  }
  html += "</table>\n";
  if (told > kGroupsOfPageMax) {
    html += fmt::format("<p>{} more are not shown.</p>\n", campaign.groups.size() - kGroupsOfPageMax);
  }
  return html;
}

std::string marks_table(const MergedCampaign& campaign) {
  if (campaign.marks.empty()) return "";
  std::vector<std::pair<std::string_view, const MergedMark*>> rarest;
  for (const auto& [name, mark] : campaign.marks) rarest.emplace_back(name, &mark);
  std::ranges::stable_sort(rarest, {}, [](const auto& each) { return each.second->seeds; });
  std::string html =
      "<h2>Rare events, the rarest first</h2>\n<table class=\"wide-table\">\n<tr><th>event</th><th "
      "class=\"count\">seeds"
      "</th><th></th><th class=\"count\">times</th><th class=\"count\">first in seed</th></tr>\n";
  const auto seeds = static_cast<double>(campaign.trace_hashes.size());
  for (const auto& [name, mark] : rarest) {
    html += fmt::format(
        "<tr><td><code>{}</code><div class=\"quiet\">{}</div></td><td class=\"count\">{}</td>{}<td "
        "class=\"count\">{}</td><td "
        "class=\"count\">{}</td>"
        "</tr>\n",
        escaped_markup(name), escaped_markup(meaning_of_mark(name)), mark->seeds,
        bar(static_cast<double>(mark->seeds) / seeds, ""), mark->times, mark->first_seed);
  }
  return html + "</table>\n";
}

std::string warnings(const MergedCampaign& campaign) {
  std::string html;
  const auto warn = [&](std::string_view what, const std::string& of) {
    if (!of.empty()) html += fmt::format("<p class=\"what\">{}: {}</p>\n", what, escaped_markup(of));
  };
  warn("Not run, or not in these files", missing_seeds(campaign));
  warn("Of runs that were stopped, or go on", fmt::format("{}", fmt::join(campaign.unfinished, ", ")));
  warn("Never reached", fmt::format("{}", fmt::join(marks_not_reached(campaign), ", ")));
  return html;
}

}  // namespace

std::string campaign_page(const MergedCampaign& campaign, const std::string& made_by) {
  const std::string verdict = verdict_text(campaign);
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
      "content=\"width=device-width, initial-scale=1\">\n<title>{0}</title>\n<style>{1}{2}</style>\n</head>\n<body>\n"
      "<header>\n<h1>{0}</h1>\n<p><code class=\"command\">{3} run {4}</code>, version {5}; {6} parts; {7} operations, "
      "{8} crashes, {9:.1f} s of single seeds</p>\n<p class=\"quiet\">results {10}</p>\n</header>\n{11}{12}{13}{14}"
      "<footer class=\"quiet\">{15}</footer>\n</body>\n</html>\n",
      verdict, kRunPageStyle, kStyle, escaped_markup(campaign.start.program), escaped_markup(campaign.start.options),
      escaped_markup(campaign.start.version), campaign.ranges.size(), campaign.operations, campaign.crashes,
      static_cast<double>(campaign.wall_ms) / 1000, results_hash(campaign), warnings(campaign), groups_table(campaign),
      discovery(campaign), marks_table(campaign), escaped_markup(made_by));
}

}  // namespace mylonite::sim
