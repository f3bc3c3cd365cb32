#include "sim/shrink/as_test.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include <fmt/format.h>

namespace mylonite::sim {
namespace {

// "mylonite::sim::op::Put" → "op::Put".
template <class T>
std::string type_name() {
  std::string_view name = __PRETTY_FUNCTION__;  // "... [with T = NAME; ...]", "... [T = NAME]"
  name.remove_prefix(name.find("T = ") + 4);
  name = name.substr(0, name.find_first_of(";]"));
  constexpr std::string_view kNamespace = "mylonite::sim::";
  if (name.starts_with(kNamespace)) name.remove_prefix(kNamespace.size());
  return std::string(name);
}

std::string character(char c) {
  const auto byte = static_cast<unsigned char>(c);
  if (c == '"' || c == '\\') return std::string("\\") + c;
  return byte >= 0x20 && byte < 0x7f ? std::string(1, c) : fmt::format("\\{:03o}", byte);
}

std::string literal(const std::string& bytes) {
  constexpr std::size_t kWorthwhile = 24;
  if (bytes.size() >= kWorthwhile && bytes.find_first_not_of(bytes[0]) == std::string::npos && bytes[0] != '\'') {
    return fmt::format("std::string({}, '{}')", bytes.size(), bytes[0] == '"' ? "\"" : character(bytes[0]));
  }
  std::string text;
  for (const char c : bytes) text += character(c);
  return bytes.find('\0') == std::string::npos ? "\"" + text + "\""
                                               : fmt::format("std::string(\"{}\", {})", text, bytes.size());
}

template <IsRecord Record>
std::string code_of(const Record& record);
std::string code_of(const std::string& bytes) { return literal(bytes); }
std::string code_of(bool yes) { return yes ? "true" : "false"; }
std::string code_of(std::uint32_t number) { return fmt::format("{}", number); }
std::string code_of(std::uint64_t number) { return fmt::format("{}U", number); }
std::string code_of(std::int64_t number) { return fmt::format("{}", number); }
template <class T>
std::string code_of(const std::optional<T>& value) {
  return value ? code_of(*value) : "std::nullopt";
}
template <class T>
std::string code_of(const std::vector<T>& values) {
  std::string text;
  for (const T& each : values) text += (text.empty() ? "" : ", ") + code_of(each);
  return "{" + text + "}";
}
// The fields that are not as usual.
template <IsRecord Record>
std::string code_of(const Record& record) {
  const Record defaults;
  std::string text;
  for_each_field<Record>([&](const auto& field) {
    const auto& value = record.*field.member;
    if (value == defaults.*field.member) return;
    text += fmt::format("{}.{} = {}", text.empty() ? "" : ", ", field.name, code_of(value));
  });
  return type_name<Record>() + "{" + text + "}";
}
std::string code_of(const Operation& operation) {
  return std::visit([](const auto& each) { return code_of(each); }, operation);
}

std::string code_of(const faultfs::Anchor& at) {
  return fmt::format("{{.role = {}, .generation = {}, .call = faultfs::CallKind(/* {} */ {}), .nth = {}}}",
                     literal(at.role), at.generation, faultfs::call_kind_name(at.call), static_cast<int>(at.call),
                     at.nth);
}

// Members of the record, each with its value.
std::string code_of(const Recorded& recorded) {
  std::string text;
  const auto add = [&](const std::string& member, const std::string& value) {
    text += fmt::format("{}\n      .{} = {}", text.empty() ? "" : ",", member, value);
  };
  std::string list;
  for (const Deviation& each : recorded.schedule)
    list += fmt::format("{{{}, {}, {}}}, ", each.fiber, each.step, each.next);
  if (!list.empty()) add("schedule", "{" + list + "}");
  if (recorded.crash) {
    add("crash", fmt::format("CrashAnchor{{\n          .at = {},\n          .after = {}}}", code_of(recorded.crash->at),
                             recorded.crash->after));
  }
  if (recorded.crash_at_end) {
    add("crash_at_end",
        fmt::format("Phase(/* {} */ {})", kPhaseNames.at(static_cast<std::size_t>(*recorded.crash_at_end)),
                    static_cast<int>(*recorded.crash_at_end)));
  }
  list.clear();
  for (const faultfs::Choice& each : recorded.image) {
    list += fmt::format("{{{}, *faultfs::fate_from_string(\"{}\")}}, ", literal(each.unit), to_string(each.fate));
  }
  if (!list.empty()) add("image", "{" + list + "}");
  list.clear();
  for (const faultfs::PlacedFault& each : recorded.faults) {
    list += fmt::format("{{.at = {}, .strike = {{.fault = *faultfs::fault_from_name(\"{}\"), .detail = {}}}}}, ",
                        code_of(each.at), row_of(each.strike.fault).name, each.strike.detail);
  }
  if (!list.empty()) add("faults", "{" + list + "}");
  return text;
}

std::string code_of(const IncarnationPlan& plan, const std::string& name) {
  std::string text = fmt::format("  IncarnationPlan& {0} = scenario.incarnations.emplace_back();\n", name);
  const Options defaults;
  for (const OptionRow& row : option_table()) {
    const std::string value = option_text(plan.options, row);
    if (value == option_text(defaults, row)) continue;
    text += fmt::format("  ASSERT_TRUE(set_option({}.options, \"{}\", {}).ok());\n", name, row.name, literal(value));
  }
  if (!plan.clients.empty()) {
    text += fmt::format("  {}.clients = {{", name);
    for (const auto& client : plan.clients) {
      text += "\n      {";
      for (const Operation& operation : client) text += "\n          " + code_of(operation) + ",";
      text += "},";
    }
    text += "\n  };\n";
  }
  const auto set = [&](bool unusual, const std::string& member, const std::string& value) {
    if (unusual) text += fmt::format("  {}.{} = {};\n", name, member, value);
  };
  set(plan.ending == Ending::kKill, "ending", "Ending::kKill");
  set(plan.ending == Ending::kPowerLoss, "ending", "Ending::kPowerLoss");
  set(plan.crash_mode == CrashMode::kAbandon, "crash_mode", "CrashMode::kAbandon");
  set(plan.close_after_ns > 0, "close_after_ns", code_of(plan.close_after_ns));
  set(plan.read_only_first, "read_only_first", "true");
  set(plan.refused_first, "refused_first", "true");
  set(plan.second_opener, "second_opener", "true");
  if (plan.damage) {
    const DamagePlan& damage = *plan.damage;
    set(true, "damage",
        fmt::format("DamagePlan{{*faultfs::damage_from_name(\"{}\"), \"{}\", {}, {}}}", row_of(damage.kind).name,
                    damage.role, code_of(damage.file), code_of(damage.where)));
  }
  set(plan.foreign_file, "foreign_file", "true");
  set(plan.entropy_seed != 0, "entropy_seed", code_of(plan.entropy_seed));
  return text + fmt::format("  {}.recorded = Recorded{{{}}};\n", name, code_of(plan.recorded.value_or(Recorded())));
}

// "stamp-order" → "StampOrder".
std::string in_camel_case(std::string_view words) {
  std::string text;
  bool begins = true;
  for (const char c : words) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (letter) text += begins && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    begins = !letter;
  }
  return text;
}

}  // namespace

std::string as_test(const Outcome& outcome) {
  const Scenario& scenario = outcome.recorded;
  const Failure& failure = outcome.failure.value();
  std::string text = fmt::format(
      "// Rule {}, in {}. Found by seed {}, and shrunk.\n"
      "#include <string>\n\n#include <gtest/gtest.h>\n\n#include \"sim/machine/fiber.h\"\n#include "
      "\"sim/run/run.h\"\n\n"
      "namespace mylonite::sim {{\n\n// clang-format off\nTEST(Found, {}In{}Seed{}) {{\n  Scenario scenario;\n",
      failure.rule, failure.operation, scenario.seed, in_camel_case(failure.rule), in_camel_case(failure.operation),
      scenario.seed);
  if (scenario.names != faultfs::NameOrder::kOrdered) {
    text += fmt::format("  scenario.names = faultfs::NameOrder(/* {} */ {});\n",
                        kNameOrderNames.at(static_cast<std::size_t>(scenario.names)), static_cast<int>(scenario.names));
  }
  text += fmt::format("  scenario.wall_start_ticks = {}U;\n", scenario.wall_start_ticks);
  if (scenario.sync_ns > 0) text += fmt::format("  scenario.sync_ns = {}U;\n", scenario.sync_ns);
  for (std::size_t i = 0; i < scenario.incarnations.size(); ++i) {
    text += "\n" + code_of(scenario.incarnations[i], fmt::format("incarnation{}", i + 1));
  }
  return text +
         "\n  StackPool stacks;\n  const Outcome outcome = run(scenario, stacks);\n"
         "  EXPECT_FALSE(outcome.failure) << outcome.failure->rule << \": \" << outcome.failure->what;\n}\n"
         "// clang-format on\n\n}  // namespace mylonite::sim\n";
}

}  // namespace mylonite::sim
