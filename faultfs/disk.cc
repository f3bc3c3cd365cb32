#include <mylonite/faultfs/disk.h>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/base/hash.h"
#include "core/vfs/path.h"

namespace mylonite::faultfs {
namespace {

using vfs::name_of;
using vfs::parent_of;

Error missing(const std::string& path) { return Error(Code::kNotFound, "no such file or directory").in(path); }
Error not_a_file(const std::string& path) { return Error(Code::kInvalidArgument, "is a directory").in(path); }

Entries::const_iterator place_of(const Entries& entries, std::string_view name) {
  return std::ranges::lower_bound(entries, name, {}, [](const Entry& entry) { return std::string_view(entry.name); });
}

}  // namespace

const Entry* find_entry(const Entries& entries, std::string_view name) {
  const auto place = place_of(entries, name);
  return place != entries.end() && place->name == name ? &*place : nullptr;
}

Effect change_entries(const NameOperation& operation, Entries& entries) {
  Effect effect;
  const auto unbind = [&](std::string_view name) {
    const auto place = place_of(entries, name);
    if (place == entries.end() || place->name != name || place->node != operation.node) return;
    entries.erase(place);
    --effect.names;
  };
  const auto bind = [&](std::string_view name) {
    const auto place = place_of(entries, name);
    ++effect.names;
    if (place == entries.end() || place->name != name) {
      entries.insert(place, Entry{std::string(name), operation.node});
    } else {
      Entry& entry = entries[static_cast<std::size_t>(place - entries.begin())];
      effect.replaced = std::exchange(entry.node, operation.node);
    }
  };
  switch (operation.change) {
    case NameChange::kCreate:
    case NameChange::kLink:
    case NameChange::kMakeDirectory: bind(name_of(operation.path)); break;
    case NameChange::kRemove:
    case NameChange::kRemoveDirectory: unbind(name_of(operation.path)); break;
    case NameChange::kRename:
      bind(name_of(operation.to));
      unbind(name_of(operation.path));
      break;
  }
  return effect;
}

Disk::Disk(std::uint64_t capacity) : capacity_pages_(capacity / kPageBytes) {
  Node root;
  root.is_directory = true;
  change_live(add_node(std::move(root)), 1);
}

vfs::SpaceInfo Disk::space() const {
  const std::uint64_t free_pages = capacity_pages_ > used_pages_ ? capacity_pages_ - used_pages_ : 0;
  return {.total = capacity_pages_ * kPageBytes, .available = free_pages * kPageBytes};
}

std::uint64_t Disk::hash() const {
  std::uint64_t result = 0;
  walk(kRoot, "", result);
  return result;
}

void Disk::walk(NodeId directory, const std::string& path, std::uint64_t& hash) const {
  static constexpr Page kZeros{};
  for (const Entry& entry : node(directory).visible) {
    const std::string entry_path = path.empty() ? entry.name : path + "/" + entry.name;
    const Node& found = node(entry.node);
    hash = hash64(entry_path, hash);
    if (found.is_directory) {
      hash = mix64(hash + 1);
      walk(entry.node, entry_path, hash);
      continue;
    }
    const std::uint64_t size = found.file.size();
    hash = mix64(hash + 2 + size);
    for (std::uint64_t start = 0; start < size; start += kPageBytes) {
      const PagePointer page = found.file.visible_page(start / kPageBytes);
      const char* bytes = page != nullptr ? page->bytes.data() : kZeros.bytes.data();
      hash = hash64(std::string_view(bytes, std::min(kPageBytes, size - start)), hash);
    }
  }
}

// ---- Names ----

std::optional<NodeId> Disk::find(std::string_view path) const {
  NodeId at = kRoot;
  while (!path.empty()) {
    if (!node(at).is_directory) return std::nullopt;
    const std::size_t slash = path.find('/');
    const Entry* entry = find_entry(node(at).visible, path.substr(0, slash));
    if (entry == nullptr) return std::nullopt;
    at = entry->node;
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
  }
  return at;
}

Result<NodeId> Disk::find_file(const std::string& path) const {
  const std::optional<NodeId> found = find(path);
  if (!found) return missing(path);
  if (node(*found).is_directory) return not_a_file(path);
  return *found;
}

Result<NodeId> Disk::find_directory(const std::string& path) const {
  const std::optional<NodeId> found = find(path);
  if (!found || !node(*found).is_directory) return missing(path);
  return *found;
}

Result<NodeId> Disk::place_for(const std::string& path) const {
  if (find(path)) return Error(Code::kAlreadyExists, "the name is taken").in(path);
  const std::optional<NodeId> parent = find(parent_of(path));
  if (!parent || !node(*parent).is_directory) return missing(path);
  return *parent;
}

Result<NodeId> Disk::create(const std::string& path) {
  const Result<NodeId> parent = place_for(path);
  if (!parent.ok()) return parent.error();
  const NodeId created = add_node({});
  record({NameChange::kCreate, next_sequence_, *parent, created, path, ""});
  return created;
}

Status Disk::make_directory(const std::string& path) {
  const Result<NodeId> parent = place_for(path);
  if (!parent.ok()) return parent.error();
  Node directory;
  directory.is_directory = true;
  const NodeId created = add_node(std::move(directory));
  record({NameChange::kMakeDirectory, next_sequence_, *parent, created, path, ""});
  return {};
}

Status Disk::link(const std::string& from, const std::string& to) {
  const Result<NodeId> file = find_file(from);
  if (!file.ok()) return file.error();
  const Result<NodeId> parent = place_for(to);
  if (!parent.ok()) return parent.error();
  record({NameChange::kLink, next_sequence_, *parent, *file, to, ""});
  return {};
}

Status Disk::rename(const std::string& from, const std::string& to) {
  const Result<NodeId> file = find_file(from);
  if (!file.ok()) return file.error();
  const std::optional<NodeId> old = find(to);
  if (old && node(*old).is_directory) return not_a_file(to);
  if (old == *file) return {};  // POSIX: two names of one file stay as they are
  record({NameChange::kRename, next_sequence_, *find(parent_of(from)), *file, from, to});
  return {};
}

Status Disk::remove(const std::string& path) {
  const Result<NodeId> file = find_file(path);
  if (!file.ok()) return file.error();
  record({NameChange::kRemove, next_sequence_, *find(parent_of(path)), *file, path, ""});
  return {};
}

Status Disk::remove_directory(const std::string& path) {
  const Result<NodeId> directory = find_directory(path);
  if (!directory.ok()) return directory.error();
  if (*directory == kRoot) return Error(Code::kInvalidArgument, "the root stays").in(path);
  if (!node(*directory).visible.empty()) return Error(Code::kIo, "the directory is not empty").in(path);
  record({NameChange::kRemoveDirectory, next_sequence_, *find(parent_of(path)), *directory, path, ""});
  return {};
}

void Disk::record(NameOperation operation) {
  ++next_sequence_;
  change_remembered(operation.node, 1);
  change_remembered(operation.directory, 1);
  const bool removes = operation.change == NameChange::kRemove || operation.change == NameChange::kRemoveDirectory;
  if (!removes) {
    Node& named = writable(operation.node);
    named.named_at = operation.sequence;
    if (operation.change != NameChange::kLink) named.path = operation.to.empty() ? operation.path : operation.to;
  }
  const Effect effect = change_entries(operation, writable(operation.directory).visible);
  change_live(operation.node, effect.names);
  if (effect.replaced) change_live(*effect.replaced, -1);
  journal_.push_back(std::move(operation));
}

Status Disk::sync_directory(const std::string& path) {
  const Result<NodeId> directory = find_directory(path);
  if (!directory.ok()) return directory.error();
  committed_ = next_sequence_;
  std::vector<NameOperation> others;
  std::vector<NameOperation> synced;
  for (NameOperation& operation : journal_) {
    (operation.directory == *directory ? synced : others).push_back(std::move(operation));
  }
  journal_ = std::move(others);
  for (const NameOperation& operation : synced) {
    const Effect effect = change_entries(operation, writable(*directory).durable);
    change_remembered(operation.node, effect.names);
    if (effect.replaced) change_remembered(*effect.replaced, -1);
  }
  for (const NameOperation& operation : synced) {
    change_remembered(operation.node, -1);
    change_remembered(operation.directory, -1);
  }
  return {};
}

// ---- Bytes ----

Status Disk::append(NodeId file, std::string_view bytes) {
  FileImage& image = writable(file).file;
  const std::uint64_t free_pages = capacity_pages_ > used_pages_ ? capacity_pages_ - used_pages_ : 0;
  std::size_t fits = bytes.size();
  if (image.pages_needed(bytes.size()) > free_pages) {
    const std::uint64_t room = (kPageBytes - image.size() % kPageBytes) % kPageBytes;
    const std::uint64_t in_last_page = image.pages_needed(room) == 0 ? room : 0;
    fits = static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), in_last_page + free_pages * kPageBytes));
  }
  const std::uint64_t held = image.pages_held();
  image.append(bytes.substr(0, fits));
  used_pages_ += image.pages_held() - held;
  if (fits == bytes.size()) return {};
  return Error(Code::kNoSpace, fmt::format("the disk is full: {} of {} bytes fit", fits, bytes.size()))
      .in(node(file).path, image.size())
      .retryable();
}

Status Disk::truncate(NodeId file, std::uint64_t size) {
  if (size > kFileBytesMax) return Error(Code::kIo, "file too large").in(node(file).path, size);
  FileImage& image = writable(file).file;
  const std::uint64_t held = image.pages_held();
  image.truncate(size);
  used_pages_ -= held;
  used_pages_ += image.pages_held();
  return {};
}

void Disk::sync(NodeId file, vfs::SyncKind kind) {
  Node& synced = writable(file);
  synced.file.sync(kind);
  if (kind != vfs::SyncKind::kDataAndSize) return;
  synced.synced_until = next_sequence_;
  committed_ = std::max(committed_, synced.named_at + 1);
}

void Disk::forget(NodeId file) { writable(file).file.forget(); }

// ---- Nodes ----

bool Disk::try_lock(NodeId file) { return !std::exchange(slots_[file].locked, true); }

Node& Disk::writable(NodeId id) {
  std::shared_ptr<Node>& node = slots_[id].node;
  if (node.use_count() > 1) node = std::make_shared<Node>(*node);
  return *node;
}

NodeId Disk::add_node(Node node) {
  if (free_.empty()) {
    free_.push_back(static_cast<NodeId>(slots_.size()));
    slots_.emplace_back();
  }
  const NodeId id = free_.back();
  free_.pop_back();
  slots_[id] = {.node = std::make_shared<Node>(std::move(node))};
  return id;
}

void Disk::change_live(NodeId id, int by) {
  Slot& slot = slots_[id];
  const bool was_live = slot.live > 0;
  slot.live += by;
  const bool is_live = slot.live > 0;
  if (is_live && !was_live) used_pages_ += slot.node->file.pages_held();
  if (was_live && !is_live) used_pages_ -= slot.node->file.pages_held();
  drop_if_unneeded(id);
}

void Disk::change_remembered(NodeId id, int by) {
  slots_[id].remembered += by;
  drop_if_unneeded(id);
}

void Disk::drop_if_unneeded(NodeId id) {
  Slot& slot = slots_[id];
  if (slot.live > 0 || slot.remembered > 0 || slot.node == nullptr) return;
  const std::shared_ptr<Node> dropped = std::exchange(slot.node, nullptr);
  free_.push_back(id);
  for (const Entry& entry : dropped->visible) change_live(entry.node, -1);
  for (const Entry& entry : dropped->durable) change_remembered(entry.node, -1);
}

void Disk::replace(NodeId id, Node node) { slots_[id].node = std::make_shared<Node>(std::move(node)); }

void Disk::restart() {
  for (Slot& slot : slots_) slot = {.node = std::move(slot.node)};
  slots_[kRoot].live = 1;
  used_pages_ = 0;
  for (const Slot& slot : slots_) {
    if (slot.node == nullptr) continue;
    for (const Entry& entry : slot.node->visible) ++slots_[entry.node].live;
    for (const Entry& entry : slot.node->durable) ++slots_[entry.node].remembered;
  }
  for (const NameOperation& operation : journal_) {
    ++slots_[operation.node].remembered;
    ++slots_[operation.directory].remembered;
  }
  for (const Slot& slot : slots_) {
    if (slot.node != nullptr && slot.live > 0) used_pages_ += slot.node->file.pages_held();
  }
  for (NodeId id = 0; id < slots_.size(); ++id) drop_if_unneeded(id);
}

}  // namespace mylonite::faultfs
