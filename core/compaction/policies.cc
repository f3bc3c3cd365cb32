#include "core/compaction/policies.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "core/base/invariant.h"
#include "core/base/names.h"

namespace mylonite {
namespace {

Error refused(std::string_view text, const std::string& why) {
  return Error(Code::kInvalidArgument, fmt::format("option compaction_policy = '{}': {}", text, why));
}

std::string parameter_names(const CompactionPolicy& policy) {
  std::string names;
  for (const PolicyParameter& each : policy.parameters)
    names += fmt::format("{}{}", names.empty() ? "" : ", ", each.name);
  return names;
}

// Stores one `K=3` in the parameters. Returns what is wrong; empty: nothing.
std::string set_parameter(ConfiguredPolicy& chosen, std::string_view setting, std::vector<std::string_view>& named) {
  const std::size_t equals = setting.find('=');
  const std::string_view name = setting.substr(0, equals);
  const auto found = std::ranges::find(chosen.policy.parameters, name, &PolicyParameter::name);
  if (found == chosen.policy.parameters.end()) {
    const std::string names = parameter_names(chosen.policy);
    if (names.empty()) return fmt::format("'{}' takes no parameters", chosen.policy.name);
    return fmt::format("'{}' has no parameter '{}'; there are: {}", chosen.policy.name, name, names);
  }
  if (std::ranges::find(named, name) != named.end()) return fmt::format("parameter {} is given twice", name);
  named.push_back(name);
  const std::string_view digits = equals == std::string_view::npos ? "" : setting.substr(equals + 1);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || end != digits.data() + digits.size()) {
    return fmt::format("parameter {} = '{}': expected a whole number", name, digits);
  }
  if (value < found->low || value > found->high) {
    return fmt::format("parameter {} = {}: expected {} to {}", name, value, found->low, found->high);
  }
  chosen.parameters[static_cast<std::size_t>(found - chosen.policy.parameters.begin())].value = value;
  return {};
}

constexpr std::string_view kWordRule = "a name consists of letters, digits, - and _";

bool is_word(std::string_view name) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
  return !name.empty() && name.find_first_not_of(kLetters) == std::string_view::npos;
}

// What is wrong with a row; empty: nothing.
std::string flaw_of(const CompactionPolicy& policy) {
  if (!is_word(policy.name)) return std::string(kWordRule);
  if (!policy.rank) return "it has no rank function";
  for (const PolicyParameter& each : policy.parameters) {
    if (!is_word(each.name)) return fmt::format("parameter '{}': {}", each.name, kWordRule);
    if (std::ranges::count(policy.parameters, each.name, &PolicyParameter::name) > 1) {
      return fmt::format("it declares parameter {} twice", each.name);
    }
    const auto allowed = [&](std::int64_t value) { return each.low <= value && value <= each.high; };
    if (!allowed(each.fallback) || !std::ranges::all_of(each.worth_trying, allowed)) {
      return fmt::format("parameter {}: its default or a value worth trying is not within {} to {}", each.name,
                         each.low, each.high);
    }
  }
  return {};
}

CompactionPolicy none_policy() {
  return {.name = "none", .what = "merges nothing by itself", .rank = [](const PolicyView&) {
            return Ranking{.expired = ExpiredTombstones::kIgnored, .pressure = kNoPressure};
          }};
}

}  // namespace

std::int64_t PolicyView::parameter(std::string_view name) const {
  const auto found = std::ranges::find(parameters, name, &ParameterValue::name);
  invariant(found != parameters.end(), "a policy asks for a parameter that its row declares");
  return found->value;
}

TableReads PolicyView::reads_of(FileNumber table) const {
  const auto found = std::ranges::lower_bound(reads, table, {}, &TableReads::number);
  return found == reads.end() || found->number != table ? TableReads{.number = table} : *found;
}

CompactionPolicies standard_policies() {
  CompactionPolicies all = {none_policy()};
  for (const auto& family : {leveled_policies(), sublevel_policies(), tiered_policies(), list_policies(),
                             ucs_policies(), cell_policies(), expiring_policies(), random_policies()}) {
    all.insert(all.end(), family.begin(), family.end());
  }
  return all;
}

Status check_registry(const CompactionPolicies& policies) {
  if (policies.empty()) return Error(Code::kInvalidArgument, "registry of compaction policies: it is empty");
  for (const CompactionPolicy& each : policies) {
    std::string flaw = flaw_of(each);
    if (std::ranges::count(policies, each.name, &CompactionPolicy::name) > 1) flaw = "two policies have this name";
    if (flaw.empty()) continue;
    return Error(Code::kInvalidArgument, fmt::format("registry of compaction policies: '{}': {}", each.name, flaw));
  }
  return {};
}

std::string policy_names(const CompactionPolicies& policies) {
  std::string names;
  for (const CompactionPolicy& each : policies) names += fmt::format("{}{}", names.empty() ? "" : ", ", each.name);
  return names;
}

Result<ConfiguredPolicy> configure_policy(const CompactionPolicies& policies, std::string_view text) {
  if (Status sound = check_registry(policies); !sound.ok()) return sound.error();
  const std::size_t colon = text.find(':');
  const auto found = std::ranges::find(policies, text.substr(0, colon), &CompactionPolicy::name);
  if (found == policies.end()) {
    const std::string near = nearest_name(text.substr(0, colon), names_of(policies));
    return refused(text, fmt::format("expected one of {}{}", policy_names(policies),
                                     near.empty() ? "" : fmt::format("; did you mean '{}'?", near)));
  }
  ConfiguredPolicy chosen{.policy = *found};
  for (const PolicyParameter& each : found->parameters) {
    chosen.parameters.push_back({.name = each.name, .value = each.fallback});
  }
  std::vector<std::string_view> named;
  for (std::size_t at = colon; at != std::string_view::npos;) {
    const std::size_t end = text.find(',', at + 1);
    const std::string_view setting = text.substr(at + 1, end == std::string_view::npos ? end : end - at - 1);
    if (const std::string wrong = set_parameter(chosen, setting, named); !wrong.empty()) return refused(text, wrong);
    at = end;
  }
  chosen.text = found->name;
  for (const ParameterValue& each : chosen.parameters) {
    chosen.text += fmt::format("{}{}={}", &each == chosen.parameters.data() ? ":" : ",", each.name, each.value);
  }
  return chosen;
}

}  // namespace mylonite
