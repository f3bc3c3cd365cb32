#include "sim/scenario/repro.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/base/bytes.h"
#include "core/base/hash.h"
#include "core/base/release.h"

namespace mylonite::sim {
namespace {

using Json = nlohmann::ordered_json;

// The version of clang++ contains its name, that of g++ does not.
std::string compiler() {
  const std::string version = __VERSION__;
  return version.find("lang") == std::string::npos ? "g++ " + version : version;
}

std::string number_text(std::uint64_t value) { return fmt::format("{}", value); }

bool is_plain(std::string_view bytes) {
  return std::ranges::all_of(bytes, [](char c) { return c >= 0x20 && c < 0x7f; }) && !bytes.starts_with("hex:") &&
         !bytes.starts_with(kRepeatPrefix);
}

// Many equal letters are "repeat:700:a".
std::string bytes_text(std::string_view bytes) {
  constexpr std::size_t kWorthwhile = 24;
  if (!is_plain(bytes)) return "hex:" + to_hex(bytes);
  const bool repeats = bytes.size() >= kWorthwhile && bytes.find_first_not_of(bytes[0]) == std::string_view::npos;
  return repeats ? fmt::format("{}{}:{}", kRepeatPrefix, bytes.size(), bytes[0]) : std::string(bytes);
}

Json options_json(const Options& options) {
  Json json = Json::object();
  for (const OptionRow& row : option_table()) json[std::string(row.name)] = option_text(options, row);
  return json;
}

// Those that differ from `base`.
Json options_json(const Options& options, const Options& base) {
  Json json = Json::object();
  for (const OptionRow& row : option_table()) {
    const std::string value = option_text(options, row);
    if (value != option_text(base, row)) json[std::string(row.name)] = value;
  }
  return json;
}

// The values of fields as JSON. A record is an object of the fields that differ from their defaults.
template <IsRecord Record>
Json json_of(const Record& record);

Json json_of(const std::string& bytes) { return bytes_text(bytes); }
Json json_of(std::uint64_t number) { return number_text(number); }
Json json_of(std::int64_t number) { return fmt::format("{}", number); }
Json json_of(std::uint32_t number) { return number; }
Json json_of(bool yes) { return yes; }
template <class T>
Json json_of(const std::optional<T>& value) {
  return json_of(*value);  // never empty: an empty one equals its default, and is left out
}
template <class T>
Json json_of(const std::vector<T>& values) {
  Json rows = Json::array();
  for (const T& each : values) rows.push_back(json_of(each));
  return rows;
}

template <IsRecord Record>
void add_fields(Json& json, const Record& record) {
  const Record defaults;
  for_each_field<Record>([&](const auto& field) {
    const auto& value = record.*field.member;
    if (value != defaults.*field.member) json[field.name] = json_of(value);
  });
}

template <IsRecord Record>
Json json_of(const Record& record) {
  Json json = Json::object();
  add_fields(json, record);
  return json;
}

Json operation_json(const Operation& operation) {
  Json json{{"op", kOperationNames.at(operation.index())}};
  std::visit([&](const auto& each) { add_fields(json, each); }, operation);
  return json;
}

Json anchor_json(const faultfs::Anchor& anchor) {
  return Json{{"role", anchor.role},
              {"generation", anchor.generation},
              {"call", faultfs::call_kind_name(anchor.call)},
              {"nth", anchor.nth}};
}

// Lies are older than the other faults, and have a list of their own.
void add_faults(Json& json, const std::vector<faultfs::PlacedFault>& faults) {
  Json failed = Json::array();
  for (const faultfs::PlacedFault& placed : faults) {
    Json row = anchor_json(placed.at);
    if (placed.strike.fault == faultfs::Fault::kLie) {
      json["lies"].push_back(std::move(row));
      continue;
    }
    row["how"] = row_of(placed.strike.fault).name;
    if (placed.strike.detail != 0) row["detail"] = number_text(placed.strike.detail);
    failed.push_back(std::move(row));
  }
  if (!failed.empty()) json["failed_calls"] = std::move(failed);
}

Json recorded_json(const Recorded& recorded) {
  Json json = Json::object();
  for (const Deviation& each : recorded.schedule) json["schedule"].push_back({each.fiber, each.step, each.next});
  if (recorded.crash) {
    json["crash"] = anchor_json(recorded.crash->at);
    if (recorded.crash->after) json["crash"]["after"] = true;
  }
  if (recorded.crash_at_end) json["crash_at_end"] = kPhaseNames[static_cast<std::size_t>(*recorded.crash_at_end)];
  for (const faultfs::Choice& each : recorded.image) json["image"].push_back({each.unit, to_string(each.fate)});
  add_faults(json, recorded.faults);
  return json;
}

Json clients_json(const IncarnationPlan& plan) {
  Json clients = Json::array();
  for (const auto& client : plan.clients) {
    Json rows = Json::array();
    for (const Operation& operation : client) rows.push_back(operation_json(operation));
    clients.push_back(std::move(rows));
  }
  return clients;
}

// What is as usual is left out.
Json incarnation_json(const IncarnationPlan& plan, const Options& base) {
  Json json = Json::object();
  if (Json options = options_json(plan.options, base); !options.empty()) json["options"] = std::move(options);
  if (plan.second_opener) json["second_opener"] = true;
  if (plan.damage) {
    json["damage"] = {{"kind", row_of(plan.damage->kind).name},
                      {"role", plan.damage->role},
                      {"file", plan.damage->file},
                      {"where", number_text(plan.damage->where)}};
  }
  if (plan.foreign_file) json["foreign_file"] = true;
  if (plan.refused_first) json["refused_first"] = true;
  if (plan.read_only_first) json["read_only_first"] = true;
  if (plan.entropy_seed != 0) json["entropy_seed"] = number_text(plan.entropy_seed);
  json["clients"] = clients_json(plan);
  if (plan.close_after_ns > 0) json["close_after_ns"] = plan.close_after_ns;
  json["ending"] = kEndingNames[static_cast<std::size_t>(plan.ending)];
  if (plan.crash_mode != CrashMode::kUnwind) json["death"] = kCrashModeNames[static_cast<std::size_t>(plan.crash_mode)];
  if (Json recorded = recorded_json(plan.recorded.value_or(Recorded())); !recorded.empty()) {
    json["recorded"] = std::move(recorded);
  }
  return json;
}

std::string member_name(const Json& json, const std::string& key) {
  return json.is_object() ? Json(key).dump() + ": " : std::string();
}

std::string bracketed(const Json& json, const std::string& inside) {
  return json.is_object() ? "{" + inside + "}" : "[" + inside + "]";
}

std::string on_one_line(const Json& json) {
  if (!json.is_structured()) return json.dump();
  std::string inside;
  for (const auto& each : json.items()) {
    inside += (inside.empty() ? "" : ", ") + member_name(json, each.key()) + on_one_line(each.value());
  }
  return bracketed(json, inside);
}

// On one line where that is short, else with a line for each element.
std::string laid_out(const Json& json, std::size_t indent) {
  constexpr std::size_t kWidth = 110;
  std::string line = on_one_line(json);
  if (!json.is_structured() || json.empty() || indent + line.size() <= kWidth) return line;
  std::string inside;
  for (const auto& each : json.items()) {
    inside += (inside.empty() ? "\n" : ",\n") + std::string(indent + 1, ' ') + member_name(json, each.key()) +
              laid_out(each.value(), indent + 1);
  }
  return bracketed(json, inside + "\n" + std::string(indent, ' '));
}

}  // namespace

std::string encode_repro(const Repro& repro, const std::vector<Event>& last_events) {
  const Scenario& scenario = repro.scenario;
  const Options base = scenario.incarnations.empty() ? Options() : scenario.incarnations.front().options;
  Json json{{"format", kReproFormat},
            {"min_reader", kReproFormat},
            {"made_by", {{"program", repro.program}, {"version", kRelease}, {"compiler", compiler()}}},
            {"provenance",
             {{"seed", number_text(scenario.seed)}, {"generator", scenario.generator}, {"profile", scenario.profile}}},
            {"world",
             {{"fs", kNameOrderNames[static_cast<std::size_t>(scenario.names)]},
              {"lie_one_in", scenario.lie_one_in},
              {"wall_start_ticks", number_text(scenario.wall_start_ticks)},
              {"sync_ns", scenario.sync_ns}}},
            {"options", options_json(base)},
            {"incarnations", Json::array()},
            {"observed",
             {{"rule", repro.rule},
              {"what", repro.what},
              {"incarnation", repro.incarnation},
              {"step", repro.step},
              {"trace_hash", repro.trace_hash},
              {"last_events", Json::array()}}}};
  if (!repro.operation.empty()) json["observed"]["operation"] = repro.operation;
  if (scenario.fail_one_in > 0) json["world"]["fail_one_in"] = scenario.fail_one_in;
  for (const IncarnationPlan& plan : scenario.incarnations) {
    json["incarnations"].push_back(incarnation_json(plan, base));
  }
  for (const Event& event : last_events) json["observed"]["last_events"].push_back(to_string(event));
  json["checksum"] = repro_checksum(json.dump());
  return laid_out(json, 0) + "\n";
}

std::string repro_checksum(const std::string& document) { return fmt::format("{:016x}", hash64(document)); }

std::string options_hash(const Scenario& scenario) {
  std::string text;
  for (const IncarnationPlan& plan : scenario.incarnations) text += options_json(plan.options).dump();
  return fmt::format("{:016x}", hash64(text));
}

}  // namespace mylonite::sim
