// A recording as trace events for Perfetto.
#include "sim/report/perfetto.h"

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/sim/recorded.h"

namespace mylonite::sim {
namespace {

using Json = nlohmann::json;

// Goal: trace events are JSON that a viewer can lay out. Method: those of 18 runs of all mixes. Expectation: it parses;
// each thread with events has a name; slices of a thread nest; operations, calls and crashes are all there.
TEST(PerfettoTest, EventsAreWhole) {
  for (std::uint64_t seed = 0; seed < 18; ++seed) {
    Recording recording;
    run_mixed(seed, {.recording = &recording});
    const Json whole = Json::parse(perfetto_json(recording));
    std::set<std::pair<int, int>> named;
    std::map<std::pair<int, int>, std::vector<std::pair<std::uint64_t, std::uint64_t>>> slices;
    std::size_t turns = 0;
    std::size_t instants = 0;
    for (const Json& event : whole.at("traceEvents")) {
      const std::pair thread(event.at("pid").get<int>(), event.at("tid").get<int>());
      const std::string phase = event.at("ph");
      if (phase == "M") {
        named.insert(thread);
        continue;
      }
      EXPECT_TRUE(named.contains(thread)) << event;
      instants += phase == "i" ? 1 : 0;
      if (phase != "X") continue;
      turns += event.value("cat", "") == "turn" ? 1 : 0;
      const auto from = event.at("ts").get<std::uint64_t>();
      slices[thread].emplace_back(from, from + event.at("dur").get<std::uint64_t>());
    }
    std::size_t all = 0;
    for (const auto& [thread, own] : slices) {
      all += own.size();
      for (const auto& [a, b] : own) {
        for (const auto& [c, d] : own) EXPECT_TRUE(b <= c || d <= a || (a <= c && d <= b) || (c <= a && b <= d));
      }
    }
    EXPECT_EQ(all - turns, recording.operations.size() + recording.calls.size());
    EXPECT_GE(instants, recording.crashes.size());
  }
}

}  // namespace
}  // namespace mylonite::sim
