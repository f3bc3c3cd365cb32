#include "sim/shrink/parts.h"

#include <algorithm>
#include <array>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace mylonite::sim {
namespace {

// Visits every list of one kind in a scenario, in a fixed order.
template <class ListsOf>
std::size_t count_in(const Scenario& scenario, ListsOf lists_of) {
  std::size_t count = 0;
  for (const IncarnationPlan& plan : scenario.incarnations) {
    lists_of(plan, [&](const auto& list) { count += list.size(); });
  }
  return count;
}

// Drops the elements [first, last) of all these lists behind one another.
template <class ListsOf>
void drop_in(Scenario& scenario, std::size_t first, std::size_t last, ListsOf lists_of) {
  std::size_t before = 0;
  for (IncarnationPlan& plan : scenario.incarnations) {
    lists_of(plan, [&](auto& list) {
      const std::size_t size = list.size();
      const std::size_t from = std::clamp(first, before, before + size) - before;
      const std::size_t to = std::clamp(last, before, before + size) - before;
      using Offset = std::decay_t<decltype(list)>::difference_type;
      list.erase(list.begin() + static_cast<Offset>(from), list.begin() + static_cast<Offset>(to));
      before += size;
    });
  }
}

constexpr auto kOperationsOf = [](auto& plan, auto visit) {
  for (auto& client : plan.clients) visit(client);
};
constexpr auto kFaultsOf = [](auto& plan, auto visit) {
  if (plan.recorded) visit(plan.recorded->faults);
};
constexpr auto kLossesOf = [](auto& plan, auto visit) {
  if (plan.recorded) visit(plan.recorded->image);
};
constexpr auto kSwitchesOf = [](auto& plan, auto visit) {
  if (plan.recorded) visit(plan.recorded->schedule);
};
constexpr auto kItemsOf = [](auto& plan, auto visit) {
  for (auto& client : plan.clients) {
    for (auto& operation : client) {
      std::visit(
          [&](auto& each) {
            if constexpr (requires { each.items; }) visit(each.items);
            if constexpr (requires { each.keys; }) visit(each.keys);
            if constexpr (requires { each.steps.targets; }) visit(each.steps.targets);
          },
          operation);
    }
  }
};

template <auto kLists>
constexpr PartList list_of(const char* name, bool is_of_decisions, bool steers) {
  return {
      .name = name,
      .count = [](const Scenario& scenario) { return count_in(scenario, kLists); },
      .drop = [](Scenario& scenario, std::size_t first, std::size_t last) { drop_in(scenario, first, last, kLists); },
      .is_of_decisions = is_of_decisions,
      .steers = steers};
}

// All but the last, in which the run fails.
std::size_t incarnations(const Scenario& scenario) {
  return scenario.incarnations.empty() ? 0 : scenario.incarnations.size() - 1;
}

void drop_incarnations(Scenario& scenario, std::size_t first, std::size_t last) {
  auto& all = scenario.incarnations;
  all.erase(all.begin() + static_cast<std::ptrdiff_t>(first), all.begin() + static_cast<std::ptrdiff_t>(last));
}

std::size_t clients(const Scenario& scenario) {
  std::size_t count = 0;
  for (const IncarnationPlan& plan : scenario.incarnations) count += plan.clients.size();
  return count;
}

// Empties them: the others keep their numbers, and the decisions about them apply.
void empty_clients(Scenario& scenario, std::size_t first, std::size_t last) {
  std::size_t index = 0;
  for (IncarnationPlan& plan : scenario.incarnations) {
    for (auto& client : plan.clients) {
      if (index >= first && index < last) client.clear();
      ++index;
    }
  }
}

constexpr std::array kPartLists = {
    PartList{.name = "incarnations", .count = incarnations, .drop = drop_incarnations, .steers = true},
    PartList{.name = "clients", .count = clients, .drop = empty_clients, .steers = true},
    list_of<kOperationsOf>("operations", false, true),
    list_of<kFaultsOf>("faults", true, true),
    list_of<kLossesOf>("lost units", true, false),
    list_of<kSwitchesOf>("switches of threads", true, false),
    list_of<kItemsOf>("items", false, false),
};

}  // namespace

std::span<const PartList> part_lists() { return kPartLists; }

}  // namespace mylonite::sim
