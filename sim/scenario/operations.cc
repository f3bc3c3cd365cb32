#include "sim/scenario/operations.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/base/bytes.h"

namespace mylonite::sim {
namespace {

template <IsRecord Record>
std::string text_of(const Record& record);

std::string text_of(const std::string& bytes) { return fmt::format("'{}'", printable(bytes, 24)); }
std::string text_of(std::uint64_t number) { return fmt::format("{}", number); }
std::string text_of(std::uint32_t number) { return fmt::format("{}", number); }
std::string text_of(std::int64_t number) { return fmt::format("{}", number); }
std::string text_of(bool yes) { return yes ? "yes" : "no"; }
template <class T>
std::string text_of(const std::optional<T>& value) {
  return text_of(*value);  // never empty: an empty one equals its default, and is left out
}
template <class T>
std::string text_of(const std::vector<T>& values) {
  std::string text = fmt::format("({})", values.size());
  for (const T& each : values) text += " " + text_of(each);
  return text;
}

template <IsRecord Record>
std::string fields_text(const Record& record) {
  std::string text;
  const Record defaults;
  for_each_field<Record>([&](const auto& field) {
    const auto& value = record.*field.member;
    if (value == defaults.*field.member) return;
    text += fmt::format("{}{} {}", text.empty() ? "" : " ", field.name, text_of(value));
  });
  return text;
}

template <IsRecord Record>
std::string text_of(const Record& record) {
  return "[" + fields_text(record) + "]";
}

}  // namespace

AsOf as_of_from(std::uint64_t draw) {
  AsOf as_of{.slot = std::nullopt, .stamp = draw / 4};
  if (draw % 2 == 0) as_of.slot = static_cast<std::uint32_t>(draw / 2 % kSlots);
  return as_of;
}

Operation default_operation(std::size_t index) {
  constexpr auto kDefaults = []<std::size_t... I>(std::index_sequence<I...>) {
    return std::array<Operation (*)(), kOperations>{[] { return Operation(std::in_place_index<I>); }...};
  }(std::make_index_sequence<kOperations>());
  return kDefaults.at(index)();
}

std::optional<Operation> default_operation(std::string_view name) {
  const auto* const found = std::ranges::find(kOperationNames, name);
  if (found == kOperationNames.end()) return std::nullopt;
  return default_operation(static_cast<std::size_t>(found - kOperationNames.begin()));
}

std::string describe(const Operation& operation) {
  return std::visit(
      [](const auto& each) {
        const std::string fields = fields_text(each);
        return std::string(each.kName) + (fields.empty() ? "" : " ") + fields;
      },
      operation);
}

}  // namespace mylonite::sim
