// The list of marks is that of the engine: a mark that nobody lists would never be demanded.
#include "sim/report/marks.h"

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

std::set<std::string> marks_in_the_engine() {
  const std::regex call(R"(\bmark\(\s*\"([^\"]*)\")");
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(MYLONITE_SOURCE_DIR "/core")) {
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

// Goal: kMarks equals the calls of rt::mark. Method: search core's sources for them.
TEST(MarksTest, ListEqualsTheEnginesCalls) {
  const std::set<std::string> listed(kMarks.begin(), kMarks.end());
  EXPECT_EQ(listed, marks_in_the_engine());
  EXPECT_EQ(listed.size(), kMarks.size()) << "a mark is listed twice";
  EXPECT_TRUE(std::ranges::is_sorted(kMarks));
}

}  // namespace
}  // namespace mylonite::sim
