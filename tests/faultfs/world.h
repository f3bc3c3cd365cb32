// What the tests of faultfs share: short spellings for files on a simulated disk, and simple choosers.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <mylonite/faultfs/crash.h>
#include <mylonite/faultfs/sim_file_system.h>

#include "core/base/invariant.h"

namespace mylonite::faultfs {

inline std::unique_ptr<vfs::File> open_file(vfs::FileSystem& fs, const std::string& path, vfs::OpenMode mode) {
  Result<std::unique_ptr<vfs::File>> file = fs.open(path, mode);
  invariant(file.ok(), "the test's file opens");
  return std::move(*file);
}

inline std::unique_ptr<vfs::File> create(vfs::FileSystem& fs, const std::string& path, std::string_view bytes) {
  std::unique_ptr<vfs::File> file = open_file(fs, path, vfs::OpenMode::kCreateExclusive);
  invariant(file->append(bytes).ok(), "the test's bytes fit");
  return file;
}

// The visible bytes of a file; "(absent)" without one.
inline std::string contents(const Disk& disk, const std::string& path) {
  const Result<NodeId> node = disk.find_file(path);
  if (!node.ok()) return "(absent)";
  const FileImage& file = disk.node(*node).file;
  std::string bytes(static_cast<std::size_t>(file.size()), '?');
  file.read_at(0, bytes);
  return bytes;
}

// Every visible file below a directory with its bytes, and every directory as "name/".
inline std::map<std::string, std::string> tree(const Disk& disk, const std::string& path = "") {
  std::map<std::string, std::string> found;
  for (const Entry& entry : disk.node(*disk.find(path)).visible) {
    const std::string child = path.empty() ? entry.name : path + "/" + entry.name;
    if (disk.node(entry.node).is_directory) {
      found[child + "/"] = "";
      found.merge(tree(disk, child));
    } else {
      found[child] = contents(disk, child);
    }
  }
  return found;
}

// Answers by a function; notes the keys it was asked for.
class ScriptedChooser final : public Chooser {
 public:
  explicit ScriptedChooser(std::function<Fate(const Unit&)> answer) : answer_(std::move(answer)) {}
  Fate choose(const Unit& unit, std::span<const FateKind>) override {
    asked_.push_back(unit.key);
    return answer_(unit);
  }
  const std::vector<std::string>& asked() const { return asked_; }

 private:
  std::function<Fate(const Unit&)> answer_;
  std::vector<std::string> asked_;
};

inline ScriptedChooser always(FateKind kind) {
  return ScriptedChooser([kind](const Unit&) { return Fate{.kind = kind}; });
}

inline constexpr NameOrder kOrders[] = {NameOrder::kOrdered, NameOrder::kReordering, NameOrder::kPosix};

}  // namespace mylonite::faultfs
