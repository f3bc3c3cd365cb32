// The bytes of one simulated file, as a reader sees them and as they are durable.
//
//   0            dirty_from            size
//   |  durable   |  written since     |      a file only changes at its end (append, truncate), so the bytes written
//   |            |  the last sync     |      since the last sync are one range: the tail
//
// forget() models a sync that failed, or lied, and left the pages clean. The tail's bytes become a range that no later
// sync makes durable, although readers still see them.
// Invariants: bytes outside pending() and below size() are the same in visible_page and durable_page; bytes of a page
// beyond the size are zero in visible_page; a page that is absent reads as zeros; lost_pages_ is sorted by index.
// It does not know names, capacity or crashes (crash.h reads it through the accessors at the end).
// Values: copying shares the 4 KiB pages, writing copies a shared page first. Thread-safety: an image and all its
// copies belong to one thread. Units: bytes. Complexity: append O(bytes + one page), sync O(dirty pages).
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <mylonite/file_system.h>

namespace mylonite::faultfs {

inline constexpr std::uint64_t kSectorBytes = 512;
inline constexpr std::uint64_t kPageBytes = 4096;

struct Page {
  std::array<char, kPageBytes> bytes;
};
using PagePointer = std::shared_ptr<Page>;  // null: zeros

struct ByteRange {
  std::uint64_t from = 0;
  std::uint64_t to = 0;  // exclusive
};

class FileImage {
 public:
  FileImage() = default;
  FileImage(std::vector<PagePointer> pages, std::uint64_t size);  // all of it durable

  std::uint64_t size() const { return size_; }
  std::uint64_t pages_held() const { return pages_held_; }  // the space it takes; holes take none
  std::uint64_t pages_needed(std::uint64_t bytes) const;    // additional pages for an append of `bytes`
  std::size_t read_at(std::uint64_t offset, std::span<char> out) const;

  void append(std::string_view bytes);
  void truncate(std::uint64_t size);
  void sync(vfs::SyncKind kind);  // kData does not make a grown length durable: the contract's worst case
  void forget();

  // For crash images.
  bool is_durable() const { return tail_is_clean() && forgotten_.empty() && durable_size_ == size_; }
  std::uint64_t durable_size() const { return durable_size_; }
  std::uint64_t smallest_size() const;     // the smallest that a power loss may leave
  std::vector<ByteRange> pending() const;  // ranges that ascend, do not touch, are not empty, and end below size()
  PagePointer visible_page(std::uint64_t index) const;
  PagePointer durable_page(std::uint64_t index) const;
  std::uint64_t page_slots() const;  // visible and durable pages at or beyond this index are absent

 private:
  struct LostPage {
    std::uint64_t index;
    PagePointer page;
  };
  static constexpr std::uint64_t kClean = UINT64_MAX;

  bool tail_is_clean() const { return dirty_from_ == kClean; }
  void keep_durable(std::uint64_t index);  // before the visible page changes for the first time
  // A new page is zeroed but for the bytes that the caller overwrites.
  Page& writable_page(std::uint64_t index, const ByteRange& overwritten);

  std::vector<PagePointer> pages_;  // as seen now
  std::uint64_t size_ = 0;
  std::uint64_t pages_held_ = 0;
  std::uint64_t durable_size_ = 0;
  std::uint64_t dirty_from_ = kClean;
  std::vector<ByteRange> forgotten_;
  std::vector<LostPage> lost_pages_;  // the durable version of every page whose visible version differs from it
};

}  // namespace mylonite::faultfs
