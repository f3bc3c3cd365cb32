// A moment of a recording as people look at it: the files with what of them is durable, the tree, and what a store
// would show on that disk.
//
// All of it is worked out on copies of the recorded disk. The disk goes to two simulated computers of its own: one as
// after a kill of the process, one as after the worst legal power loss, which takes all that is not durable. On each
// the store is opened for reading. An engine that faults there harms nobody else.
//
// It says nothing about a store that is not Mylonite. Thread-safety: the thread that made the recording.
// Complexity: two opens of the store and one pass over the files.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "sim/run/recording.h"

namespace mylonite::sim {

struct FileView {
  std::string path;
  std::uint64_t visible = 0;  // bytes, to programs
  std::uint64_t durable = 0;  // bytes from the start that survive every legal power loss as they are
  bool is_named = true;       // false: removed, but a power loss may bring it back
  bool operator==(const FileView&) const = default;
};

struct TableView {
  std::uint64_t number = 0;
  std::string low;  // user keys
  std::string high;
  std::uint64_t bytes = 0;
  std::uint64_t entries = 0;
  auto operator<=>(const TableView&) const = default;
};
using RunView = std::vector<TableView>;
using LevelView = std::vector<RunView>;  // newest run first

struct ShownView {
  std::vector<std::pair<std::string, std::string>> pairs{};
  std::string error{};  // the store cannot be opened or read: why; then there are no pairs
};

struct MomentView {
  std::vector<FileView> files{};    // by path
  std::vector<LevelView> levels{};  // as a new process finds them; empty: it could not open the store
  ShownView reopened{};             // after a kill of the process
  ShownView worst{};                // after the worst power loss
};

MomentView view_of(const Recording& recording, const Recording::Moment& moment);

}  // namespace mylonite::sim
