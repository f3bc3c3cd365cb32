#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "experiments/endure/open_time.h"

namespace mylonite::experiments {
namespace {

using Json = nlohmann::ordered_json;

double mib(std::uint64_t bytes) { return static_cast<double>(bytes) / (1 << 20); }

std::string verdict(const std::string& failure) {
  return failure.empty() ? std::string("every answer was right\n") : "FAILED: " + failure + "\n";
}

}  // namespace

std::string json_report(const OpenReport& report) {
  const Json json = {{"tables", report.tables},
                     {"entries", report.entries},
                     {"disk_bytes", report.disk_bytes},
                     {"make_s", report.make_s},
                     {"open_ms", report.open_ms},
                     {"open_cpu_ms", report.open_cpu_ms},
                     {"first_get_ms", report.first_get_ms},
                     {"close_ms", report.close_ms},
                     {"touch_us", report.touch_us},
                     {"descriptors_open", report.descriptors_open},
                     {"descriptors_most", report.descriptors_most},
                     {"descriptors_bound", report.descriptors_bound},
                     {"rss_before", report.rss_before},
                     {"rss_open", report.rss_open},
                     {"rss_touched", report.rss_touched},
                     {"table_metadata_bytes", report.metadata_bytes},
                     {"failure", report.failure}};
  return json.dump(2) + "\n";
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
  Json json = Json::array();
  for (const RecoveryPoint& point : points) {
    json.push_back({{"log_bytes", point.log_bytes},
                    {"records", point.records},
                    {"tables", point.tables},
                    {"open_ms", point.open_ms},
                    {"open_cpu_ms", point.open_cpu_ms},
                    {"mib_per_s", point.mib_per_s()},
                    {"failure", point.failure}});
  }
  return json.dump(2) + "\n";
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
