#include "sim/campaign/merged_campaign.h"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/base/bytes.h"
#include "core/base/hash.h"
#include "sim/run/coverage.h"

namespace mylonite::sim {
namespace {

using Json = nlohmann::json;

}  // namespace

// One line of a file, and the first thing in it that is not as expected.
struct CampaignMerger::Line {
  Json json{};
  std::string place{};

  Error wrong(std::string_view expected, std::string_view found) const {
    return Error(Code::kInvalidArgument, fmt::format("expected {}, found {}", expected, found)).in(place);
  }
  Error lacks(const char* name) const {
    return wrong(fmt::format("a member '{}' as `run --jsonl` writes it", name),
                 json.contains(name) ? printable(json.at(name).dump()) : "none");
  }
  bool get(const char* name, std::uint64_t& to) const {
    const auto found = json.find(name);
    if (found == json.end() || !found->is_number_unsigned()) return false;
    to = found->get<std::uint64_t>();
    return true;
  }
  bool get(const char* name, std::string& to) const {
    const auto found = json.find(name);
    if (found == json.end() || !found->is_string()) return false;
    to = found->get<std::string>();
    return true;
  }
  // Takes members by name, until one is not as expected.
  template <typename... To>
  Status take(std::pair<const char*, To*>... members) const {
    const char* lacking = nullptr;
    const auto one = [&](const char* name, auto* to) {
      if (lacking == nullptr && !get(name, *to)) lacking = name;
    };
    (one(members.first, members.second), ...);
    return lacking == nullptr ? Status() : Status(lacks(lacking));
  }
};

namespace {

template <typename To>
std::pair<const char*, To*> member(const char* name, To& to) {
  return {name, &to};
}

}  // namespace

Status CampaignMerger::add_start(const Line& line) {
  CampaignStart start;
  SeedRange range;
  if (Status taken =
          line.take(member("program", start.program), member("version", start.version),
                    member("options", start.options), member("first_seed", range.first), member("end_seed", range.end),
                    member("shard", range.shard), member("shards", range.shards));
      !taken.ok()) {
    return taken;
  }
  if (range.shards == 0 || range.shard >= range.shards) return line.lacks("shards");
  if (range.first >= range.end) return line.lacks("end_seed");
  const bool first = merged_.ranges.empty();
  const auto words = [](const CampaignStart& of) {
    return fmt::format("{} {} {}", of.program, of.version, of.options);
  };
  if (!first && start != merged_.start) {
    return line.wrong(fmt::format("a part of the same campaign as {} ({})", first_file_, words(merged_.start)),
                      words(start));
  }
  merged_.start = std::move(start);
  merged_.ranges.insert(range);
  range_ = range;
  started_ = true;
  return {};
}

bool CampaignMerger::is_of_range(std::uint64_t seed) const {
  return seed >= range_.first && seed < range_.end && (seed - range_.first) % range_.shards == range_.shard;
}

Status CampaignMerger::add_seed(const Line& line) {
  std::uint64_t seed = 0;
  std::uint64_t operations = 0;
  std::uint64_t crashes = 0;
  std::uint64_t wall_ms = 0;
  std::string outcome;
  std::string hash;
  if (Status taken =
          line.take(member("seed", seed), member("outcome", outcome), member("trace_hash", hash),
                    member("operations", operations), member("crashes", crashes), member("wall_ms", wall_ms));
      !taken.ok()) {
    return taken;
  }
  if (!is_of_range(seed)) {
    return line.wrong(
        fmt::format("a seed of {}:{}, shard {}/{}", range_.first, range_.end, range_.shard, range_.shards),
        std::to_string(seed));
  }
  constexpr std::array<std::string_view, 4> kOutcomes = {"passed", "failed", "nondeterministic", "nothing_ran"};
  if (std::ranges::find(kOutcomes, outcome) == kOutcomes.end()) return line.lacks("outcome");
  if (hash.size() != 32 || hash.find_first_not_of("0123456789abcdef") != std::string::npos) {
    return line.lacks("trace_hash");
  }
  const auto marks = line.json.find("marks");
  if (marks == line.json.end() || !marks->is_object()) return line.lacks("marks");
  const auto [known, is_new] = merged_.trace_hashes.emplace(seed, hash);
  if (!is_new) {
    if (known->second == hash) return {};
    return Error(Code::kCorruption, fmt::format("seed {}: expected trace hash {}, as in {}, found {}", seed,
                                                known->second, places_.at(seed), hash))
        .in(line.place);
  }
  places_.emplace(seed, line.place);
  if (outcome == "failed") merged_.failed.insert(seed);
  merged_.nondeterministic += outcome == "nondeterministic" ? 1 : 0;
  merged_.nothing_ran += outcome == "nothing_ran" ? 1 : 0;
  merged_.operations += operations;
  merged_.crashes += crashes;
  merged_.wall_ms += wall_ms;
  for (const auto& [name, times] : marks->items()) {
    if (!times.is_number_unsigned()) return line.lacks("marks");
    MergedMark& mark = merged_.marks[name];
    mark.times += times.get<std::uint64_t>();
    ++mark.seeds;
    mark.first_seed = std::min(mark.first_seed, seed);
  }
  return {};
}

// A line of one failure, or that of its signature with the small file.
Status CampaignMerger::add_failure(const Line& line, bool of_signature) {
  Signature signature;
  std::string artifact;
  if (Status taken =
          line.take(member("rule", signature.rule), member("operation", signature.operation),
                    member("call", signature.call), member("place", signature.place), member("artifact", artifact));
      !taken.ok()) {
    return taken;
  }
  MergedGroup& group = merged_.groups[signature];
  group.signature = signature;
  std::uint64_t size = UINT64_MAX - 1;  // not known: smaller than none
  if (!of_signature) {
    std::uint64_t seed = 0;
    std::string what;
    if (Status taken = line.take(member("seed", seed), member("what", what)); !taken.ok()) return taken;
    group.seeds.insert(seed);
    merged_.failed.insert(seed);
    if (group.what.empty()) group.what = std::move(what);
  } else {
    line.get("operations", size);
  }
  if (artifact.empty() || size >= group.operations) return {};
  group.operations = size;
  group.artifact = std::move(artifact);
  if (of_signature) line.get("crashes", group.crashes);
  return {};
}

Status CampaignMerger::add_line(const Line& line) {
  if (!line.json.is_object()) return line.wrong("one JSON object a line", "none");
  std::string event;
  if (!line.get("ev", event)) return line.lacks("ev");
  if (event == "run_start") return add_start(line);
  if (!started_) return line.wrong("the line of `run_start` first", fmt::format("'{}'", printable(event)));
  if (event == "seed") return add_seed(line);
  if (event == "failure") return add_failure(line, false);
  if (event == "signature") return add_failure(line, true);
  if (event == "run_end") return {};
  return line.wrong("`ev` run_start, seed, failure, signature or run_end", fmt::format("'{}'", printable(event)));
}

Status CampaignMerger::add(const std::string& file, std::string_view text) {
  const bool is_partial = file.ends_with(".part");
  if (is_partial) {
    text = text.substr(0, text.rfind('\n') + 1);
    merged_.unfinished.push_back(file);
  }
  if (first_file_.empty()) first_file_ = file;
  started_ = false;
  std::uint64_t number = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view bytes = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const Line line{.json = Json::parse(bytes, nullptr, false), .place = fmt::format("{}, line {}", file, ++number)};
    if (line.json.is_discarded()) {
      return line.wrong("one JSON object a line", fmt::format("'{}'", printable(bytes.substr(0, 60))));
    }
    if (Status added = add_line(line); !added.ok()) return added;
  }
  if (started_ || is_partial) return {};
  return Error(Code::kInvalidArgument, "expected the lines of `run --jsonl`, found an empty file").in(file);
}

std::string missing_seeds(const MergedCampaign& campaign) {
  std::string text;
  std::set<std::pair<std::uint64_t, std::uint64_t>> spans;
  for (const SeedRange& range : campaign.ranges) spans.insert({range.first, range.end});
  for (const auto& [first, end] : spans) {
    if (end == UINT64_MAX) continue;
    const auto from = campaign.trace_hashes.lower_bound(first);
    const auto to = campaign.trace_hashes.lower_bound(end);
    const auto ran = static_cast<std::uint64_t>(std::distance(from, to));
    if (ran < end - first) {
      text += fmt::format("{}{} of {} seeds of {}:{}", text.empty() ? "" : ", ", end - first - ran, end - first, first,
                          end);
    }
  }
  return text;
}

std::string results_hash(const MergedCampaign& campaign) {
  std::string all;
  for (const auto& [seed, hash] : campaign.trace_hashes) all += fmt::format("{} {}\n", seed, hash);
  return fmt::format("{:016x}", hash64(all));
}

std::vector<const MergedGroup*> smallest_first(const MergedCampaign& campaign) {
  std::vector<const MergedGroup*> all;
  for (const auto& [signature, group] : campaign.groups) all.push_back(&group);
  std::ranges::stable_sort(all, {}, [](const MergedGroup* group) {
    return std::tuple(group->operations, -static_cast<std::int64_t>(group->seeds.size()));
  });
  return all;
}

std::vector<std::string> marks_not_reached(const MergedCampaign& campaign) {
  const bool of_mylonite = std::ranges::any_of(kMarks, [&](const Mark& mark) {
    return !mark.name.starts_with(kSimulatorMarks) && campaign.marks.contains(mark.name);
  });
  std::vector<std::string> names;
  if (!of_mylonite) return names;
  for (std::string& name : all_marks()) {
    if (!campaign.marks.contains(name)) names.push_back(std::move(name));
  }
  return names;
}

}  // namespace mylonite::sim
