#include "experiments/result/run_result.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/base/bytes.h"
#include "core/base/hash.h"
#include "core/base/json.h"
#include "experiments/spec/json_text.h"

namespace mylonite::experiments {
namespace {

using Json = nlohmann::json;

constexpr FigureRow kRows[] = {
    {"operations", &RunFigures::operations},
    {"user_bytes", &RunFigures::user_bytes},
    {"user_entries", &RunFigures::user_entries},
    {"log_bytes", &RunFigures::log_bytes},
    {"manifest_bytes", &RunFigures::manifest_bytes},
    {"flush_bytes", &RunFigures::flush_bytes},
    {"flush_entries", &RunFigures::flush_entries},
    {"merge_bytes_in", &RunFigures::merge_bytes_in},
    {"merge_bytes_out", &RunFigures::merge_bytes_out},
    {"merge_bytes_edge", &RunFigures::merge_bytes_edge},
    {"merge_entries_out", &RunFigures::merge_entries_out},
    {"merges", &RunFigures::merges},
    {"moves", &RunFigures::moves},
    {"largest_merge_bytes", &RunFigures::largest_merge_bytes},
    {"gets", &RunFigures::gets},
    {"tables_probed", &RunFigures::tables_probed},
    {"filter_negatives", &RunFigures::filter_negatives},
    {"blocks_read", &RunFigures::blocks_read},
    {"samples", &RunFigures::samples},
    {"runs_sum", &RunFigures::runs_sum},
    {"runs_max", &RunFigures::runs_max},
    {"table_bytes_sum", &RunFigures::table_bytes_sum},
    {"live_bytes_sum", &RunFigures::live_bytes_sum},
    {"space_max", &RunFigures::space_max},
    {"tombstone_age_max_ns", &RunFigures::tombstone_age_max_ns},
    {"debt_samples", &RunFigures::debt_samples},
    {"debt_bytes_sum", &RunFigures::debt_bytes_sum},
    {"debt_bytes_max", &RunFigures::debt_bytes_max},
    {"duration_ns", &RunFigures::duration_ns},
    {"processors_busy_ns", &RunFigures::processors_busy_ns},
    {"device_busy_ns", &RunFigures::device_busy_ns},
    {"stall_memtables_ns", &RunFigures::stall_memtables_ns},
    {"stall_level0_ns", &RunFigures::stall_level0_ns},
    {"slowdown_ns", &RunFigures::slowdown_ns},
    {"arrival_mean_ps", &RunFigures::arrival_mean_ps},
    {"latency_p50_ns", &RunFigures::latency_p50_ns},
    {"latency_p99_ns", &RunFigures::latency_p99_ns},
    {"latency_p999_ns", &RunFigures::latency_p999_ns},
    {"latency_max_ns", &RunFigures::latency_max_ns},
};

std::string figures_json(const RunFigures& figures) {
  JsonObject object;
  for (const FigureRow& row : kRows) object.number(row.name, figures.*row.member);
  JsonArray levels;
  for (const LevelTraffic& level : figures.levels) {
    levels.add(JsonArray().number(level.entered_bytes).number(level.written_bytes).array());
  }
  object.raw("levels", levels.array());
  return object.object();
}

std::string duration_text(std::uint64_t ns) {
  if (ns < 10'000) return fmt::format("{} ns", ns);
  if (ns < 10'000'000) return fmt::format("{} us", ns / 1000);
  if (ns < 10'000'000'000) return fmt::format("{} ms", ns / 1'000'000);
  return fmt::format("{} s", ns / 1'000'000'000);
}

// The members of an object, and the first error about them: where it is, what was expected, what was found.
class Members {
 public:
  Members(const Json& object, std::string prefix, std::string place)
      : object_(object), prefix_(std::move(prefix)), place_(std::move(place)) {}

  std::string text(std::string_view name) {
    const Json* const value = find(name, "a text", &Json::is_string);
    return value == nullptr ? std::string() : value->get<std::string>();
  }
  std::uint64_t number(std::string_view name) {
    const Json* const value = find(name, "a whole number", &Json::is_number_unsigned);
    return value == nullptr ? 0 : value->get<std::uint64_t>();
  }
  // Null where there is none.
  const Json* object(std::string_view name) { return find(name, "an object", &Json::is_object); }
  const Json* array(std::string_view name) { return find(name, "an array", &Json::is_array); }

  void expected(std::string_view name, std::string_view what, std::string_view found) {
    if (error_) return;
    error_ = Error(Code::kInvalidArgument, fmt::format("expected {} as {}{}, found {}", what, prefix_, name, found));
    error_ = error_->in(place_);
  }
  const std::optional<Error>& error() const { return error_; }

 private:
  const Json* find(std::string_view name, std::string_view what, bool (Json::*is)() const noexcept) {
    const auto value = object_.find(name);
    if (value != object_.end() && (*value.*is)()) return &*value;
    expected(name, what, value == object_.end() ? std::string("no such member") : printable(value->dump()));
    return nullptr;
  }

  const Json& object_;
  const std::string prefix_;
  const std::string place_;
  std::optional<Error> error_{};
};

std::optional<Error> read_figures(const Json& object, const std::string& place, RunFigures& figures) {
  Members members(object, "figures.", place);
  for (const FigureRow& row : kRows) figures.*row.member = members.number(row.name);
  const Json* const levels = members.array("levels");
  for (const Json& level : levels == nullptr ? Json::array() : *levels) {
    if (!level.is_array() || level.size() != 2 || !level[0].is_number_unsigned() || !level[1].is_number_unsigned()) {
      members.expected("levels", "pairs of whole numbers", printable(level.dump()));
      break;
    }
    figures.levels.push_back(
        {.entered_bytes = level[0].get<std::uint64_t>(), .written_bytes = level[1].get<std::uint64_t>()});
  }
  return members.error();
}

Result<RunResult> result_of(const Json& object, const std::string& place) {
  Members members(object, "", place);
  RunResult result;
  const Json* const spec_object = members.object("spec");
  const Json* const figures = members.object("figures");
  result.policy = members.text("policy");
  result.options_hash = members.text("options_hash");
  result.commit = members.text("commit");
  if (object.contains("of_runs")) result.of_runs = members.number("of_runs");  // not in lines of older versions
  result.buffer_bytes = members.number("buffer_bytes");
  result.failure = members.text("failure");
  const std::string said = members.text("result_hash");
  if (members.error()) return *members.error();
  auto spec = parse_spec(spec_object->dump(), place);
  if (!spec.ok()) return spec.error();
  result.spec = std::move(*spec);
  if (const auto error = read_figures(*figures, place, result.figures)) return *error;
  if (said == result_hash(result)) return result;
  return Error(Code::kInvalidArgument,
               fmt::format("expected a result whose hash is {}, found one with the hash {}: another version wrote it, "
                           "or it was changed",
                           printable(said), result_hash(result)))
      .in(place);
}

}  // namespace

std::span<const FigureRow> run_figures() { return kRows; }

std::uint64_t ShapeSample::runs() const {
  std::uint64_t all = 0;
  for (const LevelShape& level : levels) all += level.runs;
  return all;
}

std::string result_hash(const RunResult& result) {
  return fmt::format("{:016x}",
                     hash64(spec_json(result.spec) + result.policy + figures_json(result.figures) + result.failure));
}

std::string result_json(const RunResult& result) {
  JsonObject object;
  object.raw("spec", spec_json(result.spec))
      .text("spec_hash", spec_hash(result.spec))
      .text("policy", result.policy)
      .text("options_hash", result.options_hash)
      .text("commit", result.commit)
      .number("of_runs", result.of_runs)
      .number("buffer_bytes", result.buffer_bytes)
      .raw("figures", figures_json(result.figures))
      .text("failure", result.failure)
      .text("result_hash", result_hash(result));
  return object.line();
}

Result<RunResult> parse_result(std::string_view json, const std::string& file, std::uint64_t line) {
  const std::string place = fmt::format("{}, line {}", file, line);
  if (Status good = check_json(json, file, line); !good.ok()) return good.error();
  const Json object = Json::parse(json, nullptr, true, true);
  if (object.is_object()) return result_of(object, place);
  return Error(Code::kInvalidArgument, fmt::format("expected a result as a JSON object, found '{}'", printable(json)))
      .in(place);
}

bool is_of_peer(const RunResult& result) { return result.policy.find(" (") != std::string::npos; }

bool says_nothing(const RunResult& result) {
  const RunFigures& at = result.figures;
  if (at.user_entries > 0) return at.flush_bytes == 0;
  return at.operations > 0 && at.tables_probed == 0 && at.blocks_read == 0;
}

std::string ratio_text(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return "-";
  const std::uint64_t hundredths = (part * 100 + whole / 2) / whole;
  return fmt::format("{}.{:02}", hundredths / 100, hundredths % 100);
}

std::string result_text(const RunResult& result) {
  const RunFigures& at = result.figures;
  const RunSpec& spec = result.spec;
  std::string text =
      fmt::format("{} under {}, {} entries, {} of a buffer, device {}, processor {}, seed {}\n", result.policy,
                  workload_text(spec), spec.entries, spec.buffer_entries, spec.device, spec.processor, spec.seed);
  const auto line = [&](std::string_view name, const std::string& value, std::string_view unit) {
    text += fmt::format("  {:<28}{:>12}  {}\n", name, value, unit);
  };
  line("write amplification", ratio_text(at.flush_bytes + at.merge_bytes_out, at.user_bytes),
       "bytes of tables a user byte");
  line("  in entries", ratio_text(at.flush_entries + at.merge_entries_out, at.user_entries), "entries written a write");
  line("  with log and manifest",
       ratio_text(at.flush_bytes + at.merge_bytes_out + at.log_bytes + at.manifest_bytes, at.user_bytes),
       "bytes a user byte");
  for (std::size_t level = 0; level < at.levels.size(); ++level) {
    const LevelTraffic& of = at.levels[level];
    if (of.entered_bytes == 0) continue;
    line(fmt::format("  of level {}", level), ratio_text(of.written_bytes, of.entered_bytes),
         "bytes written a byte that came from above");
  }
  line("  edge waste", ratio_text(at.merge_bytes_edge, at.user_bytes),
       "bytes a user byte, rewritten beside the keys of the newest input");
  line("space amplification", ratio_text(at.table_bytes_sum, at.live_bytes_sum), "bytes of tables a live byte, mean");
  if (at.gets > 0) {
    line("runs asked", ratio_text(at.tables_probed, at.gets),
         fmt::format("a read; {} of them opened", ratio_text(at.tables_probed - at.filter_negatives, at.gets)));
  }
  line("runs", ratio_text(at.runs_sum, at.samples), fmt::format("mean; {} at most", at.runs_max));
  if (at.debt_samples > 0) {
    line("debt", ratio_text(at.debt_bytes_sum, at.debt_samples * std::max<std::uint64_t>(result.buffer_bytes, 1)),
         fmt::format("buffers to be written by merges until rest, mean; {} at most",
                     ratio_text(at.debt_bytes_max, result.buffer_bytes)));
  }
  line("merges", std::to_string(at.merges), fmt::format("and {} moves", at.moves));
  if (at.duration_ns > 0 && !spec.rests) {
    line("operations", std::to_string(at.operations * 1'000'000'000 / at.duration_ns), "a second of virtual time");
    if (at.arrival_mean_ps > 0) {
      line("arrivals", std::to_string(1'000'000'000'000 / at.arrival_mean_ps),
           spec.load_percent == 0 ? "a second"
                                  : fmt::format("a second, {} % of the closed loop's operations", spec.load_percent));
    }
    line("latency", duration_text(at.latency_p50_ns),
         fmt::format("median; p99 {}, p99.9 {}, most {}", duration_text(at.latency_p99_ns),
                     duration_text(at.latency_p999_ns), duration_text(at.latency_max_ns)));
    line("stalls", duration_text(at.stall_memtables_ns + at.stall_level0_ns),
         fmt::format("and {} slowed down, of {}", duration_text(at.slowdown_ns), duration_text(at.duration_ns)));
  }
  if (!result.failure.empty()) text += "WRONG: " + result.failure + "\n";
  return text + "  result " + result_hash(result) + "\n";
}

}  // namespace mylonite::experiments
