// The list of marks is whole: nothing would demand a mark that is not listed.
#include "sim/run/coverage.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

namespace mylonite::sim {
namespace {

std::set<std::string> marks_in(const std::string& folder) {
  const std::regex call(R"(\bmark\(\s*\"([^\"]*)\")");
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(MYLONITE_SOURCE_DIR "/" + folder)) {
    const auto kind = entry.path().extension();
    if (kind != ".cc" && kind != ".h") continue;
    std::ostringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    const std::string source = text.str();
    for (std::sregex_iterator each(source.begin(), source.end(), call), end; each != end; ++each) {
      names.insert((*each)[1]);
    }
  }
  return names;
}

// Goal: kMarks equals the calls of mark(). Method: search core and sim for them. Expectation: each is listed once,
// under the prefix of the simulator exactly where the simulator marks it.
TEST(CoverageTest, ListEqualsTheCalls) {
  std::set<std::string> engine;
  std::set<std::string> simulator;
  for (const auto& [name, meaning] : kMarks) {
    (name.starts_with(kSimulatorMarks) ? simulator : engine).emplace(name);
    EXPECT_FALSE(meaning.empty()) << name;
  }
  EXPECT_EQ(engine, marks_in("core"));
  EXPECT_EQ(simulator, marks_in("sim"));
  EXPECT_EQ(engine.size() + simulator.size(), kMarks.size()) << "a mark is listed twice";
  EXPECT_TRUE(std::ranges::is_sorted(kMarks, {}, &Mark::name));
}

// Goal: counts add up, and what is missing is named. Method: two objects with a mark in common.
TEST(CoverageTest, Counts) {
  Coverage first;
  first.mark(kMarks[0].name);
  first.mark(kMarks[1].name, 4);
  Coverage second;
  second.mark(kMarks[1].name);
  second.add(first);
  EXPECT_EQ(second.count(kMarks[0].name), 1U);
  EXPECT_EQ(second.count(kMarks[1].name), 5U);
  EXPECT_EQ(second.count(kMarks[2].name), 0U);
  EXPECT_TRUE(second.missing().starts_with(std::string(kMarks[2].name) + " " + std::string(kMarks[3].name)));
  for (const std::string& name : all_marks()) second.mark(name);
  EXPECT_EQ(second.missing(), "");
}

}  // namespace
}  // namespace mylonite::sim
