#include "experiments/bench/report.h"

#include <sys/utsname.h>

#include <fstream>
#include <thread>

#include <fmt/format.h>

#include "core/base/json.h"
#include "core/base/release.h"

namespace mylonite::experiments {
namespace {

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

std::string engines_json(const BenchReport& report) {
  JsonArray engines;
  for (const EngineKind& kind : report.engines) {
    engines.add(JsonObject()
                    .text("name", kind.name)
                    .flag("built", kind.open != nullptr)
                    .text("library", kind.library)
                    .flag("asserts", kind.asserts)
                    .object());
  }
  return engines.array();
}

std::string result_json(const BenchReport& report, const BenchResult& result) {
  JsonObject object;
  object.text("workload", result.workload).text("engine", result.engine).number("rounds", result.rounds.size());
  add_figures(object, medians(result.rounds));
  JsonArray each;
  for (const Figures& round : result.rounds) each.real(round.ops_per_s);
  JsonObject ratios;
  for (const auto& [peer, ratio] : ratios_of(report, result)) ratios.real(peer, ratio);
  return object.raw("ops_per_s_each", each.array()).raw("ratios", ratios.object()).object();
}

std::string settings_json(const BenchReport& report) {
  const WorkerJob& settings = report.settings;
  JsonObject store;
  for (const auto& [name, value] : settings.mylonite.options) store.text(name, value);
  return JsonObject()
      .number("entries", settings.stream.entries)
      .number("value_bytes", settings.stream.value_bytes)
      .flag("binary_keys", settings.stream.binary_keys)
      .number("seed", settings.stream.seed)
      .number("synced_entries", settings.synced_entries)
      .number("cache_bytes", settings.cache_bytes)
      .number("rounds", report.rounds)
      .text("policy", settings.mylonite.policy)
      .raw("set", store.object())
      .object();
}

std::string machine_json(const Machine& machine) {
  return JsonObject()
      .text("processor", machine.processor)
      .number("cores", machine.cores)
      .text("kernel", machine.kernel)
      .text("compiler", machine.compiler)
      .text("mylonite", kRelease)
      .object();
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
  JsonArray results;
  for (const BenchResult& result : report.results) {
    if (!result.rounds.empty()) results.add(result_json(report, result));
  }
  return indented(JsonObject()
                      .raw("results", results.array())
                      .raw("engines", engines_json(report))
                      .raw("settings", settings_json(report))
                      .raw("machine", machine_json(machine))
                      .object(),
                  2);
}

std::string text_report(const BenchReport& report) {
  std::string text = fmt::format("{} entries of {} + {} bytes, medians of {}\n", report.settings.stream.entries,
                                 kKeyBytes, report.settings.stream.value_bytes, report.rounds);
  const StoreSettings& mylonite = report.settings.mylonite;
  if (!mylonite.policy.empty()) text += fmt::format("mylonite: policy {}\n", mylonite.policy);
  for (const auto& [name, value] : mylonite.options) text += fmt::format("mylonite: {} = {}\n", name, value);
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
