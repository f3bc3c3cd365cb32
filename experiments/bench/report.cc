#include "experiments/bench/report.h"

#include <sys/utsname.h>

#include <fstream>
#include <thread>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/base/release.h"

namespace mylonite::experiments {
namespace {

using Json = nlohmann::ordered_json;

// The result's rate as a multiple of each other engine's in the same workload.
std::vector<std::pair<std::string, double>> ratios_of(const BenchReport& report, const BenchResult& result) {
  std::vector<std::pair<std::string, double>> ratios;
  const double own = medians(result.rounds).ops_per_s;
  for (const BenchResult& other : report.results) {
    if (other.workload != result.workload || other.engine == result.engine || other.rounds.empty()) continue;
    const double theirs = medians(other.rounds).ops_per_s;
    if (theirs > 0) ratios.emplace_back(other.engine, own / theirs);
  }
  return ratios;
}

std::string rate(double per_second) {
  if (per_second >= 1e6) return fmt::format("{:.2f} M", per_second / 1e6);
  if (per_second >= 1e3) return fmt::format("{:.1f} k", per_second / 1e3);
  return fmt::format("{:.0f}", per_second);
}

std::string or_dash(double value, int decimals) { return value == 0 ? "-" : fmt::format("{:.{}f}", value, decimals); }

std::string row(const BenchReport& report, const BenchResult& result) {
  const Figures median = medians(result.rounds);
  std::string text =
      fmt::format("{:<13} {:<9} {:>9} {:>9} {:>8.2f} {:>8} {:>8} {:>8} {:>6} {:>6} {:>6.0f}", result.workload,
                  result.engine, rate(median.ops_per_s), rate(median.settled_ops_per_s), median.cpu_us_per_op,
                  or_dash(median.p50_us, 2), or_dash(median.p99_us, 1), or_dash(median.p999_us, 1),
                  or_dash(median.write_amp, 2), or_dash(median.space_amp, 2), median.rss_mb);
  for (const auto& [peer, ratio] : ratios_of(report, result)) text += fmt::format("  {:.2f} x {}", ratio, peer);
  return text + "\n";
}

Json engines_of(const BenchReport& report) {
  Json engines = Json::array();
  for (const EngineKind& kind : report.engines) {
    engines.push_back(
        {{"name", kind.name}, {"built", kind.open != nullptr}, {"library", kind.library}, {"asserts", kind.asserts}});
  }
  return engines;
}

}  // namespace

Machine this_machine() {
  Machine machine{.processor = "unknown", .cores = std::thread::hardware_concurrency(), .kernel = "", .compiler = ""};
  std::ifstream in("/proc/cpuinfo");
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with("model name")) continue;
    machine.processor = line.substr(std::min(line.find(": ") + 2, line.size()));
    break;
  }
  utsname names{};
  if (::uname(&names) == 0) machine.kernel = names.release;
  machine.compiler = __VERSION__;
  return machine;
}

std::string json_report(const BenchReport& report, const Machine& machine) {
  Json results = Json::array();
  for (const BenchResult& result : report.results) {
    if (result.rounds.empty()) continue;
    const Figures median = medians(result.rounds);
    Json one = {{"workload", result.workload}, {"engine", result.engine}, {"rounds", result.rounds.size()}};
    for (const FigureName& figure : figure_names()) one[figure.name] = median.*figure.member;
    Json each = Json::array();
    for (const Figures& round : result.rounds) each.push_back(round.ops_per_s);
    one["ops_per_s_each"] = std::move(each);
    Json ratios = Json::object();
    for (const auto& [peer, ratio] : ratios_of(report, result)) ratios[peer] = ratio;
    one["ratios"] = std::move(ratios);
    results.push_back(std::move(one));
  }
  const WorkerJob& settings = report.settings;
  const Json whole = {{"results", std::move(results)},
                      {"engines", engines_of(report)},
                      {"settings",
                       {{"entries", settings.stream.entries},
                        {"value_bytes", settings.stream.value_bytes},
                        {"binary_keys", settings.stream.binary_keys},
                        {"seed", settings.stream.seed},
                        {"synced_entries", settings.synced_entries},
                        {"cache_bytes", settings.cache_bytes},
                        {"rounds", report.rounds}}},
                      {"machine",
                       {{"processor", machine.processor},
                        {"cores", machine.cores},
                        {"kernel", machine.kernel},
                        {"compiler", machine.compiler},
                        {"mylonite", kRelease}}}};
  return whole.dump(2) + "\n";
}

std::string text_report(const BenchReport& report) {
  std::string text = fmt::format("{} entries of {} + {} bytes, medians of {}\n", report.settings.stream.entries,
                                 kKeyBytes, report.settings.stream.value_bytes, report.rounds);
  text += fmt::format("{:<13} {:<9} {:>9} {:>9} {:>8} {:>8} {:>8} {:>8} {:>6} {:>6} {:>6}\n", "workload", "engine",
                      "ops/s", "settled", "cpu us", "p50 us", "p99 us", "p99.9 us", "w amp", "s amp", "rss MB");
  for (const BenchResult& result : report.results) {
    if (!result.rounds.empty()) text += row(report, result);
  }
  for (const EngineKind& kind : report.engines) {
    if (kind.open == nullptr) text += fmt::format("{} is not built: {}\n", kind.name, kind.library);
    if (kind.asserts) {
      text += fmt::format("{} has assertions on ({}): slower than it can be, no fair peer\n", kind.name, kind.library);
    }
  }
  return text;
}

}  // namespace mylonite::experiments
