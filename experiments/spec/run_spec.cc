#include "experiments/spec/run_spec.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <vector>

#include <fmt/format.h>
#include <mylonite/options.h>
#include <nlohmann/json.hpp>

#include "core/base/hash.h"
#include "core/base/json.h"
#include "experiments/machine/profiles.h"
#include "experiments/workload/phases.h"

namespace mylonite::experiments {
namespace {

using Json = nlohmann::json;

constexpr std::uint64_t kEntriesMax = std::uint64_t{1} << 31;
constexpr std::string_view kSet = "set";
constexpr std::array<std::string_view, 2> kOfTheSpec = {"compaction_policy", "data_dir"};  // options, not to be set

constexpr SpecRow kRows[] = {
    {"policy", &RunSpec::policy, 0, 0, "compaction policy of the store, with parameters: lazy:T=4"},
    {"workload", &RunSpec::workload, 0, 0, "its name"},
    {"device", &RunSpec::device, 0, 0, "model of the storage device"},
    {"processor", &RunSpec::processor, 0, 0, "model of the processors"},
    {"seed", &RunSpec::seed, 0, UINT64_MAX, "of keys' order, of values and of what is drawn"},
    {"entries", &RunSpec::entries, 1000, kEntriesMax, "N of the workload"},
    {"value_bytes", &RunSpec::value_bytes, 1, 1 << 20, "of each value; keys have 16"},
    {"buffer_entries", &RunSpec::buffer_entries, 16, kEntriesMax, "entries of a memtable and of a table"},
    {"size_ratio", &RunSpec::size_ratio, 2, 100, "of a level's target to that of the level above"},
    {"base_buffers", &RunSpec::base_buffers, 1, 1 << 20, "target of level 1, in buffers"},
    {"level0_runs", &RunSpec::level0_runs, 1, 64, "runs of level 0 that start a merge"},
    {"clients", &RunSpec::clients, 1, 256, "threads that issue operations, the next one at the answer"},
    {"rests", &RunSpec::rests, 0, 0, "after each buffer the clients wait until nothing is left to do"},
};

// The edits from one word to the other: letters that are added, left out or replaced.
std::size_t distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < from.size(); ++i) {
    std::size_t diagonal = row[0]++;
    for (std::size_t j = 0; j < to.size(); ++j) {
      const std::size_t replaced = diagonal + (from[i] == to[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

Error wrong(std::string message) { return Error(Code::kInvalidArgument, std::move(message)); }

Error unknown(std::string_view what, std::string_view word, const std::vector<std::string_view>& names) {
  const std::string near = nearest(word, names);
  if (!near.empty()) return wrong(fmt::format("no {} is named '{}'; did you mean '{}'?", what, word, near));
  std::string message = fmt::format("no {} is named '{}'; there are:", what, word);
  for (const std::string_view name : names) message += fmt::format("{} {}", message.back() == ':' ? "" : ",", name);
  return wrong(std::move(message));
}

template <class Rows>
std::vector<std::string_view> names_of(const Rows& rows) {
  std::vector<std::string_view> names;
  for (const auto& row : rows) names.push_back(row.name);
  return names;
}

template <class Rows>
Status known(std::string_view what, std::string_view word, const Rows& rows) {
  const std::vector<std::string_view> names = names_of(rows);
  if (std::ranges::find(names, word) != names.end()) return {};
  return unknown(what, word, names);
}

Status read_member(RunSpec& spec, const SpecRow& row, const Json& value) {
  if (const auto* text = std::get_if<std::string RunSpec::*>(&row.member)) {
    if (!value.is_string()) return wrong(fmt::format("{} is a text, not {}", row.name, value.dump()));
    spec.** text = value.get<std::string>();
  } else if (const auto* flag = std::get_if<bool RunSpec::*>(&row.member)) {
    if (!value.is_boolean()) return wrong(fmt::format("{} is true or false, not {}", row.name, value.dump()));
    spec.** flag = value.get<bool>();
  } else {
    const bool fits =
        value.is_number_unsigned() && value.get<std::uint64_t>() >= row.low && value.get<std::uint64_t>() <= row.high;
    if (!fits) {
      return wrong(
          fmt::format("{} is a whole number from {} to {}, not {}", row.name, row.low, row.high, value.dump()));
    }
    spec.*std::get<std::uint64_t RunSpec::*>(row.member) = value.get<std::uint64_t>();
  }
  return {};
}

Status read_set(RunSpec& spec, const Json& value) {
  if (!value.is_object()) return wrong("set is an object of names and values of the store's options");
  for (const auto& [name, each] : value.items())
    spec.set[name] = each.is_string() ? each.get<std::string>() : each.dump();
  return {};
}

}  // namespace

std::span<const SpecRow> spec_table() { return kRows; }

std::string nearest(std::string_view word, std::span<const std::string_view> names) {
  std::string_view best;
  std::size_t least = word.size() / 3 + 2;  // farther is another word
  for (const std::string_view name : names) {
    const std::size_t edits = distance(word, name);
    if (edits < least) {
      least = edits;
      best = name;
    }
  }
  return std::string(best);
}

Result<RunSpec> parse_spec(std::string_view json, const std::string& file) {
  Json object;
  try {
    object = Json::parse(json, nullptr, true, true);
  } catch (const Json::parse_error& error) {
    return wrong(fmt::format("not JSON at byte {}", error.byte)).in(file, error.byte);
  }
  if (!object.is_object()) return wrong("a spec is one JSON object").in(file);
  std::vector<std::string_view> names = names_of(kRows);
  names.push_back(kSet);
  RunSpec spec;
  for (const auto& [name, value] : object.items()) {
    const auto* row = std::ranges::find(kRows, name, &SpecRow::name);
    Status read;
    if (name == kSet) {
      read = read_set(spec, value);
    } else if (row != std::end(kRows)) {
      read = read_member(spec, *row, value);
    } else {
      read = unknown("member of a spec", name, names);
    }
    if (!read.ok()) return read.error().in(file);
  }
  return spec;
}

Status check_names(const RunSpec& spec) {
  if (Status good = known("workload", spec.workload, workload_plans()); !good.ok()) return good;
  if (Status good = known("device", spec.device, kDevices); !good.ok()) return good;
  if (Status good = known("processor", spec.processor, kProcessors); !good.ok()) return good;
  for (const auto& [name, value] : spec.set) {
    const bool own = std::ranges::find(kOfTheSpec, name) != kOfTheSpec.end();
    if (own) return wrong(fmt::format("set {}: the spec itself decides it", name));
    if (Status good = known("option of the store", name, option_table()); !good.ok()) return good;
  }
  return {};
}

std::string spec_json(const RunSpec& spec) {
  JsonObject object;
  for (const SpecRow& row : kRows) {
    if (const auto* text = std::get_if<std::string RunSpec::*>(&row.member)) object.text(row.name, spec.**text);
    if (const auto* flag = std::get_if<bool RunSpec::*>(&row.member)) object.flag(row.name, spec.**flag);
    if (const auto* number = std::get_if<std::uint64_t RunSpec::*>(&row.member)) object.number(row.name, spec.**number);
  }
  JsonObject set;
  for (const auto& [name, value] : spec.set) set.text(name, value);
  return object.raw(kSet, set.object()).object();
}

std::string spec_hash(const RunSpec& spec) { return fmt::format("{:016x}", hash64(spec_json(spec))); }

}  // namespace mylonite::experiments
