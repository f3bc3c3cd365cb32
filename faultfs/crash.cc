#include <mylonite/faultfs/crash.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <utility>

#include "core/base/hash.h"

namespace mylonite::faultfs {
namespace {

constexpr std::array kNameFates = {FateKind::kKept, FateKind::kLost};
constexpr std::array kSizeFates = {FateKind::kKept, FateKind::kLost, FateKind::kBetween};
constexpr std::array kPageFates = {FateKind::kKept, FateKind::kLost, FateKind::kTorn};
constexpr std::array kSectorFates = {FateKind::kKept,   FateKind::kLost,    FateKind::kZero, FateKind::kPrefix,
                                     FateKind::kSuffix, FateKind::kGarbage, FateKind::kStale};

std::string describe(const NameOperation& operation) {
  switch (operation.change) {
    case NameChange::kCreate: return "create " + operation.path;
    case NameChange::kLink: return "link " + operation.path;
    case NameChange::kRename: return "rename " + operation.path + " to " + operation.to;
    case NameChange::kRemove: return "remove " + operation.path;
    case NameChange::kMakeDirectory: return "make directory " + operation.path;
    case NameChange::kRemoveDirectory: return "remove directory " + operation.path;
  }
  return {};
}

// Makes keys unique: "x", "x #2", "x #3".
class Keys {
 public:
  std::string unique(std::string key) {
    const int count = ++counts_[key];
    return count == 1 ? std::move(key) : fmt::format("{} #{}", key, count);
  }

 private:
  std::map<std::string, int> counts_;
};

// The bytes that a stale sector may show: those of any sector of the disk before the crash. Two kinds are likelier,
// since they can pass for good ones: the same place at the start of another file, and another place of the same file.
class StaleSectors {
 public:
  explicit StaleSectors(const Disk& disk) : disk_(disk) {}

  const char* pick(std::uint32_t seed, const FileImage& own, std::uint64_t own_sector) {
    if (pages_.empty()) collect();
    constexpr std::uint64_t kSectors = kPageBytes / kSectorBytes;
    Random random(seed);
    std::uint64_t sector = random.below(kSectors);
    const std::uint64_t leaning = random.below(3);
    if (leaning == 0 && !firsts_.empty()) {
      const PagePointer& page = firsts_[random.below(firsts_.size())];
      return page->bytes.data() + own_sector % kSectors * kSectorBytes;
    }
    if (leaning == 1 && own.page_slots() > 0) {
      if (const PagePointer page = own.visible_page(random.below(own.page_slots()))) {
        sector = random.below(own_sector % kSectors + 1);  // files grow from their start: these are filled
        return page->bytes.data() + sector * kSectorBytes;
      }
    }
    return pages_[random.below(pages_.size())]->bytes.data() + sector * kSectorBytes;
  }

 private:
  void collect() {
    for (NodeId id = 0; id < disk_.node_count(); ++id) {
      if (!disk_.exists(id)) continue;
      const FileImage& file = disk_.node(id).file;
      for (std::uint64_t index = 0; index < file.page_slots(); ++index) {
        PagePointer page = file.visible_page(index);
        if (page == nullptr) continue;
        if (index == 0) firsts_.push_back(page);
        pages_.push_back(std::move(page));
      }
    }
  }

  const Disk& disk_;
  std::vector<PagePointer> pages_;
  std::vector<PagePointer> firsts_;  // of every file, its first page
};

// One file after the power loss.
class FileCrash {
 public:
  FileCrash(const FileImage& file, Chooser& chooser, StaleSectors& stale, std::string key)
      : file_(file), chooser_(chooser), stale_(stale), key_(std::move(key)), pending_(file.pending()) {}

  FileImage result() {
    const std::uint64_t size = choose_size();
    const bool shows_all = size <= file_.size();  // false: old bytes reappear beyond the visible end
    std::vector<PagePointer> pages(std::min((size + kPageBytes - 1) / kPageBytes, file_.page_slots()));
    for (std::uint64_t index = 0; index < pages.size(); ++index) pages[index] = file_.durable_page(index);
    std::uint64_t next = 0;  // pages below it are decided
    for (ByteRange range : pending_) {
      range.to = std::min(range.to, size);
      if (range.from >= range.to) continue;
      next = std::max(next, range.from / kPageBytes);
      for (; next < pages.size() && next * kPageBytes < range.to; ++next) {
        pages[next] = choose_page(next, pages[next], shows_all);
      }
    }
    const std::size_t last_bytes = static_cast<std::size_t>(size % kPageBytes);
    if (last_bytes != 0 && pages.size() > size / kPageBytes) pages.back() = cut(pages.back(), last_bytes);
    return FileImage(std::move(pages), size);
  }

 private:
  std::uint64_t choose_size() {
    const std::uint64_t low = file_.smallest_size();
    const std::uint64_t high = std::max(file_.size(), file_.durable_size());
    if (low == high) return high;
    const bool between_exists = high - low > 1;
    const std::span<const FateKind> legal = between_exists ? kSizeFates : std::span(kSizeFates).first(2);
    const Fate fate = chooser_.choose({UnitKind::kSize, key_ + " size"}, legal);
    if (fate.kind == FateKind::kLost) return file_.durable_size();
    if (fate.kind == FateKind::kBetween) return low + 1 + fate.detail % (high - low - 1);
    return file_.size();
  }

  PagePointer choose_page(std::uint64_t index, const PagePointer& old, bool shows_all) {
    PagePointer visible = file_.visible_page(index);
    if (visible == old) return old;
    const Fate fate = chooser_.choose({UnitKind::kPage, fmt::format("{}@page {}", key_, index)}, kPageFates);
    if (fate.kind == FateKind::kLost) return old;
    if (fate.kind == FateKind::kKept && shows_all) return visible;
    auto mixed = old != nullptr ? std::make_shared<Page>(*old) : std::make_shared<Page>();
    static constexpr Page kZeros{};
    const Page& fresh = visible != nullptr ? *visible : kZeros;
    const std::uint64_t first = index * (kPageBytes / kSectorBytes);
    for (std::uint64_t sector = first; sector < first + kPageBytes / kSectorBytes; ++sector) {
      choose_sector(sector, fate.kind == FateKind::kTorn, fresh, *mixed);
    }
    return mixed;
  }

  void choose_sector(std::uint64_t sector, bool torn, const Page& fresh, Page& mixed) {
    std::vector<ByteRange> parts;  // pending bytes of this sector, as offsets within the page
    const std::uint64_t start = sector * kSectorBytes;
    const std::uint64_t page_start = start / kPageBytes * kPageBytes;
    for (const ByteRange& range : pending_) {
      const std::uint64_t from = std::max(range.from, start);
      const std::uint64_t to = std::min(range.to, start + kSectorBytes);
      if (from < to) parts.push_back({from - page_start, to - page_start});
    }
    if (parts.empty()) return;
    Fate fate;
    if (torn) fate = chooser_.choose({UnitKind::kSector, fmt::format("{}@sector {}", key_, sector)}, kSectorFates);
    const std::uint64_t span = parts.back().to - parts.front().from;
    const std::uint64_t cut_at = parts.front().from + fate.detail % span;
    const char* const stale = fate.kind == FateKind::kStale ? stale_.pick(fate.detail, file_, sector) : nullptr;
    Random random(mix64(fate.detail) ^ sector);
    for (const ByteRange& part : parts) {
      for (std::uint64_t at = part.from; at < part.to; ++at) {
        char& byte = mixed.bytes[at];
        switch (fate.kind) {
          case FateKind::kLost: break;
          case FateKind::kZero: byte = 0; break;
          case FateKind::kPrefix: byte = at < cut_at ? fresh.bytes[at] : byte; break;
          case FateKind::kSuffix: byte = at < cut_at ? byte : fresh.bytes[at]; break;
          case FateKind::kGarbage: byte = static_cast<char>(random.next()); break;
          case FateKind::kStale: byte = stale[at % kSectorBytes]; break;
          default: byte = fresh.bytes[at]; break;
        }
      }
    }
  }

  static PagePointer cut(PagePointer page, std::size_t keep) {
    if (page == nullptr) return page;
    const auto beyond = std::span(page->bytes).subspan(keep);
    if (std::ranges::all_of(beyond, [](char byte) { return byte == 0; })) return page;
    auto shorter = std::make_shared<Page>(*page);
    std::memset(shorter->bytes.data() + keep, 0, kPageBytes - keep);
    return shorter;
  }

  const FileImage& file_;
  Chooser& chooser_;
  StaleSectors& stale_;
  const std::string key_;
  const std::vector<ByteRange> pending_;
};

bool is_durable(const Disk& disk, const NameOperation& operation, NameOrder order) {
  const bool gives_name = operation.change == NameChange::kCreate || operation.change == NameChange::kLink ||
                          operation.change == NameChange::kRename;
  switch (order) {
    case NameOrder::kOrdered: return operation.sequence < disk.committed();
    case NameOrder::kReordering: return gives_name && operation.sequence < disk.node(operation.node).synced_until;
    case NameOrder::kPosix: return false;
  }
  return false;
}

void settle_names(const Disk& disk, NameOrder order, Chooser& chooser, Disk& image) {
  std::map<NodeId, Node> changed;
  for (const NameOperation& operation : disk.journal())
    changed.try_emplace(operation.directory, disk.node(operation.directory));
  Keys keys;
  bool journal_ended = false;  // kOrdered: nothing after the first lost operation is kept
  for (const NameOperation& operation : disk.journal()) {
    const std::string key = keys.unique(describe(operation));
    bool kept = is_durable(disk, operation, order);
    if (!kept && !journal_ended) {
      kept = chooser.choose({UnitKind::kName, key}, kNameFates).kind == FateKind::kKept;
      journal_ended = !kept && order == NameOrder::kOrdered;
    }
    if (kept) change_entries(operation, changed.at(operation.directory).durable);
  }
  for (auto& [id, directory] : changed) {
    directory.visible = directory.durable;
    image.replace(id, std::move(directory));
  }
}

}  // namespace

Disk process_kill(const Disk& disk) {
  Disk image = disk;
  image.restart();
  return image;
}

Disk power_loss(const Disk& disk, NameOrder order, Chooser& chooser) {
  Disk image = disk;
  settle_names(disk, order, chooser, image);
  image.clear_journal();
  image.restart();
  StaleSectors stale(disk);
  Keys keys;
  for (NodeId id = 0; id < image.node_count(); ++id) {
    if (!image.exists(id) || image.node(id).is_directory || image.node(id).file.is_durable()) continue;
    Node settled = image.node(id);
    settled.file = FileCrash(settled.file, chooser, stale, keys.unique(settled.path)).result();
    image.replace(id, std::move(settled));
  }
  image.restart();
  return image;
}

}  // namespace mylonite::faultfs
