#include "sim/report/moment_view.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>

#include <mylonite/faultfs/choice.h>
#include <mylonite/sim/computer.h>
#include <mylonite/store.h>

#include "core/format/internal_key.h"

namespace mylonite::sim {
namespace {

using faultfs::Disk;
using faultfs::NodeId;
using Files = std::map<std::string, NodeId>;

// Loses whatever may be lost.
class WorstChooser final : public faultfs::Chooser {
 public:
  faultfs::Fate choose(const faultfs::Unit&, std::span<const faultfs::FateKind> legal) override {
    const bool may = std::ranges::find(legal, faultfs::FateKind::kLost) != legal.end();
    return {.kind = may ? faultfs::FateKind::kLost : faultfs::FateKind::kKept};
  }
};

void find_files(const Disk& disk, NodeId directory, const std::string& path, Files& files) {
  for (const faultfs::Entry& each : disk.node(directory).visible) {
    const std::string whole = path.empty() ? each.name : path + "/" + each.name;
    if (disk.node(each.node).is_directory) {
      find_files(disk, each.node, whole, files);
    } else {
      files.emplace(whole, each.node);
    }
  }
}

Files files_of(const Disk& disk) {
  Files files;
  find_files(disk, faultfs::kRoot, "", files);
  return files;
}

std::string bytes_of(const Disk& disk, NodeId file) {
  const faultfs::FileImage& image = disk.node(file).file;
  std::string bytes(image.size(), '\0');
  bytes.resize(image.read_at(0, bytes));
  return bytes;
}

std::vector<FileView> files_view(const Disk& now, const Disk& worst) {
  std::vector<FileView> views;
  const Files visible = files_of(now);
  const Files durable = files_of(worst);
  for (const auto& [path, node] : visible) {
    const std::string bytes = bytes_of(now, node);
    const auto left = durable.find(path);
    const std::string after = left == durable.end() ? "" : bytes_of(worst, left->second);
    const auto same = std::ranges::mismatch(bytes, after).in1 - bytes.begin();
    views.push_back({.path = path, .visible = bytes.size(), .durable = static_cast<std::uint64_t>(same)});
  }
  for (const auto& [path, node] : durable) {
    if (visible.contains(path)) continue;
    views.push_back({.path = path, .visible = 0, .durable = worst.node(node).file.size(), .is_named = false});
  }
  std::ranges::sort(views, {}, &FileView::path);
  return views;
}

std::vector<LevelView> levels_view(const std::vector<Level>& levels) {
  std::vector<LevelView> views;
  for (const Level& level : levels) {
    LevelView& runs = views.emplace_back();
    for (const Run& run : level.runs) {
      RunView& tables = runs.emplace_back();
      for (const TableInfo& table : run.tables) {
        tables.push_back({.number = table.number.value,
                          .low = std::string(user_key_of(table.smallest)),
                          .high = std::string(user_key_of(table.largest)),
                          .bytes = table.file_bytes,
                          .entries = table.entries});
      }
    }
  }
  return views;
}

// What a new process on this disk finds.
struct Found {
  ShownView shown{};
  std::vector<LevelView> levels{};
};

// Runs in the process. What it keeps is the host's.
Status read_store(vfs::FileSystem& files, const Options& options, Found& found) {
  const auto store = Store::open_read_only(files, options);
  if (!store.ok()) return store.error();
  const std::vector<Level> levels = (*store)->levels();
  Computer::outside([&] { found.levels = levels_view(levels); });
  Session session = (*store)->session();
  const auto cursor = session.iterator();
  if (!cursor.ok()) return cursor.error();
  Iterator& at = **cursor;
  for (at.seek_to_first(); at.valid(); at.next()) {
    const std::string_view key = at.key();
    const std::string_view value = at.value();
    Computer::outside([&] { found.shown.pairs.emplace_back(key, value); });
  }
  return at.status();
}

Found find_on(const Disk& disk, const Options& options) {
  Found found;
  Options chosen = options;
  chosen.compaction_policy = "none";  // for reading it does not matter, and a program's own is not known here
  Computer computer({}, disk);
  const CallEnd end = computer.run([&] {
    const Status done = read_store(computer.files(), chosen, found);
    if (!done.ok()) Computer::outside([&] { found.shown = {.error = done.error().to_string()}; });
  });
  if (end != CallEnd::kReturned) found.shown = {.error = "a new process does not come to an end: " + computer.story()};
  return found;
}

}  // namespace

MomentView view_of(const Recording& recording, const Recording::Moment& moment) {
  const Disk now = faultfs::process_kill(moment.disk);
  WorstChooser loses;
  const Disk worst = faultfs::power_loss(moment.disk, recording.names, loses);
  MomentView view{.files = files_view(now, worst)};
  if (!recording.of_mylonite) return view;
  const Options& options = recording.incarnations.at(moment.incarnation).options;
  Found found = find_on(now, options);
  view.levels = std::move(found.levels);
  view.reopened = std::move(found.shown);
  view.worst = find_on(worst, options).shown;
  return view;
}

}  // namespace mylonite::sim
