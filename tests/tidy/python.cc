// The rules for the Python package: its extension module, and its Python files.
#include <gtest/gtest.h>

#include <string>

#include "tests/tidy/rules.h"

namespace mylonite::tidy {
namespace {

bool refused(const std::string& path, const std::string& target) {
  return !check_includes({.path = path, .text = "// about\n#include " + target + "\n"}).empty();
}

// Goal: the module is a user of the store like any other. Method: its includes of its room, of public headers and of
// the engine; the engine's includes of it. Expectation: the first two stand.
TEST(TidyPython, module_sees_public_headers) {
  EXPECT_FALSE(refused("notebooks/python/src/store.cc", "\"notebooks/python/src/store.h\""));
  EXPECT_FALSE(refused("notebooks/python/src/store.h", "<mylonite/store.h>"));
  EXPECT_TRUE(refused("notebooks/python/src/store.cc", "\"core/store/engine.h\""));
  EXPECT_TRUE(refused("notebooks/python/src/store.cc", "\"core/base/bytes.h\""));
  EXPECT_TRUE(refused("core/store/store.cc", "\"notebooks/python/src/store.h\""));
}

// Goal: Python's headers stay in the module. Method: here and there.
TEST(TidyPython, python_has_its_place) {
  EXPECT_FALSE(refused("notebooks/python/src/a.h", "<pybind11/stl.h>"));
  EXPECT_FALSE(refused("notebooks/python/src/a.h", "<Python.h>"));
  EXPECT_TRUE(refused("core/store/a.cc", "<pybind11/stl.h>"));
  EXPECT_TRUE(refused("core/store/a.cc", "<Python.h>"));
}

// Goal: Python files keep the sizes of files and lines, and nothing is undone in them. Method: one violation of each.
TEST(TidyPython, files_are_measured) {
  const std::string wide = "# " + std::string(130, 'x') + "\n";
  EXPECT_EQ(check_all({{.path = "tests/test_a.py", .text = wide + std::string(401, '\n')}}).size(), 2U);
  EXPECT_EQ(check_all({{.path = "tests/test_a.py", .text = std::string("# TO") + "DO\n"}}).size(), 1U);
  EXPECT_EQ(check_all({{.path = "tests/test_a.py", .text = "text = '{'\n\n\ndef f() -> None: ...\n"}}).size(), 0U);
}

}  // namespace
}  // namespace mylonite::tidy
