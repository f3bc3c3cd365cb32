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
    {"merge_p50_bytes", &RunFigures::merge_p50_bytes},
    {"merge_p99_bytes", &RunFigures::merge_p99_bytes},
    {"largest_merge_bytes", &RunFigures::largest_merge_bytes},
    {"merge_ns_sum", &RunFigures::merge_ns_sum},
    {"merge_ns_max", &RunFigures::merge_ns_max},
    {"completed_deletes", &RunFigures::completed_deletes},
    {"delete_age_ms_sum", &RunFigures::delete_age_ms_sum},
    {"delete_age_ms_max", &RunFigures::delete_age_ms_max},
    {"gets", &RunFigures::gets},
    {"gets_found", &RunFigures::gets_found},
    {"memtable_hits", &RunFigures::memtable_hits},
    {"tables_probed", &RunFigures::tables_probed},
    {"tables_probed_in_vain", &RunFigures::tables_probed_in_vain},
    {"filter_negatives", &RunFigures::filter_negatives},
    {"filter_false_positives", &RunFigures::filter_false_positives},
    {"blocks_asked", &RunFigures::blocks_asked},
    {"blocks_read", &RunFigures::blocks_read},
    {"blocks_read_bytes", &RunFigures::blocks_read_bytes},
    {"returned_bytes", &RunFigures::returned_bytes},
    {"device_read_bytes", &RunFigures::device_read_bytes},
    {"samples", &RunFigures::samples},
    {"runs_sum", &RunFigures::runs_sum},
    {"runs_max", &RunFigures::runs_max},
    {"table_bytes_sum", &RunFigures::table_bytes_sum},
    {"live_bytes_sum", &RunFigures::live_bytes_sum},
    {"space_amplification_max_milli", &RunFigures::space_amplification_max_milli},
    {"space_max", &RunFigures::space_max},
    {"tombstone_age_max_ns", &RunFigures::tombstone_age_max_ns},
    {"debt_estimate_sum", &RunFigures::debt_estimate_sum},
    {"debt_estimate_max", &RunFigures::debt_estimate_max},
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
    {"latency_p9999_ns", &RunFigures::latency_p9999_ns},
    {"latency_max_ns", &RunFigures::latency_max_ns},
};

// Members of a kind's latency, in the order of its array.
constexpr std::uint64_t KindLatency::* kOfKind[] = {&KindLatency::operations, &KindLatency::p50_ns,
                                                    &KindLatency::p99_ns,     &KindLatency::p999_ns,
                                                    &KindLatency::p9999_ns,   &KindLatency::max_ns};

std::optional<KindLatency> latency_of(const std::string& kind, const Json& numbers) {
  const bool fits = numbers.is_array() && numbers.size() == std::size(kOfKind) &&
                    std::ranges::all_of(numbers, [](const Json& each) { return each.is_number_unsigned(); });
  if (!fits) return std::nullopt;
  KindLatency latency{.kind = kind};
  for (std::size_t i = 0; i < std::size(kOfKind); ++i) latency.*kOfKind[i] = numbers[i].get<std::uint64_t>();
  return latency;
}

std::string latencies_json(const std::vector<KindLatency>& latencies) {
  JsonObject object;
  for (const KindLatency& each : latencies) {
    JsonArray numbers;
    for (const auto member : kOfKind) numbers.number(each.*member);
    object.raw(each.kind, numbers.array());
  }
  return object.object();
}

std::string figures_json(const RunFigures& figures) {
  JsonObject object;
  for (const FigureRow& row : kRows) object.number(row.name, figures.*row.member);
  JsonArray levels;
  for (const LevelTraffic& level : figures.levels) {
    levels.add(JsonArray().number(level.entered_bytes).number(level.written_bytes).array());
  }
  object.raw("levels", levels.array()).raw("latencies", latencies_json(figures.latencies));
  return object.object();
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
  if (const Json* const latencies = members.object("latencies")) {
    for (const auto& [kind, numbers] : latencies->items()) {
      const auto latency = latency_of(kind, numbers);
      if (!latency) {
        members.expected("latencies", "six whole numbers a kind", printable(numbers.dump()));
        break;
      }
      figures.latencies.push_back(*latency);
    }
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

}  // namespace mylonite::experiments
