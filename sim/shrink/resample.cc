#include "sim/shrink/resample.h"

#include <algorithm>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include <mylonite/random.h>

namespace mylonite::sim {
namespace {

// The last incarnations: that of the failure, and one to three before it, the fewer the likelier.
void keep_last_incarnations(Scenario& scenario, Random& random) {
  std::size_t kept = 1;
  while (kept < 4 && random.chance(2, kept + 1)) ++kept;
  auto& all = scenario.incarnations;
  if (all.size() > kept) all.erase(all.begin(), all.end() - static_cast<std::ptrdiff_t>(kept));
}

// Keeps `count` operations, each as likely as any other.
void keep_operations(Scenario& scenario, std::uint64_t count, Random& random) {
  std::uint64_t left = operations_of(scenario);
  for (IncarnationPlan& plan : scenario.incarnations) {
    for (auto& client : plan.clients) {
      std::erase_if(client, [&](const Operation&) {
        const bool kept = random.below(left) < count;
        --left;
        count -= kept ? 1 : 0;
        return !kept;
      });
    }
  }
}

void grow_values(Scenario& scenario, Random& random) {
  constexpr std::uint64_t kLengths[] = {60, 700, 5000};
  for (IncarnationPlan& plan : scenario.incarnations) {
    for (auto& client : plan.clients) {
      for (Operation& operation : client) {
        auto* const put = std::get_if<op::Put>(&operation);
        if (put == nullptr || !random.chance(1, 2)) continue;
        const char letter = static_cast<char>('a' + random.below(26));
        put->value = std::string(kLengths[random.below(std::size(kLengths))], letter);
      }
    }
  }
}

// Trees that took many writes are there after a few with flushes between them.
void add_flushes(Scenario& scenario, Random& random) {
  for (IncarnationPlan& plan : scenario.incarnations) {
    for (auto& client : plan.clients) {
      std::vector<Operation> with_flushes;
      for (Operation& operation : client) {
        with_flushes.push_back(std::move(operation));
        if (random.chance(1, 2)) with_flushes.emplace_back(op::Flush{});
      }
      client = std::move(with_flushes);
    }
  }
}

}  // namespace

bool resample(Search& search, std::uint64_t tries) {
  const Random random(search.scenario().seed);
  const bool of_mylonite = search.is_of_mylonite();
  constexpr std::uint64_t kCounts[] = {0, 1, 2, 3, 4, 6, 8, 12, 16};
  for (const std::uint64_t count : kCounts) {
    if (count >= operations_of(search.scenario())) return false;
    for (std::uint64_t i = 0; i < tries && !search.stopped(); ++i) {
      Random own = random.split(fmt::format("sample {} of {}", i, count));
      Scenario sample = search.scenario();
      keep_last_incarnations(sample, own);
      keep_operations(sample, count, own);
      if (own.chance(1, 3)) grow_values(sample, own);
      if (of_mylonite && own.chance(1, 3)) add_flushes(sample, own);
      const bool kept = own.chance(1, 2) ? search.keep_if_smaller(search.with_open_decisions(std::move(sample), own))
                                         : search.search(std::move(sample), 0);
      if (kept) return true;
    }
  }
  return false;
}

}  // namespace mylonite::sim
