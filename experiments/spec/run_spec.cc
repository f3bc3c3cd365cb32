#include "experiments/spec/run_spec.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <mylonite/options.h>
#include <nlohmann/json.hpp>

#include "core/base/bytes.h"
#include "core/base/hash.h"
#include "core/base/json.h"
#include "core/base/names.h"
#include "experiments/machine/profiles.h"
#include "experiments/spec/json_text.h"
#include "experiments/spec/toml_text.h"
#include "experiments/workload/phases.h"
#include "experiments/workload/plain_text.h"

namespace mylonite::experiments {
namespace {

using Json = nlohmann::json;

constexpr std::uint64_t kEntriesMax = 100'000'000;  // a run keeps some 50 bytes of each
constexpr std::string_view kSet = "set";
constexpr std::string_view kFile = "workload_file";
// Options that are not to be set, and the member that decides each; empty: none.
constexpr std::pair<std::string_view, std::string_view> kOfTheSpec[] = {{"compaction_policy", "policy"},
                                                                        {"memtable_max_bytes", "buffer_entries"},
                                                                        {"sstable_max_bytes", "buffer_entries"},
                                                                        {"compaction_threshold_bytes", "base_buffers"},
                                                                        {"level_size_ratio", "size_ratio"},
                                                                        {"level0_compact_runs", "level0_runs"},
                                                                        {"data_dir", ""},
                                                                        {"create_if_missing", ""},
                                                                        {"error_if_exists", ""}};

constexpr SpecRow kRows[] = {
    {"policy", &RunSpec::policy, 0, 0, "compaction policy of the store, with parameters: lazy:T=4"},
    {"workload", &RunSpec::workload, 0, 0, "its name"},
    {"workload_file", &RunSpec::workload_file, 0, 0,
     "instead of a name: a property file of YCSB, a trace of RocksDB as text, or operations"},
    {"workload_hash", &RunSpec::workload_hash, 0, 0, "of the file's bytes, so that another content is refused"},
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
    {"load_percent", &RunSpec::load_percent, 0, 1000,
     "operations arrive at random, at so many percent of what clients reach without arrivals; 0: the next at the "
     "answer"},
    {"arrivals_per_second", &RunSpec::arrivals_per_second, 0, 1'000'000'000,
     "operations arrive at random, so many a second, under every policy; 0: not so"},
    {"debt_samples", &RunSpec::debt_samples, 0, 10'000,
     "moments, evenly apart, at which a copy of the store merges until it rests: the exact debt"},
    {"rests", &RunSpec::rests, 0, 0, "after each buffer the clients wait until nothing is left to do"},
};

Error wrong(std::string message) { return Error(Code::kInvalidArgument, std::move(message)); }

Status read_member(RunSpec& spec, const SpecRow& row, const Json& value, std::uint64_t low) {
  if (const auto* text = std::get_if<std::string RunSpec::*>(&row.member)) {
    if (!value.is_string()) return wrong(fmt::format("{} is a text, not {}", row.name, printable(value.dump())));
    spec.** text = value.get<std::string>();
  } else if (const auto* flag = std::get_if<bool RunSpec::*>(&row.member)) {
    if (!value.is_boolean())
      return wrong(fmt::format("{} is true or false, not {}", row.name, printable(value.dump())));
    spec.** flag = value.get<bool>();
  } else {
    const bool fits =
        value.is_number_unsigned() && value.get<std::uint64_t>() >= low && value.get<std::uint64_t>() <= row.high;
    if (!fits) {
      const char* const form = value.is_number_float() ? " in digits alone" : "";
      return wrong(fmt::format("{} is a whole number from {} to {}{}, not {}", row.name, low, row.high, form,
                               printable(value.dump())));
    }
    spec.*std::get<std::uint64_t RunSpec::*>(row.member) = value.get<std::uint64_t>();
  }
  return {};
}

Status check_option(const std::string& name) {
  for (const auto& [option, member] : kOfTheSpec) {
    if (option != name) continue;
    return wrong(member.empty() ? fmt::format("set {}: a run decides it", name)
                                : fmt::format("set {}: the spec's own {} decides it", name, member));
  }
  const auto row = row_named("option of the store", name, option_table());
  return row.ok() ? Status() : Status(row.error());
}

Status read_set(RunSpec& spec, const Json& value) {
  if (!value.is_object()) return wrong("set is an object of names and values of the store's options");
  for (const auto& [name, each] : value.items()) {
    if (!each.is_string() && !each.is_number() && !each.is_boolean()) {
      return wrong(
          fmt::format("set.{}: expected a text, a number, true or false, found {}", name, printable(each.dump())));
    }
    spec.set[name] = each.is_string() ? each.get<std::string>() : each.dump();
  }
  return {};
}

// place_of: a member's place, for messages.
template <class PlaceOf>
Result<RunSpec> spec_of(const Json& object, PlaceOf place_of) {
  std::vector<std::string_view> names = names_of(kRows);
  names.push_back(kSet);
  RunSpec spec;
  const bool has_file = object.contains(kFile);  // it may have few keys
  if (has_file && !object.contains("workload")) spec.workload = kFileWorkload;
  for (const auto& [name, value] : object.items()) {
    const auto* row = std::ranges::find(kRows, name, &SpecRow::name);
    Status read;
    if (name == kSet) {
      read = read_set(spec, value);
    } else if (row != std::end(kRows)) {
      read = read_member(spec, *row, value, has_file ? std::min<std::uint64_t>(row->low, 1) : row->low);
    } else {
      read = unknown_name("member of a spec", name, names);
    }
    if (!read.ok()) return read.error().in(place_of(name));
  }
  for (const auto& [name, value] : spec.set) {
    if (Status good = check_option(name); !good.ok()) return good.error().in(place_of("set." + name));
  }
  return spec;
}

}  // namespace

std::span<const SpecRow> spec_table() { return kRows; }

Result<RunSpec> parse_spec(std::string_view text, const std::string& file) {
  if (file.ends_with(".toml")) {
    const auto plain = plain_text(text, file);
    if (!plain.ok()) return plain.error();
    const auto toml = json_of_toml(*plain, file);
    if (!toml.ok()) return toml.error();
    return spec_of(Json::parse(toml->json),
                   [&](const std::string& name) { return fmt::format("{}, line {}", file, toml->lines.at(name)); });
  }
  if (Status good = check_json(text, file); !good.ok()) return good.error();
  const Json object = Json::parse(text, nullptr, true, true);
  if (!object.is_object()) return wrong("a spec is one JSON object").in(file);
  return spec_of(object, [&](const std::string&) { return file; });
}

Status check_names(const RunSpec& spec) {
  const bool has_file = !spec.workload_file.empty();
  if (has_file && spec.workload != kFileWorkload) {
    return wrong(
        fmt::format("workload {} and workload_file {}: a run has one of both", spec.workload, spec.workload_file));
  }
  if (!has_file && (spec.workload == kFileWorkload || !spec.workload_hash.empty())) {
    return wrong("workload_file is missing: the path of a file with a workload");
  }
  const auto plan = row_named("workload", spec.workload, workload_plans());
  if (!has_file && !plan.ok()) return plan.error();
  if (const auto row = row_named("device", spec.device, kDevices); !row.ok()) return row.error();
  if (const auto row = row_named("processor", spec.processor, kProcessors); !row.ok()) return row.error();
  for (const auto& [name, value] : spec.set) {
    if (Status good = check_option(name); !good.ok()) return good;
  }
  const bool timed = spec.device != "none" || spec.processor != "none";
  if (spec.open_loop() && (spec.rests || !timed)) {
    return wrong("load_percent and arrivals_per_second need a device or a processor, and clients that do not rest");
  }
  if (spec.load_percent > 0 && spec.arrivals_per_second > 0) {
    return wrong("load_percent and arrivals_per_second both say when operations arrive: expected one of them");
  }
  if (!has_file && !spec.open_loop() && std::ranges::any_of((*plan)->phases, &Phase::bursts)) {
    return wrong(fmt::format("workload {} is about arrivals: it needs load_percent, as in 80, or arrivals_per_second",
                             spec.workload));
  }
  if (!has_file && spec.open_loop() &&
      std::ranges::any_of((*plan)->phases, [](const Phase& phase) { return phase.seconds > 0; })) {
    return wrong(fmt::format("workload {} says when operations arrive: load_percent and arrivals_per_second cannot",
                             spec.workload));
  }
  return {};
}

std::string workload_text(const RunSpec& spec) {
  if (spec.workload_file.empty()) return spec.workload;
  const std::string name = spec.workload_file.substr(spec.workload_file.rfind('/') + 1);
  return fmt::format("file {} {}", name, spec.workload_hash);
}

std::string spec_json(const RunSpec& spec) {
  JsonObject object;
  for (const SpecRow& row : kRows) {
    if (row.name.starts_with("workload_") && spec.workload_file.empty()) continue;
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
