#include <algorithm>
#include <charconv>
#include <concepts>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/base/bytes.h"
#include "sim/scenario/old_operations.h"
#include "sim/scenario/repro.h"

namespace mylonite::sim {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint64_t kTypedOperations = 4;  // the format in which operations got typed fields
constexpr std::uint64_t kShortForm = 5;        // the format in which what is as usual is left out

// Walks the document and keeps the first error and its place.
class Reader {
 public:
  bool typed_operations = true;  // since format 4
  bool short_form = true;        // since format 5

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
    return number<std::uint64_t>(string(object, name), name);
  }
  template <class Number>
  Number number(const std::string& text, const char* name) {
    Number value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) fail(name);
    return value;
  }
  const Json& array_or_empty(const Json& object, const char* name) {
    static const Json kEmpty = Json::array();
    return object.is_object() && object.contains(name) ? array(object, name) : kEmpty;
  }
  bool boolean_or_false(const Json& object, const char* name) {
    if (!object.is_object() || !object.contains(name)) return false;
    const Json& found = member(object, name);
    if (found.is_boolean()) return found.get<bool>();
    fail(name);
    return false;
  }
  std::string bytes(const std::string& text, const char* name) {
    if (short_form && text.starts_with(kRepeatPrefix)) return repeated(text, name);
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
  // "repeat:700:a" → 700 letters.
  std::string repeated(const std::string& text, const char* name) {
    constexpr std::uint64_t kMost = 1ULL << 30;
    const std::size_t colon = text.find(':', kRepeatPrefix.size());
    if (colon == std::string::npos || colon + 2 != text.size()) {
      fail(name);
      return "";
    }
    const auto count = number<std::uint64_t>(text.substr(kRepeatPrefix.size(), colon - kRepeatPrefix.size()), name);
    if (count <= kMost) return std::string(count, text.back());
    fail(name);
    return "";
  }

  std::string part_;
  std::string wrong_;
};

// The values of fields from JSON.
template <IsRecord Record>
void read(Reader& reader, const Json& json, Record& to, const char* name);

void read(Reader& reader, const Json& json, std::string& to, const char* name) {
  if (!json.is_string()) return reader.fail(name);
  to = reader.bytes(json.get<std::string>(), name);
}
void read(Reader& reader, const Json& json, std::uint32_t& to, const char* name) {
  const std::uint64_t number = reader.small(json, name);
  if (number > UINT32_MAX) reader.fail(name);
  to = static_cast<std::uint32_t>(number);
}
void read(Reader& reader, const Json& json, bool& to, const char* name) {
  if (!json.is_boolean()) return reader.fail(name);
  to = json.get<bool>();
}
template <class Number>
  requires(std::same_as<Number, std::uint64_t> || std::same_as<Number, std::int64_t>)
void read(Reader& reader, const Json& json, Number& to, const char* name) {
  if (!json.is_string()) return reader.fail(name);
  to = reader.number<Number>(json.get<std::string>(), name);
}
template <class T>
void read(Reader& reader, const Json& json, std::optional<T>& to, const char* name) {
  read(reader, json, to.emplace(), name);
}
template <class T>
void read(Reader& reader, const Json& json, std::vector<T>& to, const char* name) {
  if (!json.is_array()) return reader.fail(name);
  for (const Json& row : json) read(reader, row, to.emplace_back(), name);
}

// Refuses unknown fields: ignoring one would change the run. `others` is the number of members that are read elsewhere.
template <IsRecord Record>
void read_fields(Reader& reader, const Json& json, Record& to, std::size_t others) {
  std::size_t met = others;
  for_each_field<Record>([&](const auto& field) {
    const auto found = json.find(field.name);
    if (found == json.end()) return;
    ++met;
    read(reader, *found, to.*field.member, field.name);
  });
  if (met == json.size()) return;
  for (const auto& each : json.items()) {
    bool known = others > 0 && each.key() == "op";
    for_each_field<Record>([&](const auto& field) { known |= each.key() == field.name; });
    if (!known) reader.fail(each.key().c_str());
  }
}

template <IsRecord Record>
void read(Reader& reader, const Json& json, Record& to, const char* name) {
  if (!json.is_object()) return reader.fail(name);
  read_fields(reader, json, to, 0);
}

Operation operation_from(Reader& reader, const Json& json) {
  std::optional<Operation> operation = default_operation(reader.string(json, "op"));
  if (!operation) reader.fail("op");
  if (!operation) return {};
  std::visit([&](auto& each) { read_fields(reader, json, each, 1); }, *operation);
  return std::move(*operation);
}

Operation old_operation_from(Reader& reader, const Json& json) {
  OldOperation old{.name = reader.string(json, "op")};
  old.key = reader.bytes(reader.string_or_empty(json, "key"), "key");
  old.text = reader.bytes(reader.string_or_empty(json, "text"), "text");
  if (json.contains("number")) old.number = reader.number(json, "number");
  if (json.contains("batch")) {
    for (const Json& row : reader.array(json, "batch")) {
      BatchItem item{.key = reader.bytes(reader.string(row, "key"), "key"), .value = std::nullopt};
      if (row.contains("value")) item.value = reader.bytes(reader.string(row, "value"), "value");
      item.high = reader.bytes(reader.string_or_empty(row, "high"), "high");
      old.batch.push_back(std::move(item));
    }
  }
  std::optional<Operation> operation = converted(std::move(old));
  if (!operation) reader.fail("op");
  return operation ? std::move(*operation) : Operation();
}

CrashAnchor anchor_from(Reader& reader, const Json& json) {
  faultfs::Anchor anchor{.role = reader.string(json, "role")};
  anchor.generation = reader.small(reader.member(json, "generation"), "generation");
  anchor.nth = reader.small(reader.member(json, "nth"), "nth");
  const std::string call = reader.string(json, "call");
  const auto* const row = std::ranges::find(faultfs::kCalls, call, &faultfs::CallRow::name);
  if (row == faultfs::kCalls.end()) {
    reader.fail("call");
  } else {
    anchor.call = row->kind;
  }
  return {.at = anchor, .after = reader.boolean_or_false(json, "after")};
}

faultfs::PlacedFault fault_from(Reader& reader, const Json& json) {
  faultfs::PlacedFault placed{.at = anchor_from(reader, json).at};
  const auto fault = faultfs::fault_from_name(reader.string(json, "how"));
  if (!fault) reader.fail("how");
  placed.strike.fault = fault.value_or(faultfs::Fault::kIoError);
  if (json.contains("detail")) placed.strike.detail = reader.number(json, "detail");
  return placed;
}

Recorded recorded_from(Reader& reader, const Json& json) {
  Recorded recorded;
  if (!json.is_object()) reader.fail("recorded");
  for (const Json& row : reader.array_or_empty(json, "schedule")) {
    if (!row.is_array() || row.size() != 3) {
      reader.fail("schedule");
      break;
    }
    recorded.schedule.push_back({.fiber = static_cast<int>(reader.small(row[0], "schedule")),
                                 .step = reader.small(row[1], "schedule"),
                                 .next = static_cast<int>(reader.small(row[2], "schedule"))});
  }
  for (const Json& row : reader.array_or_empty(json, "image")) {
    const bool pair = row.is_array() && row.size() == 2 && row[0].is_string() && row[1].is_string();
    const auto fate = pair ? faultfs::fate_from_string(row[1].get<std::string>()) : std::nullopt;
    if (!fate) {
      reader.fail("image");
      break;
    }
    recorded.image.push_back({.unit = row[0].get<std::string>(), .fate = *fate});
  }
  for (const Json& row : reader.array_or_empty(json, "lies")) {
    recorded.faults.push_back({.at = anchor_from(reader, row).at, .strike = {.fault = faultfs::Fault::kLie}});
  }
  for (const Json& row : reader.array_or_empty(json, "failed_calls")) {
    recorded.faults.push_back(fault_from(reader, row));
  }
  if (json.contains("crash")) recorded.crash = anchor_from(reader, json["crash"]);
  if (json.contains("crash_at_end")) {
    recorded.crash_at_end = reader.one_of<Phase>(reader.string(json, "crash_at_end"), kPhaseNames, "crash_at_end");
  }
  return recorded;
}

DamagePlan damage_from(Reader& reader, const Json& json) {
  const auto kind = faultfs::damage_from_name(reader.string(json, "kind"));
  if (!kind) reader.fail("kind");
  return {.kind = kind.value_or(faultfs::DamageKind::kFlippedBit),
          .role = reader.string(json, "role"),
          .file = reader.small(reader.member(json, "file"), "file"),
          .where = reader.number(json, "where")};
}

// An option unknown here would change the run.
void read_options(Reader& reader, const Json& json, Options& options) {
  const Json& values = reader.member(json, "options");
  if (!values.is_object()) reader.fail("options");
  for (const auto& each : values.items()) {
    const char* name = each.key().c_str();
    if (!set_option(options, name, reader.string(values, name)).ok()) reader.fail(name);
  }
}

// `base`: the scenario's options; before format 5 the defaults, and an incarnation has all that its maker knew.
IncarnationPlan incarnation_from(Reader& reader, const Json& json, const Options& base) {
  IncarnationPlan plan{.options = base};
  if (!reader.short_form || json.contains("options")) read_options(reader, json, plan.options);
  plan.ending = reader.one_of<Ending>(reader.string(json, "ending"), kEndingNames, "ending");
  if (json.contains("death"))
    plan.crash_mode = reader.one_of<CrashMode>(reader.string(json, "death"), kCrashModeNames, "death");
  plan.second_opener = reader.boolean_or_false(json, "second_opener");
  if (json.contains("damage")) plan.damage = damage_from(reader, json["damage"]);
  plan.foreign_file = reader.boolean_or_false(json, "foreign_file");
  plan.refused_first = reader.boolean_or_false(json, "refused_first");
  plan.read_only_first = reader.boolean_or_false(json, "read_only_first");
  if (json.contains("close_after_ns")) {
    plan.close_after_ns = reader.small(reader.member(json, "close_after_ns"), "close_after_ns");
  }
  if (json.contains("entropy_seed")) plan.entropy_seed = reader.number(json, "entropy_seed");
  for (const Json& client : reader.array(json, "clients")) {
    std::vector<Operation>& operations = plan.clients.emplace_back();
    if (!client.is_array()) reader.fail("clients");
    for (const Json& operation : client) {
      operations.push_back(reader.typed_operations ? operation_from(reader, operation)
                                                   : old_operation_from(reader, operation));
    }
  }
  plan.recorded = json.contains("recorded") ? recorded_from(reader, json["recorded"]) : Recorded();
  return plan;
}

Repro repro_from(Reader& reader, const Json& json) {
  Repro repro;
  const Json& made_by = reader.member(json, "made_by");
  repro.made_by = made_by.dump();
  repro.program = reader.string_or_empty(made_by, "program");
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
  Options base;
  if (reader.short_form) read_options(reader, json, base);
  for (const Json& plan : reader.array(json, "incarnations")) {
    reader.enter(repro.scenario.incarnations.size() + 1);
    repro.scenario.incarnations.push_back(incarnation_from(reader, plan, base));
  }
  reader.leave();
  const Json& observed = reader.member(json, "observed");
  repro.rule = reader.string(observed, "rule");
  repro.what = reader.string(observed, "what");
  repro.operation = reader.string_or_empty(observed, "operation");
  repro.incarnation = reader.small(reader.member(observed, "incarnation"), "incarnation");
  repro.step = reader.small(reader.member(observed, "step"), "step");
  repro.trace_hash = reader.string(observed, "trace_hash");
  return repro;
}

}  // namespace

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
  reader.typed_operations = needed >= kTypedOperations;
  reader.short_form = needed >= kShortForm;
  const std::string stored = reader.string(json, "checksum");
  json.erase("checksum");
  if (const std::string computed = repro_checksum(json.dump()); stored != computed) {
    return Error(Code::kCorruption,
                 fmt::format("checksum: expected {}, found {} (was the file edited?)", stored, computed));
  }
  Repro repro = repro_from(reader, json);
  if (!reader.wrong().empty()) return Error(Code::kCorruption, reader.wrong());
  return repro;
}

}  // namespace mylonite::sim
