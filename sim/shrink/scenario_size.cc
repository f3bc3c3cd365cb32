#include "sim/shrink/scenario_size.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <optional>
#include <variant>

#include <fmt/format.h>

namespace mylonite::sim {
namespace {

std::uint64_t weight_of(std::uint64_t number) { return static_cast<std::uint64_t>(std::bit_width(number)); }
std::uint64_t weight_of(std::uint32_t number) { return weight_of(std::uint64_t{number}); }
std::uint64_t weight_of(std::int64_t number) {
  return weight_of(number < 0 ? ~static_cast<std::uint64_t>(number) : static_cast<std::uint64_t>(number));
}
std::uint64_t weight_of(bool yes) { return yes ? 1 : 0; }
// Varied bytes weigh more than repeated ones, and later letters more than earlier ones.
std::uint64_t weight_of(const std::string& bytes) {
  std::uint64_t weight = 64 * bytes.size();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    weight += i == 0 || bytes[i] != bytes[i - 1] ? static_cast<unsigned char>(bytes[i]) : 0;
  }
  return weight;
}

template <IsRecord Record>
std::uint64_t weight_of(const Record& record);
template <class T>
std::uint64_t weight_of(const std::optional<T>& value) {
  return value ? 8 + weight_of(*value) : 0;
}
template <class T>
std::uint64_t weight_of(const std::vector<T>& values) {
  std::uint64_t weight = 0;
  for (const T& each : values) weight += 8 + weight_of(each);
  return weight;
}
template <IsRecord Record>
std::uint64_t weight_of(const Record& record) {
  const Record defaults;
  std::uint64_t weight = 0;
  for_each_field<Record>([&](const auto& field) {
    const auto& value = record.*field.member;
    if (value != defaults.*field.member) weight += 8 + weight_of(value);
  });
  return weight;
}

// How many kinds of operations come before it: a put is simpler than an ingest.
std::uint64_t weight_of(const Operation& operation) {
  return 16 * operation.index() + std::visit([](const auto& each) { return weight_of(each); }, operation);
}

void add_options(ScenarioSize& size, const Options& options) {
  const Options defaults;
  for (const OptionRow& row : option_table()) {
    const std::string text = option_text(options, row);
    if (row.name == "data_dir" || text == option_text(defaults, row)) continue;
    ++size.options;
    for (const auto& [begin, end] : numbers_in(text)) {
      std::uint64_t number = UINT64_MAX;  // if it is larger than that
      std::from_chars(text.data() + begin, text.data() + end, number);
      size.detail += weight_of(number);
    }
  }
}

void add_recorded(ScenarioSize& size, const Recorded& recorded) {
  size.faults += recorded.faults.size();
  size.losses += recorded.image.size();
  size.switches += recorded.schedule.size();
  for (const faultfs::PlacedFault& each : recorded.faults) size.detail += each.at.nth + each.at.generation;
  for (const faultfs::Choice& each : recorded.image) {
    size.detail += static_cast<std::uint64_t>(each.fate.kind) + weight_of(each.fate.detail);
  }
  if (recorded.crash) size.detail += 2 + recorded.crash->at.nth + recorded.crash->at.generation;
}

void add_incarnation(ScenarioSize& size, const IncarnationPlan& plan) {
  ++size.incarnations;
  if (plan.ending != Ending::kClose) ++size.crashes;
  for (const auto& client : plan.clients) {
    size.operations += client.size();
    size.clients += client.empty() ? 0 : 1;
    for (const Operation& operation : client) size.detail += weight_of(operation);
  }
  add_options(size, plan.options);
  size.settings += (plan.close_after_ns > 0 ? 1 : 0) + (plan.read_only_first ? 1 : 0) + (plan.refused_first ? 1 : 0) +
                   (plan.foreign_file ? 1 : 0) + (plan.damage ? 1 : 0) + (plan.second_opener ? 1 : 0) +
                   (plan.entropy_seed > 1 ? 1 : 0) + (plan.ending == Ending::kPowerLoss ? 1 : 0) + plan.clients.size();
  if (plan.recorded) add_recorded(size, *plan.recorded);
}

std::string counted(std::uint64_t count, const char* one, const char* many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

}  // namespace

std::vector<std::pair<std::size_t, std::size_t>> numbers_in(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789";
  std::vector<std::pair<std::size_t, std::size_t>> numbers;
  for (std::size_t begin = text.find_first_of(kDigits); begin != std::string_view::npos;) {
    const std::size_t end = std::min(text.find_first_not_of(kDigits, begin), text.size());
    numbers.emplace_back(begin, end);
    begin = text.find_first_of(kDigits, end);
  }
  return numbers;
}

ScenarioSize size_of(const Scenario& scenario) {
  ScenarioSize size;
  for (const IncarnationPlan& plan : scenario.incarnations) add_incarnation(size, plan);
  size.settings += (scenario.names == faultfs::NameOrder::kOrdered ? 0 : 1) + (scenario.lie_one_in > 0 ? 1 : 0) +
                   (scenario.fail_one_in > 0 ? 1 : 0) + (scenario.sync_ns > 0 ? 1 : 0) +
                   (scenario.wall_start_ticks == kUsualStartTicks ? 0 : 1);
  for (const std::uint64_t one_in : scenario.drawn) size.settings += one_in > 0 ? 1 : 0;
  return size;
}

std::string to_string(const ScenarioSize& size) {
  std::string text = counted(size.operations, "operation", "operations");
  const auto add = [&](std::uint64_t count, const char* one, const char* many) {
    if (count > 0) text += ", " + counted(count, one, many);
  };
  add(size.crashes, "crash", "crashes");
  add(size.faults, "fault", "faults");
  add(size.losses, "lost unit", "lost units");
  add(size.switches, "switch of threads", "switches of threads");
  add(size.options, "option", "options");
  return text;
}

}  // namespace mylonite::sim
