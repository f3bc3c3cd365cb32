#include "sim/shrink/simplify.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/invariant.h"

namespace mylonite::sim {
namespace {

using Change = std::function<void(Scenario&)>;
using ChangeIncarnation = std::function<void(IncarnationPlan&)>;

bool try_change(Search& search, const Change& change, std::uint64_t tries = 0) {
  if (search.stopped()) return false;  // before the candidate is built
  Scenario candidate = search.scenario();
  change(candidate);
  return tries > 0 ? search.search(std::move(candidate), tries) : search.keep_if_smaller(std::move(candidate));
}

bool try_change_at(Search& search, std::size_t index, const ChangeIncarnation& change) {
  if (index >= search.scenario().incarnations.size()) return false;
  return try_change(search, [&](Scenario& scenario) { change(scenario.incarnations[index]); });
}

// Changes all incarnations at once; where that does not fail alike, one by one.
void try_everywhere(Search& search, const ChangeIncarnation& change) {
  const auto all = [&](Scenario& scenario) { std::ranges::for_each(scenario.incarnations, change); };
  if (try_change(search, all)) return;
  for (std::size_t i = 0; i < search.scenario().incarnations.size(); ++i) try_change_at(search, i, change);
}

// Lets an incarnation end where the next begins: its clients go on with the operations of those.
void join_with_next(Scenario& scenario, std::size_t index) {
  IncarnationPlan& joined = scenario.incarnations.at(index);
  IncarnationPlan next = std::move(scenario.incarnations.at(index + 1));
  for (std::size_t i = 0; i < joined.clients.size() && i < next.clients.size(); ++i) {
    next.clients[i].insert(next.clients[i].begin(), joined.clients[i].begin(), joined.clients[i].end());
  }
  for (std::size_t i = next.clients.size(); i < joined.clients.size(); ++i) next.clients.push_back(joined.clients[i]);
  joined = std::move(next);
  scenario.incarnations.erase(scenario.incarnations.begin() + static_cast<std::ptrdiff_t>(index) + 1);
}

void join_incarnations(Search& search, std::uint64_t tries) {
  for (std::size_t i = search.scenario().incarnations.size(); i-- > 1;) {
    if (i >= search.scenario().incarnations.size()) continue;
    try_change(search, [&](Scenario& scenario) { join_with_next(scenario, i - 1); }, tries);
  }
}

// All operations of an incarnation in one client, in the order of the clients.
void join_clients(IncarnationPlan& plan) {
  std::vector<Operation> all;
  for (auto& client : plan.clients) {
    all.insert(all.end(), client.begin(), client.end());
    client.clear();
  }
  if (!plan.clients.empty()) plan.clients.front() = std::move(all);
}

// The crash in the incarnation; empty: it is at the end of a phase, or there is none any more.
std::optional<faultfs::Anchor> crash_at(const Search& search, std::size_t index) {
  const auto& all = search.scenario().incarnations;
  if (index >= all.size() || !all[index].recorded->crash) return std::nullopt;
  return all[index].recorded->crash->at;
}

void simplify_crash(Search& search, std::size_t index) {
  if (index >= search.scenario().incarnations.size()) return;
  for (const Ending plainer : {Ending::kClose, Ending::kKill}) {
    if (search.scenario().incarnations.at(index).ending <= plainer) break;
    if (try_change_at(search, index, [&](IncarnationPlan& plan) { plan.ending = plainer; })) break;
  }
  for (const Phase phase : {Phase::kWork, Phase::kOpen}) {
    if (!crash_at(search, index)) return;
    try_change_at(search, index, [&](IncarnationPlan& plan) {
      plan.recorded->crash.reset();
      plan.recorded->crash_at_end = phase;
    });
  }
  const auto earlier = [&](std::uint64_t by, std::uint64_t faultfs::Anchor::* member) {
    const auto crash = crash_at(search, index);
    if (!crash || (*crash).*member <= by) return false;
    return try_change_at(search, index, [&](IncarnationPlan& plan) { plan.recorded->crash->at.*member -= by; });
  };
  for (const auto member : {&faultfs::Anchor::nth, &faultfs::Anchor::generation}) {
    for (std::uint64_t by = 1 << 16; by > 0; by /= 2) {
      while (earlier(by, member)) {
      }
    }
  }
}

// Calls change(decision) for each recorded decision of one kind, in every incarnation.
template <class List, class ChangeOne>
void try_each_decision(Search& search, List Recorded::* list, ChangeOne change) {
  for (std::size_t i = 0; i < search.scenario().incarnations.size(); ++i) {
    const std::size_t count = (search.scenario().incarnations[i].recorded.value().*list).size();
    for (std::size_t which = 0; which < count; ++which) {
      try_change_at(search, i, [&](IncarnationPlan& plan) {
        List& decisions = (*plan.recorded).*list;
        if (which < decisions.size()) change(decisions[which]);
      });
    }
  }
}

void simplify_decisions(Search& search) {
  try_each_decision(search, &Recorded::faults, [](faultfs::PlacedFault& fault) { fault.at.nth = 1; });
  try_each_decision(search, &Recorded::faults, [](faultfs::PlacedFault& fault) { fault.at.generation = 1; });
  constexpr faultfs::Fate kLost{.kind = faultfs::FateKind::kLost};
  try_each_decision(search, &Recorded::image, [&](faultfs::Choice& choice) { choice.fate = kLost; });
  try_each_decision(search, &Recorded::image, [](faultfs::Choice& choice) { choice.fate.detail = 0; });
}

// Options that hold the defaults; the store's directory keeps its name, which the decisions contain.
Options plain_options(const Options& options) {
  Options plain;
  plain.data_dir = options.data_dir;
  return plain;
}

void simplify_settings(Search& search) {
  try_change(search, [](Scenario& scenario) {
    scenario.lie_one_in = 0;
    scenario.fail_one_in = 0;
    scenario.drawn = {};
  });
  try_change(search, [](Scenario& scenario) { scenario.names = faultfs::NameOrder::kOrdered; });
  try_change(search, [](Scenario& scenario) { scenario.sync_ns = 0; });
  try_change(search, [](Scenario& scenario) { scenario.wall_start_ticks = kUsualStartTicks; });
  try_everywhere(search, [](IncarnationPlan& plan) { plan.close_after_ns = 0; });
  try_everywhere(search, [](IncarnationPlan& plan) { plan.read_only_first = false; });
  try_everywhere(search, [](IncarnationPlan& plan) { plan.refused_first = false; });
  try_everywhere(search, [](IncarnationPlan& plan) { plan.damage.reset(); });
  try_everywhere(search, [](IncarnationPlan& plan) { plan.second_opener = false; });
  try_everywhere(search, [](IncarnationPlan& plan) { plan.foreign_file = false; });
  try_everywhere(search, [](IncarnationPlan& plan) { plan.entropy_seed = 0; });
  try_everywhere(search, [](IncarnationPlan& plan) {
    std::erase_if(plan.clients, [](const auto& client) { return client.empty(); });
  });
}

}  // namespace

void simplify_options(Search& search) {
  try_everywhere(search, [](IncarnationPlan& plan) { plan.options = plain_options(plan.options); });
  const Options defaults;
  for (const OptionRow& row : option_table()) {
    if (row.name == "data_dir") continue;
    const auto changed = [&](const IncarnationPlan& plan) {
      return option_text(plan.options, row) != option_text(defaults, row);
    };
    if (std::ranges::none_of(search.scenario().incarnations, changed)) continue;
    try_everywhere(search, [&](IncarnationPlan& plan) {
      const Status set = set_option(plan.options, row.name, option_text(defaults, row));
      invariant(set.ok(), "an option's default is a value of it");
    });
  }
}

namespace {

std::string lowered(const std::string& text, std::pair<std::size_t, std::size_t> place, std::uint64_t by) {
  const auto [begin, end] = place;
  std::uint64_t number = 0;
  std::from_chars(text.data() + begin, text.data() + end, number);
  return text.substr(0, begin) + std::to_string(std::max<std::uint64_t>(number / by, 1)) + text.substr(end);
}

// An option's text in that incarnation; empty: it is the default, or the incarnation is gone.
std::string unusual_text(const Search& search, std::size_t index, const OptionRow& row) {
  const auto& incarnations = search.scenario().incarnations;
  if (index >= incarnations.size()) return "";
  std::string text = option_text(incarnations[index].options, row);
  return text == option_text(Options(), row) ? std::string() : text;
}

// With small buffers and bounds fewer writes reach them. So the next round may drop some.
void lower_numbers(Search& search, std::size_t index, const OptionRow& row) {
  constexpr std::uint64_t kBy[] = {UINT64_MAX, 64, 8, 2};
  for (std::size_t which = 0; which < numbers_in(unusual_text(search, index, row)).size(); ++which) {
    for (const std::uint64_t by : kBy) {
      const std::string text = unusual_text(search, index, row);
      const auto places = numbers_in(text);
      if (which >= places.size()) break;
      const std::string lower = lowered(text, places[which], by);
      if (lower == text) continue;
      try_change_at(search, index, [&](IncarnationPlan& plan) {
        Options with = plan.options;
        if (set_option(with, row.name, lower).ok() && search.opens_with(with)) plan.options = std::move(with);
      });
    }
  }
}

void lower_options(Search& search) {
  for (std::size_t i = 0; i < search.scenario().incarnations.size(); ++i) {
    for (const OptionRow& row : option_table()) {
      if (row.name != "data_dir") lower_numbers(search, i, row);
    }
  }
}

}  // namespace

void simplify(Search& search, std::uint64_t tries) {
  join_incarnations(search, tries);
  for (std::size_t i = 0; i < search.scenario().incarnations.size(); ++i) {
    try_change(
        search,
        [&](Scenario& scenario) {
          if (i < scenario.incarnations.size()) join_clients(scenario.incarnations[i]);
        },
        tries);
    simplify_crash(search, i);
  }
  simplify_decisions(search);
  simplify_settings(search);
  simplify_options(search);
  lower_options(search);
  simplify_operations(search, tries);
}

}  // namespace mylonite::sim
