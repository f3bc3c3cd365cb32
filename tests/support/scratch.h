// A directory of the real disk that lives as long as the object, and the whole content of a directory as a value.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <string_view>

#include "core/base/invariant.h"

namespace mylonite::testing {

class Scratch {
 public:
  Scratch() : path_((std::filesystem::temp_directory_path() / "mylonite-test-XXXXXX").string()) {
    invariant(::mkdtemp(path_.data()) != nullptr, "a directory can be made for the test");
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string path(std::string_view name) const { return path_ + "/" + std::string(name); }

 private:
  std::string path_;
};

inline std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline void write_bytes(const std::filesystem::path& file, std::string_view bytes) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

// Relative path to bytes; a directory is its name with '/'.
inline std::map<std::string, std::string> tree_of(const std::string& directory) {
  std::map<std::string, std::string> tree;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    const std::string name = std::filesystem::relative(entry.path(), directory).string();
    if (entry.is_directory()) {
      tree[name + "/"] = "";
    } else {
      tree[name] = bytes_of(entry.path());
    }
  }
  return tree;
}

}  // namespace mylonite::testing
