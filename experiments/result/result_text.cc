#include <algorithm>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "experiments/result/run_result.h"

namespace mylonite::experiments {
namespace {

std::string duration_text(std::uint64_t ns) {
  if (ns < 10'000) return fmt::format("{} ns", ns);
  if (ns < 10'000'000) return fmt::format("{} us", ns / 1000);
  if (ns < 10'000'000'000) return fmt::format("{} ms", ns / 1'000'000);
  return fmt::format("{} s", ns / 1'000'000'000);
}

// A result as lines for people: a name, a figure, and what it is.
class ResultText {
 public:
  explicit ResultText(const RunResult& result)
      : result_(result), at_(result.figures), buffer_bytes_(std::max<std::uint64_t>(result.buffer_bytes, 1)) {}

  std::string text() {
    heading();
    writes();
    reads();
    tree();
    merges();
    if (at_.duration_ns > 0 && !result_.spec.rests) times();
    if (!result_.failure.empty()) text_ += "WRONG: " + result_.failure + "\n";
    return text_ + "  result " + result_hash(result_) + "\n";
  }

 private:
  void line(std::string_view name, const std::string& value, std::string_view meaning) {
    text_ += fmt::format("  {:<28}{:>12}  {}\n", name, value, meaning);
  }
  void heading();
  void writes();
  void reads();
  void tree();
  void merges();
  void deletes();
  void times();

  const RunResult& result_;
  const RunFigures& at_;
  const std::uint64_t buffer_bytes_;
  std::string text_;
};

void ResultText::heading() {
  const RunSpec& spec = result_.spec;
  text_ += fmt::format("{} under {}, {} entries, {} of a buffer, device {}, processor {}, seed {}\n", result_.policy,
                       workload_text(spec), spec.entries, spec.buffer_entries, spec.device, spec.processor, spec.seed);
}

void ResultText::writes() {
  const std::uint64_t tables = at_.flush_bytes + at_.merge_bytes_out;
  line("write amplification", ratio_text(tables, at_.user_bytes), "bytes of tables a user byte");
  line("  in entries", ratio_text(at_.flush_entries + at_.merge_entries_out, at_.user_entries),
       "entries written a write");
  line("  with log and manifest", ratio_text(tables + at_.log_bytes + at_.manifest_bytes, at_.user_bytes),
       "bytes a user byte");
  for (std::size_t level = 0; level < at_.levels.size(); ++level) {
    const LevelTraffic& of = at_.levels[level];
    if (of.entered_bytes == 0) continue;
    line(fmt::format("  of level {}", level), ratio_text(of.written_bytes, of.entered_bytes),
         "bytes written a byte that came from above");
  }
  line("  edge waste", ratio_text(at_.merge_bytes_edge, at_.user_bytes),
       "bytes a user byte, rewritten beside the keys of the newest input");
}

void ResultText::reads() {
  if (at_.gets > 0) {
    line("runs asked", ratio_text(at_.tables_probed, at_.gets),
         fmt::format("a read; {} of them opened", ratio_text(at_.tables_probed - at_.filter_negatives, at_.gets)));
    const std::uint64_t missed = at_.gets - at_.gets_found;
    if (missed > 0 && at_.gets_found > 0) {
      line("  of what is there", ratio_text(at_.tables_probed - at_.tables_probed_in_vain, at_.gets_found),
           fmt::format("a read of {}; of {} others {}", at_.gets_found, missed,
                       ratio_text(at_.tables_probed_in_vain, missed)));
    }
    const std::uint64_t without = at_.filter_negatives + at_.filter_false_positives;
    if (at_.filter_false_positives > 0) {
      line("  false positives", ratio_text(at_.filter_false_positives * 100, without),
           "% of the tables that a read asked for a key they lack passed their filter");
    }
  }
  if (at_.returned_bytes == 0) return;
  line("read amplification", ratio_text(at_.blocks_read_bytes, at_.returned_bytes),
       fmt::format("bytes of blocks read a byte returned; {} of 100 blocks from the cache",
                   at_.blocks_asked == 0 ? 0 : (at_.blocks_asked - at_.blocks_read) * 100 / at_.blocks_asked));
}

void ResultText::tree() {
  line("space amplification", ratio_text(at_.table_bytes_sum, at_.live_bytes_sum),
       fmt::format("bytes of tables a live byte, mean; {} at most; all files at most {}",
                   ratio_text(at_.space_amplification_max_milli, 1000),
                   ratio_text(at_.space_max * at_.samples, at_.live_bytes_sum)));
  line("runs", ratio_text(at_.runs_sum, at_.samples), fmt::format("mean; {} at most", at_.runs_max));
  if (at_.debt_samples > 0) {
    line("debt", ratio_text(at_.debt_bytes_sum, at_.debt_samples * buffer_bytes_),
         fmt::format("buffers to be written by merges until rest, mean; {} at most",
                     ratio_text(at_.debt_bytes_max, buffer_bytes_)));
  }
  if (at_.debt_estimate_max > 0) {
    line("debt, estimated", ratio_text(at_.debt_estimate_sum, at_.samples * buffer_bytes_),
         fmt::format("buffers above the levels' targets, mean; {} at most",
                     ratio_text(at_.debt_estimate_max, buffer_bytes_)));
  }
}

void ResultText::merges() {
  line("merges", std::to_string(at_.merges), fmt::format("and {} moves", at_.moves));
  if (at_.merge_p50_bytes > 0) {
    const std::uint64_t less = at_.merge_bytes_in - std::min(at_.merge_bytes_in, at_.merge_bytes_out);
    line("  bytes of one", std::to_string(at_.merge_p50_bytes),
         fmt::format("written, median; 99 % {}, most {}; {} of 100 bytes read were dropped", at_.merge_p99_bytes,
                     at_.largest_merge_bytes, less * 100 / std::max<std::uint64_t>(at_.merge_bytes_in, 1)));
  }
  if (at_.merge_ns_max > 0) {
    line("  time of one", duration_text(at_.merge_ns_sum / at_.merges),
         fmt::format("mean, waits included; most {}", duration_text(at_.merge_ns_max)));
  }
  if (at_.completed_deletes > 0 || at_.tombstone_age_max_ns > 0) deletes();
}

void ResultText::deletes() {
  line("deletes", std::to_string(at_.completed_deletes), "dropped, as nothing was left to hide");
  const RunSpec& spec = result_.spec;
  if (spec.rests || (spec.device == "none" && spec.processor == "none")) return;  // time is that of the pauses
  if (at_.completed_deletes > 0) {
    line("  age at their drop", fmt::format("{} ms", at_.delete_age_ms_sum / at_.completed_deletes),
         fmt::format("mean; most {} ms", at_.delete_age_ms_max));
  }
  line("  oldest in a table", duration_text(at_.tombstone_age_max_ns), "since its delete, at most");
}

void ResultText::times() {
  line("throughput", std::to_string(at_.operations * 1'000'000'000 / at_.duration_ns),
       "operations a second of virtual time");
  if (at_.arrival_mean_ps > 0) {
    const std::uint64_t load_percent = result_.spec.load_percent;
    line("arrivals", std::to_string(1'000'000'000'000 / at_.arrival_mean_ps),
         load_percent == 0 ? "a second" : fmt::format("a second, {} % of the closed loop's operations", load_percent));
  }
  const auto latency = [&](const std::string& name, const std::string& of, const KindLatency& at) {
    line(name, duration_text(at.p50_ns),
         fmt::format("median{}; 99 % {}, 99.9 % {}, 99.99 % {}, most {}", of, duration_text(at.p99_ns),
                     duration_text(at.p999_ns), duration_text(at.p9999_ns), duration_text(at.max_ns)));
  };
  latency("latency", "",
          {.kind = "",
           .operations = at_.operations,
           .p50_ns = at_.latency_p50_ns,
           .p99_ns = at_.latency_p99_ns,
           .p999_ns = at_.latency_p999_ns,
           .p9999_ns = at_.latency_p9999_ns,
           .max_ns = at_.latency_max_ns});
  if (at_.latencies.size() > 1) {
    for (const KindLatency& each : at_.latencies)
      latency("  " + each.kind, fmt::format(" of {}", each.operations), each);
  }
  const std::uint64_t stopped_ns = at_.stall_memtables_ns + at_.stall_level0_ns;
  line("held back", fmt::format("{} %", (stopped_ns + at_.slowdown_ns) * 100 / at_.duration_ns),
       fmt::format("of {}: writers were stopped for {}, slowed down for {}", duration_text(at_.duration_ns),
                   duration_text(stopped_ns), duration_text(at_.slowdown_ns)));
}

}  // namespace

std::string ratio_text(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return "-";
  const std::uint64_t hundredths = (part * 100 + whole / 2) / whole;
  return fmt::format("{}.{:02}", hundredths / 100, hundredths % 100);
}

std::string result_text(const RunResult& result) { return ResultText(result).text(); }

}  // namespace mylonite::experiments
