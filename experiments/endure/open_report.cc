#include <fmt/format.h>

#include "core/base/json.h"
#include "experiments/endure/open_time.h"

namespace mylonite::experiments {
namespace {

double mib(std::uint64_t bytes) { return static_cast<double>(bytes) / (1 << 20); }

std::string verdict(const std::string& failure) {
  return failure.empty() ? std::string("every answer was right\n") : "FAILED: " + failure + "\n";
}

}  // namespace

std::string json_report(const OpenReport& report) {
  return indented(JsonObject()
                      .number("tables", report.tables)
                      .number("entries", report.entries)
                      .number("disk_bytes", report.disk_bytes)
                      .real("make_s", report.make_s)
                      .real("open_ms", report.open_ms)
                      .real("open_cpu_ms", report.open_cpu_ms)
                      .real("first_get_ms", report.first_get_ms)
                      .real("close_ms", report.close_ms)
                      .real("touch_us", report.touch_us)
                      .number("descriptors_open", report.descriptors_open)
                      .number("descriptors_most", report.descriptors_most)
                      .number("descriptors_bound", report.descriptors_bound)
                      .number("rss_before", report.rss_before)
                      .number("rss_open", report.rss_open)
                      .number("rss_touched", report.rss_touched)
                      .number("table_metadata_bytes", report.metadata_bytes)
                      .text("failure", report.failure)
                      .object(),
                  2);
}

std::string text_report(const OpenReport& report) {
  return fmt::format(
             "{} tables, {} entries, {:.1f} MiB; made in {:.1f} s\n"
             "open {:.2f} ms (processor {:.2f}), first get {:.3f} ms, close {:.2f} ms (medians); a first get of each "
             "table {:.1f} us "
             "(mean)\n"
             "files open: {} after the open, {} at most (open_files_max {})\n"
             "RSS: {:.1f} MiB before, {:.1f} MiB open, {:.1f} MiB with every table used, of it table metadata {:.1f} "
             "MiB by stats()\n",
             report.tables, report.entries, mib(report.disk_bytes), report.make_s, report.open_ms, report.open_cpu_ms,
             report.first_get_ms, report.close_ms, report.touch_us, report.descriptors_open, report.descriptors_most,
             report.descriptors_bound, mib(report.rss_before), mib(report.rss_open), mib(report.rss_touched),
             mib(report.metadata_bytes)) +
         verdict(report.failure);
}

std::string json_report(const std::vector<RecoveryPoint>& points) {
  JsonArray array;
  for (const RecoveryPoint& point : points) {
    array.add(JsonObject()
                  .number("log_bytes", point.log_bytes)
                  .number("records", point.records)
                  .number("tables", point.tables)
                  .real("open_ms", point.open_ms)
                  .real("open_cpu_ms", point.open_cpu_ms)
                  .real("mib_per_s", point.mib_per_s())
                  .text("failure", point.failure)
                  .object());
  }
  return indented(array.array(), 2);
}

std::string text_report(const std::vector<RecoveryPoint>& points) {
  std::string text = fmt::format("{:>8} {:>9} {:>7} {:>9} {:>9} {:>7}\n", "log MiB", "records", "tables", "open ms",
                                 "CPU ms", "MiB/s");
  std::string failure;
  for (const RecoveryPoint& point : points) {
    text += fmt::format("{:>8.1f} {:>9} {:>7} {:>9.1f} {:>9.1f} {:>7.1f}\n", mib(point.log_bytes), point.records,
                        point.tables, point.open_ms, point.open_cpu_ms, point.mib_per_s());
    if (failure.empty()) failure = point.failure;
  }
  return text + verdict(failure);
}

}  // namespace mylonite::experiments
