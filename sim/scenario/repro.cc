#include "sim/scenario/repro.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/base/bytes.h"
#include "core/base/hash.h"
#include "core/base/release.h"

namespace mylonite::sim {
namespace {

using Json = nlohmann::ordered_json;

// clang++ says its name in its version, g++ does not.
std::string compiler() {
  const std::string version = __VERSION__;
  return version.find("lang") == std::string::npos ? "g++ " + version : version;
}

std::string number_text(std::uint64_t value) { return fmt::format("{}", value); }

std::string bytes_text(std::string_view bytes) {
  const bool plain = std::ranges::all_of(bytes, [](char c) { return c >= 0x20 && c < 0x7f; });
  return plain && !bytes.starts_with("hex:") ? std::string(bytes) : "hex:" + to_hex(bytes);
}

Json options_json(const Options& options) {
  Json json = Json::object();
  for (const OptionRow& row : option_table()) json[std::string(row.name)] = option_text(options, row);
  return json;
}

Json operation_json(const Operation& operation) {
  Json json{{"op", op_name(operation.kind)}};
  if (!operation.key.empty()) json["key"] = bytes_text(operation.key);
  if (!operation.text.empty()) json["text"] = bytes_text(operation.text);
  if (operation.number != 0) json["number"] = number_text(operation.number);
  for (const BatchItem& item : operation.batch) {
    Json row{{"key", bytes_text(item.key)}};
    if (item.value) row["value"] = bytes_text(*item.value);
    if (!item.high.empty()) row["high"] = bytes_text(item.high);
    json["batch"].push_back(std::move(row));
  }
  return json;
}

Json anchor_json(const Anchor& anchor) {
  return Json{{"role", anchor.role},
              {"generation", anchor.generation},
              {"call", faultfs::call_kind_name(anchor.call)},
              {"nth", anchor.nth},
              {"after", anchor.after}};
}

Json recorded_json(const Recorded& recorded) {
  Json json{{"schedule", Json::array()}, {"image", Json::array()}, {"lies", Json::array()}};
  for (const Deviation& each : recorded.schedule) json["schedule"].push_back({each.fiber, each.step, each.next});
  for (const faultfs::Choice& each : recorded.image) json["image"].push_back({each.unit, to_string(each.fate)});
  for (const Anchor& each : recorded.lies) json["lies"].push_back(anchor_json(each));
  for (const FailedCall& each : recorded.failed_calls) {
    Json row = anchor_json(each.call);
    row["how"] = kFailNames[static_cast<std::size_t>(each.how)];
    json["failed_calls"].push_back(std::move(row));
  }
  if (recorded.crash) json["crash"] = anchor_json(*recorded.crash);
  if (recorded.crash_at_end) json["crash_at_end"] = kPhaseNames[static_cast<std::size_t>(*recorded.crash_at_end)];
  return json;
}

bool known_to_format_1(const Operation& operation) {
  constexpr OpKind kLater[] = {OpKind::kRemoveRange,  OpKind::kIngest,          OpKind::kCompactLevel,
                               OpKind::kCompactRange, OpKind::kScanAsOf,        OpKind::kWalk,
                               OpKind::kOpenCursor,   OpKind::kUseCursor,       OpKind::kCloseCursor,
                               OpKind::kTakeSnapshot, OpKind::kReleaseSnapshot, OpKind::kCheckpoint};
  return std::ranges::find(kLater, operation.kind) == std::end(kLater) &&
         std::ranges::all_of(operation.batch, [](const BatchItem& item) { return item.high.empty(); });
}

// Formats: 1, the first; 2, machines may die by being dropped, and there are more operations; 3, single file calls may
// fail, and checkpoints be kept.
std::uint64_t oldest_reader(const Scenario& scenario) {
  const auto keeps = [](const Operation& each) { return each.kind == OpKind::kCheckpoint && each.number != 0; };
  const bool copies = std::ranges::any_of(scenario.incarnations, [&](const IncarnationPlan& plan) {
    return std::ranges::any_of(plan.clients, [&](const auto& client) { return std::ranges::any_of(client, keeps); });
  });
  if (scenario.fail_one_in > 0 || copies) return 3;
  const bool old = std::ranges::all_of(scenario.incarnations, [](const IncarnationPlan& plan) {
    return plan.crash_mode == CrashMode::kUnwind && !plan.read_only_first &&
           std::ranges::all_of(plan.clients,
                               [](const auto& client) { return std::ranges::all_of(client, known_to_format_1); });
  });
  return old ? 1 : 2;
}

Json incarnation_json(const IncarnationPlan& plan) {
  Json json{{"options", options_json(plan.options)},
            {"ending", kEndingNames[static_cast<std::size_t>(plan.ending)]},
            {"foreign_file", plan.foreign_file},
            {"entropy_seed", number_text(plan.entropy_seed)},
            {"clients", Json::array()},
            {"recorded", recorded_json(plan.recorded.value_or(Recorded()))}};
  if (plan.crash_mode != CrashMode::kUnwind) json["death"] = kCrashModeNames[static_cast<std::size_t>(plan.crash_mode)];
  if (plan.read_only_first) json["read_only_first"] = true;
  if (plan.close_after_ns > 0) json["close_after_ns"] = plan.close_after_ns;
  for (const auto& client : plan.clients) {
    Json rows = Json::array();
    for (const Operation& operation : client) rows.push_back(operation_json(operation));
    json["clients"].push_back(std::move(rows));
  }
  return json;
}

// Reading. One object walks the document and remembers the first thing that is wrong, and in which part.
class Reader {
 public:
  const std::string& wrong() const { return wrong_; }

  const Json& member(const Json& object, const char* name) {
    static const Json kNothing;
    if (object.is_object()) {
      if (const auto found = object.find(name); found != object.end()) return *found;
    }
    fail(name);
    return kNothing;
  }
  const Json& array(const Json& object, const char* name) {
    static const Json kEmpty = Json::array();
    const Json& found = member(object, name);
    if (found.is_array()) return found;
    fail(name);
    return kEmpty;
  }
  std::string string(const Json& object, const char* name) {
    const Json& found = member(object, name);
    if (found.is_string()) return found.get<std::string>();
    fail(name);
    return "";
  }
  std::string string_or_empty(const Json& object, const char* name) {
    return object.contains(name) ? string(object, name) : std::string();
  }
  std::uint64_t small(const Json& value, const char* name) {
    if (value.is_number_unsigned()) return value.get<std::uint64_t>();
    fail(name);
    return 0;
  }
  std::uint64_t number(const Json& object, const char* name) {
    const std::string text = string(object, name);
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) fail(name);
    return value;
  }
  bool boolean(const Json& object, const char* name) {
    const Json& found = member(object, name);
    if (found.is_boolean()) return found.get<bool>();
    fail(name);
    return false;
  }
  std::string bytes(const std::string& text, const char* name) {
    if (!text.starts_with("hex:")) return text;
    const auto decoded = from_hex(text.substr(4));
    if (!decoded) fail(name);
    return decoded.value_or("");
  }
  template <class Enum, class Names>
  Enum one_of(const std::string& text, const Names& names, const char* name) {
    const auto found = std::ranges::find(names, text);
    if (found == names.end()) fail(name);
    return found == names.end() ? Enum{} : static_cast<Enum>(found - names.begin());
  }
  void fail(const char* name) {
    if (wrong_.empty()) wrong_ = fmt::format("{}'{}' is absent or malformed", part_, name);
  }
  void enter(std::size_t incarnation) { part_ = fmt::format("incarnation {}: ", incarnation); }
  void leave() { part_.clear(); }

 private:
  std::string part_;
  std::string wrong_;
};

Operation operation_from(Reader& reader, const Json& json) {
  Operation operation;
  const auto kind = op_from_name(reader.string(json, "op"));
  if (!kind) reader.fail("op");
  operation.kind = kind.value_or(OpKind::kGet);
  operation.key = reader.bytes(reader.string_or_empty(json, "key"), "key");
  operation.text = reader.bytes(reader.string_or_empty(json, "text"), "text");
  if (json.contains("number")) operation.number = reader.number(json, "number");
  if (!json.contains("batch")) return operation;
  for (const Json& row : reader.array(json, "batch")) {
    BatchItem item{.key = reader.bytes(reader.string(row, "key"), "key"), .value = std::nullopt};
    if (row.contains("value")) item.value = reader.bytes(reader.string(row, "value"), "value");
    item.high = reader.bytes(reader.string_or_empty(row, "high"), "high");
    operation.batch.push_back(std::move(item));
  }
  return operation;
}

Anchor anchor_from(Reader& reader, const Json& json) {
  Anchor anchor{.role = reader.string(json, "role")};
  anchor.generation = reader.small(reader.member(json, "generation"), "generation");
  anchor.nth = reader.small(reader.member(json, "nth"), "nth");
  anchor.after = reader.boolean(json, "after");
  const std::string call = reader.string(json, "call");
  std::size_t kind = 0;
  while (kind < faultfs::kCallKinds && faultfs::call_kind_name(static_cast<faultfs::CallKind>(kind)) != call) ++kind;
  if (kind == faultfs::kCallKinds) reader.fail("call");
  anchor.call = static_cast<faultfs::CallKind>(kind);
  return anchor;
}

Recorded recorded_from(Reader& reader, const Json& json) {
  Recorded recorded;
  for (const Json& row : reader.array(json, "schedule")) {
    if (!row.is_array() || row.size() != 3) {
      reader.fail("schedule");
      break;
    }
    recorded.schedule.push_back({.fiber = static_cast<int>(reader.small(row[0], "schedule")),
                                 .step = reader.small(row[1], "schedule"),
                                 .next = static_cast<int>(reader.small(row[2], "schedule"))});
  }
  for (const Json& row : reader.array(json, "image")) {
    const bool pair = row.is_array() && row.size() == 2 && row[0].is_string() && row[1].is_string();
    const auto fate = pair ? faultfs::fate_from_string(row[1].get<std::string>()) : std::nullopt;
    if (!fate) {
      reader.fail("image");
      break;
    }
    recorded.image.push_back({.unit = row[0].get<std::string>(), .fate = *fate});
  }
  for (const Json& row : reader.array(json, "lies")) recorded.lies.push_back(anchor_from(reader, row));
  if (json.contains("failed_calls")) {
    for (const Json& row : reader.array(json, "failed_calls")) {
      recorded.failed_calls.push_back({.call = anchor_from(reader, row),
                                       .how = reader.one_of<FailKind>(reader.string(row, "how"), kFailNames, "how")});
    }
  }
  if (json.contains("crash")) recorded.crash = anchor_from(reader, json["crash"]);
  if (json.contains("crash_at_end")) {
    recorded.crash_at_end = reader.one_of<Phase>(reader.string(json, "crash_at_end"), kPhaseNames, "crash_at_end");
  }
  return recorded;
}

IncarnationPlan incarnation_from(Reader& reader, const Json& json) {
  IncarnationPlan plan;
  // An option that is absent was not known to this file's maker; one that is unknown here would change the run.
  const Json& options = reader.member(json, "options");
  if (!options.is_object()) reader.fail("options");
  for (const auto& each : options.items()) {
    const char* name = each.key().c_str();
    if (!set_option(plan.options, name, reader.string(options, name)).ok()) reader.fail(name);
  }
  plan.ending = reader.one_of<Ending>(reader.string(json, "ending"), kEndingNames, "ending");
  if (json.contains("death"))
    plan.crash_mode = reader.one_of<CrashMode>(reader.string(json, "death"), kCrashModeNames, "death");
  plan.foreign_file = reader.boolean(json, "foreign_file");
  if (json.contains("read_only_first")) plan.read_only_first = reader.boolean(json, "read_only_first");
  if (json.contains("close_after_ns")) {
    plan.close_after_ns = reader.small(reader.member(json, "close_after_ns"), "close_after_ns");
  }
  plan.entropy_seed = reader.number(json, "entropy_seed");
  for (const Json& client : reader.array(json, "clients")) {
    std::vector<Operation>& operations = plan.clients.emplace_back();
    if (!client.is_array()) reader.fail("clients");
    for (const Json& operation : client) operations.push_back(operation_from(reader, operation));
  }
  plan.recorded = recorded_from(reader, reader.member(json, "recorded"));
  return plan;
}

Repro repro_from(Reader& reader, const Json& json) {
  Repro repro;
  repro.made_by = reader.member(json, "made_by").dump();
  const Json& provenance = reader.member(json, "provenance");
  repro.scenario.seed = reader.number(provenance, "seed");
  repro.scenario.generator = reader.small(reader.member(provenance, "generator"), "generator");
  repro.scenario.profile = reader.string(provenance, "profile");
  const Json& world = reader.member(json, "world");
  repro.scenario.names = reader.one_of<faultfs::NameOrder>(reader.string(world, "fs"), kNameOrderNames, "fs");
  repro.scenario.lie_one_in = reader.small(reader.member(world, "lie_one_in"), "lie_one_in");
  if (world.contains("fail_one_in")) {
    repro.scenario.fail_one_in = reader.small(reader.member(world, "fail_one_in"), "fail_one_in");
  }
  repro.scenario.wall_start_ticks = reader.number(world, "wall_start_ticks");
  repro.scenario.sync_ns = reader.small(reader.member(world, "sync_ns"), "sync_ns");
  for (const Json& plan : reader.array(json, "incarnations")) {
    reader.enter(repro.scenario.incarnations.size() + 1);
    repro.scenario.incarnations.push_back(incarnation_from(reader, plan));
  }
  reader.leave();
  const Json& observed = reader.member(json, "observed");
  repro.rule = reader.string(observed, "rule");
  repro.what = reader.string(observed, "what");
  repro.incarnation = reader.small(reader.member(observed, "incarnation"), "incarnation");
  repro.step = reader.small(reader.member(observed, "step"), "step");
  repro.trace_hash = reader.string(observed, "trace_hash");
  return repro;
}

std::string checksum_of(const Json& without_checksum) {
  return fmt::format("{:016x}", hash64(without_checksum.dump()));
}

}  // namespace

std::string encode_repro(const Repro& repro, const std::vector<Event>& last_events) {
  const Scenario& scenario = repro.scenario;
  Json json{{"format", kReproFormat},
            {"min_reader", oldest_reader(scenario)},
            {"made_by", {{"program", "mylonite-sim"}, {"version", kRelease}, {"compiler", compiler()}}},
            {"provenance",
             {{"seed", number_text(scenario.seed)}, {"generator", scenario.generator}, {"profile", scenario.profile}}},
            {"world",
             {{"fs", kNameOrderNames[static_cast<std::size_t>(scenario.names)]},
              {"lie_one_in", scenario.lie_one_in},
              {"wall_start_ticks", number_text(scenario.wall_start_ticks)},
              {"sync_ns", scenario.sync_ns}}},
            {"incarnations", Json::array()},
            {"observed",
             {{"rule", repro.rule},
              {"what", repro.what},
              {"incarnation", repro.incarnation},
              {"step", repro.step},
              {"trace_hash", repro.trace_hash},
              {"last_events", Json::array()}}}};
  if (scenario.fail_one_in > 0) json["world"]["fail_one_in"] = scenario.fail_one_in;
  for (const IncarnationPlan& plan : scenario.incarnations) json["incarnations"].push_back(incarnation_json(plan));
  for (const Event& event : last_events) json["observed"]["last_events"].push_back(to_string(event));
  json["checksum"] = checksum_of(json);
  return json.dump(1) + "\n";
}

Result<Repro> decode_repro(const std::string& text) {
  Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return Error(Code::kCorruption, "not a JSON document");
  Reader reader;
  const std::uint64_t needed = reader.small(reader.member(json, "min_reader"), "min_reader");
  if (!reader.wrong().empty()) return Error(Code::kCorruption, "not a scenario file: " + reader.wrong());
  if (needed > kReproFormat) {
    return Error(Code::kUnsupported,
                 fmt::format("needs a reader of format {}; this program reads {}", needed, kReproFormat));
  }
  const std::string stored = reader.string(json, "checksum");
  json.erase("checksum");
  if (const std::string computed = checksum_of(json); stored != computed) {
    return Error(Code::kCorruption,
                 fmt::format("checksum: expected {}, found {} (was the file edited?)", stored, computed));
  }
  Repro repro = repro_from(reader, json);
  if (!reader.wrong().empty()) return Error(Code::kCorruption, reader.wrong());
  return repro;
}

std::string options_hash(const Scenario& scenario) {
  std::string text;
  for (const IncarnationPlan& plan : scenario.incarnations) text += options_json(plan.options).dump();
  return fmt::format("{:016x}", hash64(text));
}

}  // namespace mylonite::sim
