// A simulated disk as a value: files and names as programs see them, and as they are durable. Copies are cheap (about a
// pointer a file) and independent; they share what neither has changed.
//
// Names. Every directory has visible entries and durable entries. One journal holds the name operations between them,
// in order. sync_directory makes the directory's own operations durable under every profile of crash.h. Kinder profiles
// make more durable; the disk keeps sequence numbers for them, so one disk serves all profiles.
// Invariants: durable entries + the journal applied in order = visible entries; a name operation changes one directory;
// sequence numbers rise; a node lives while a name (visible, durable, or in the journal) or a holder needs it.
// Holders and locks belong to the running process and end with it (crash.h). An open file keeps a nameless file alive.
// Paths must have passed vfs::check_path. Errors and their order are those of posix: the conformance test compares.
// It knows no handles, no faults and no schedule. Thread-safety: a disk and all its copies belong to one thread.
// Units: bytes. Space is counted in 4 KiB pages of files that are visible or held; directories are free.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mylonite/faultfs/file_image.h>
#include <mylonite/file_system.h>
#include <mylonite/status.h>

namespace mylonite::faultfs {

using NodeId = std::uint32_t;
inline constexpr NodeId kRoot = 0;

enum class NameChange : std::uint8_t { kCreate, kLink, kRename, kRemove, kMakeDirectory, kRemoveDirectory };

struct NameOperation {
  NameChange change;
  std::uint64_t sequence;
  NodeId directory;  // the one that holds the name, or both names
  NodeId node;       // the one that the name leads to, or led to
  std::string path;
  std::string to;  // rename only
};

struct Entry {
  std::string name;
  NodeId node;
};
using Entries = std::vector<Entry>;  // sorted by name

const Entry* find_entry(const Entries& entries, std::string_view name);  // null: no such name

// Applies one operation to the entries of its directory. Earlier operations may be lost: it removes a name only if the
// name leads to the operation's node.
struct Effect {
  int names = 0;                   // the number of names that the operation's node gains; negative: loses
  std::optional<NodeId> replaced;  // the node that lost a name
};
Effect change_entries(const NameOperation& operation, Entries& entries);

struct Node {
  bool is_directory = false;
  std::string path;                // as last created or renamed; crash units name the node by it
  FileImage file;                  // of a file
  Entries visible;                 // of a directory
  Entries durable;                 // of a directory
  std::uint64_t named_at = 0;      // sequence of the last operation that gave this file a name
  std::uint64_t synced_until = 0;  // operations below it were made before the last full sync of this file
};

class Disk {
 public:
  static constexpr std::uint64_t kUnlimited = std::uint64_t{1} << 50;
  static constexpr std::uint64_t kFileBytesMax = std::uint64_t{1} << 43;

  explicit Disk(std::uint64_t capacity = kUnlimited);

  void set_capacity(std::uint64_t bytes) { capacity_pages_ = bytes / kPageBytes; }
  vfs::SpaceInfo space() const;
  std::uint64_t hash() const;  // of all visible paths, kinds, sizes and contents

  // Names.
  std::optional<NodeId> find(std::string_view path) const;
  Result<NodeId> find_file(const std::string& path) const;       // kNotFound; kInvalidArgument for a directory
  Result<NodeId> find_directory(const std::string& path) const;  // kNotFound also for a file
  Result<NodeId> create(const std::string& path);
  Status link(const std::string& from, const std::string& to);
  Status rename(const std::string& from, const std::string& to);
  Status remove(const std::string& path);
  Status make_directory(const std::string& path);
  Status remove_directory(const std::string& path);
  Status sync_directory(const std::string& path);

  // Bytes of a file. An append that does not fit adds what fits, then fails with kNoSpace.
  Status append(NodeId file, std::string_view bytes);
  Status truncate(NodeId file, std::uint64_t size);
  void sync(NodeId file, vfs::SyncKind kind);  // kDataAndSize may persist the file's name too: see crash.h
  void forget(NodeId file);

  // The process: each hold keeps a node alive, also without a name.
  void hold(NodeId node) { change_live(node, 1); }
  void release(NodeId node) { change_live(node, -1); }
  bool try_lock(NodeId file);
  void unlock(NodeId file) { slots_[file].locked = false; }

  const Node& node(NodeId id) const { return *slots_[id].node; }

  // For crash images.
  std::uint64_t node_count() const { return slots_.size(); }
  bool exists(NodeId id) const { return slots_[id].node != nullptr; }
  const std::vector<NameOperation>& journal() const { return journal_; }
  std::uint64_t committed() const { return committed_; }  // where journals are ordered, operations below it are durable
  void replace(NodeId id, Node node);
  void clear_journal() { journal_.clear(); }
  void restart();  // ends all holds and locks; removes nodes that are no longer needed

 private:
  struct Slot {
    std::shared_ptr<Node> node;   // null: gone
    std::int32_t live = 0;        // visible names and holds
    std::int32_t remembered = 0;  // durable names and operations of the journal
    bool locked = false;
  };

  Node& writable(NodeId id);
  NodeId add_node(Node node);
  void change_live(NodeId id, int by);
  void change_remembered(NodeId id, int by);
  void drop_if_unneeded(NodeId id);
  Result<NodeId> place_for(const std::string& path) const;  // the directory that takes the new name `path`
  void record(NameOperation operation);                     // also applies it to the visible entries
  void walk(NodeId directory, const std::string& path, std::uint64_t& hash) const;

  std::vector<Slot> slots_;
  std::vector<NodeId> free_;  // slots without a node; the last is used first
  std::vector<NameOperation> journal_;
  std::uint64_t next_sequence_ = 1;
  std::uint64_t committed_ = 0;
  std::uint64_t capacity_pages_;
  std::uint64_t used_pages_ = 0;
};

}  // namespace mylonite::faultfs
