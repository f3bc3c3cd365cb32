// For tests: runs a program as a user does and keeps what it said. Each test works in a folder of its own, removed at
// the end.
#pragma once

#include <sys/wait.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace mylonite::sim {

struct Said {
  int code = -1;  // the exit code
  std::string out;
  std::string err;
};

class ProgramTest : public testing::Test {
 protected:
  ProgramTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "mylonite-sim-test-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~ProgramTest() override { std::filesystem::remove_all(folder_); }

  const std::filesystem::path& folder() const { return folder_; }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  // A shell's line, in the test's folder.
  Said shell(const std::string& line) const {
    const std::string whole =
        "cd '" + folder_.string() + "' && { " + line + " ; } >'" + path("stdout") + "' 2>'" + path("stderr") + "'";
    const int status = std::system(whole.c_str());
    return {.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
            .out = read("stdout"),
            .err = read("stderr")};
  }
  Said sim(const std::string& arguments) const { return shell("'" MYLONITE_SIM "' " + arguments); }

  std::string read(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(folder_ / name, std::ios::binary).rdbuf();
    return text.str();
  }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name, std::ios::binary) << text;
  }
  std::vector<nlohmann::json> read_lines(const std::string& name) const {
    std::vector<nlohmann::json> lines;
    std::istringstream text(read(name));
    for (std::string line; std::getline(text, line);) lines.push_back(nlohmann::json::parse(line));
    return lines;
  }
  // Names in the folder but for what shell() leaves.
  std::vector<std::string> names() const {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
      const std::string name = entry.path().filename();
      if (name != "stdout" && name != "stderr") found.push_back(name);
    }
    std::ranges::sort(found);
    return found;
  }

 private:
  std::filesystem::path folder_;
};

inline bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace mylonite::sim
