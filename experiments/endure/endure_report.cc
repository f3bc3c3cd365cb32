#include <fmt/format.h>

#include "core/base/json.h"
#include "experiments/endure/endure.h"

namespace mylonite::experiments {
namespace {

double mib(std::uint64_t bytes) { return static_cast<double>(bytes) / (1 << 20); }

std::string rate(const EndurePhase& phase) {
  if (phase.operations < 10 || phase.seconds <= 0) return "-";
  return fmt::format("{:.0f}", static_cast<double>(phase.operations) / phase.seconds);
}

// Since the open, like all figures of stats().
StoreStats::Stall all_stalls(const StoreStats& stats) {
  StoreStats::Stall all;
  for (const StoreStats::Stall& stall : stats.stalls) {
    all.count += stall.count;
    all.ns += stall.ns;
  }
  return all;
}

double hundredths(std::uint64_t percent) { return static_cast<double>(percent) / 100; }

std::string row(const EndurePhase& phase) {
  const StoreStats::Stall stalls = all_stalls(phase.stats);
  return fmt::format(
      "{:<10} {:>8.2f} {:>10} {:>6} {:>9.1f} {:>9.1f} {:>6.2f} {:>6.2f} {:>6.2f} {:>7} {:>8.2f} {:>8.1f}\n", phase.name,
      phase.seconds, rate(phase), phase.tables, mib(phase.disk_bytes), mib(phase.live_bytes),
      phase.space_amplification(), hundredths(phase.stats.write_amplification_percent()),
      hundredths(phase.stats.total_write_amplification_percent()), stalls.count, static_cast<double>(stalls.ns) / 1e9,
      mib(phase.peak_rss_bytes));
}

std::string phase_json(const EndurePhase& phase) {
  return JsonObject()
      .text("name", phase.name)
      .number("operations", phase.operations)
      .real("seconds", phase.seconds)
      .number("tables", phase.tables)
      .number("disk_bytes", phase.disk_bytes)
      .number("live_bytes", phase.live_bytes)
      .real("space_amplification", phase.space_amplification())
      .number("peak_rss_bytes", phase.peak_rss_bytes)
      .raw("stats", phase.stats.to_json())
      .object();
}

std::string memory_json(const MemoryBudget& memory) {
  return JsonObject()
      .number("memtables", memory.memtables)
      .number("block_cache", memory.block_cache)
      .number("table_metadata", memory.table_metadata)
      .number("writers", memory.writers)
      .number("stated", memory.stated())
      .number("peak_rss", memory.peak_rss)
      .object();
}

}  // namespace

std::string json_report(const EndureReport& report) {
  JsonArray phases;
  for (const EndurePhase& phase : report.phases) phases.add(phase_json(phase));
  return indented(JsonObject()
                      .raw("phases", phases.array())
                      .raw("memory", memory_json(report.memory))
                      .text("failure", report.failure)
                      .object(),
                  2);
}

std::string text_report(const EndureReport& report) {
  std::string text = fmt::format("{:<10} {:>8} {:>10} {:>6} {:>9} {:>9} {:>6} {:>6} {:>6} {:>7} {:>8} {:>8}\n", "phase",
                                 "seconds", "ops/s", "tables", "disk MiB", "live MiB", "space", "write", "w.log",
                                 "stalls", "waited s", "RSS MiB");
  for (const EndurePhase& phase : report.phases) text += row(phase);
  text += "write amplification (without and with the log) and stalls: since the store was opened\n";
  const MemoryBudget& memory = report.memory;
  text += fmt::format(
      "memory: peak RSS {:.1f} MiB above the program's own; stated {:.1f} MiB: memtables {:.1f}, block cache {:.1f}, "
      "table metadata {:.1f}, writers {:.1f}\n",
      mib(memory.peak_rss), mib(memory.stated()), mib(memory.memtables), mib(memory.block_cache),
      mib(memory.table_metadata), mib(memory.writers));
  return text + (report.failure.empty() ? "every answer was right\n" : "FAILED: " + report.failure + "\n");
}

}  // namespace mylonite::experiments
