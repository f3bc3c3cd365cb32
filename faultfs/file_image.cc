#include <mylonite/faultfs/file_image.h>

#include <algorithm>
#include <cstring>

namespace mylonite::faultfs {
namespace {

std::uint64_t pages_for(std::uint64_t size) { return (size + kPageBytes - 1) / kPageBytes; }

}  // namespace

FileImage::FileImage(std::vector<PagePointer> pages, std::uint64_t size)
    : pages_(std::move(pages)), size_(size), durable_size_(size) {
  for (const PagePointer& page : pages_) pages_held_ += page != nullptr ? 1 : 0;
}

std::uint64_t FileImage::pages_needed(std::uint64_t bytes) const {
  const bool partial_page_exists = size_ % kPageBytes != 0 && visible_page(size_ / kPageBytes) != nullptr;
  const std::uint64_t first_new = size_ / kPageBytes + (partial_page_exists ? 1 : 0);
  const std::uint64_t end = pages_for(size_ + bytes);
  return bytes == 0 || end <= first_new ? 0 : end - first_new;
}

std::size_t FileImage::read_at(std::uint64_t offset, std::span<char> out) const {
  if (offset >= size_) return 0;
  const std::size_t wanted = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), size_ - offset));
  std::size_t done = 0;
  while (done < wanted) {
    const std::uint64_t index = (offset + done) / kPageBytes;
    const std::size_t within = static_cast<std::size_t>((offset + done) % kPageBytes);
    const std::size_t part = std::min<std::size_t>(wanted - done, kPageBytes - within);
    const Page* page = index < pages_.size() ? pages_[index].get() : nullptr;
    if (page != nullptr) {
      std::memcpy(out.data() + done, page->bytes.data() + within, part);
    } else {
      std::memset(out.data() + done, 0, part);
    }
    done += part;
  }
  return wanted;
}

void FileImage::keep_durable(std::uint64_t index) {
  if (!lost_pages_.empty() && lost_pages_.back().index == index) return;
  if (lost_pages_.empty() || lost_pages_.back().index < index) {
    lost_pages_.push_back({index, visible_page(index)});
    return;
  }
  const auto place = std::ranges::lower_bound(lost_pages_, index, {}, &LostPage::index);
  if (place->index != index) lost_pages_.insert(place, {index, visible_page(index)});
}

Page& FileImage::writable_page(std::uint64_t index, const ByteRange& overwritten) {
  keep_durable(index);
  if (pages_.size() <= index) pages_.resize(index + 1);
  PagePointer& page = pages_[index];
  if (page == nullptr) {
    page = std::make_shared_for_overwrite<Page>();
    ++pages_held_;
    std::ranges::fill(std::span(page->bytes).first(overwritten.from), '\0');
    std::ranges::fill(std::span(page->bytes).subspan(overwritten.to), '\0');
  } else if (page.use_count() > 1) {
    page = std::make_shared<Page>(*page);
  }
  return *page;
}

void FileImage::append(std::string_view bytes) {
  if (bytes.empty()) return;
  dirty_from_ = std::min(dirty_from_, size_);
  while (!bytes.empty()) {
    const std::size_t within = static_cast<std::size_t>(size_ % kPageBytes);
    const std::size_t part = std::min<std::size_t>(bytes.size(), kPageBytes - within);
    Page& page = writable_page(size_ / kPageBytes, {.from = within, .to = within + part});
    std::memcpy(page.bytes.data() + within, bytes.data(), part);
    size_ += part;
    bytes.remove_prefix(part);
  }
}

void FileImage::truncate(std::uint64_t size) {
  if (size == size_) return;
  dirty_from_ = std::min({dirty_from_, size, size_});
  if (size < size_) {
    const std::uint64_t kept = pages_for(size);
    for (std::uint64_t index = kept; index < pages_.size(); ++index) {
      if (pages_[index] == nullptr) continue;
      keep_durable(index);
      --pages_held_;
    }
    if (pages_.size() > kept) pages_.resize(kept);
    const std::size_t within = static_cast<std::size_t>(size % kPageBytes);
    if (within != 0 && visible_page(size / kPageBytes) != nullptr) {
      Page& last = writable_page(size / kPageBytes, {});
      std::memset(last.bytes.data() + within, 0, kPageBytes - within);
    }
    while (!forgotten_.empty() && forgotten_.back().from >= size) forgotten_.pop_back();
    if (!forgotten_.empty()) forgotten_.back().to = std::min(forgotten_.back().to, size);
  }
  size_ = size;
}

void FileImage::sync(vfs::SyncKind kind) {
  durable_size_ = kind == vfs::SyncKind::kDataAndSize ? size_ : std::min(durable_size_, size_);
  dirty_from_ = kClean;
  if (forgotten_.empty()) {
    lost_pages_.clear();
    return;
  }
  std::vector<LostPage> still_lost;
  for (const LostPage& lost : lost_pages_) {
    const std::uint64_t start = lost.index * kPageBytes;
    const PagePointer visible = visible_page(lost.index);
    auto merged = visible != nullptr ? std::make_shared<Page>(*visible) : std::make_shared<Page>();
    bool differs = false;
    for (const ByteRange& range : forgotten_) {
      const std::uint64_t from = std::max(range.from, start);
      const std::uint64_t to = std::min(range.to, start + kPageBytes);
      if (from >= to) continue;
      differs = true;
      char* target = merged->bytes.data() + (from - start);
      if (lost.page != nullptr) std::memcpy(target, lost.page->bytes.data() + (from - start), to - from);
      if (lost.page == nullptr) std::memset(target, 0, to - from);
    }
    if (differs) still_lost.push_back({lost.index, std::move(merged)});
  }
  lost_pages_ = std::move(still_lost);
}

void FileImage::forget() {
  if (!tail_is_clean() && dirty_from_ < size_) forgotten_.push_back({dirty_from_, size_});
  dirty_from_ = kClean;
}

std::uint64_t FileImage::smallest_size() const { return std::min({durable_size_, size_, dirty_from_}); }

std::vector<ByteRange> FileImage::pending() const {
  std::vector<ByteRange> ranges = forgotten_;
  if (dirty_from_ < size_) ranges.push_back({dirty_from_, size_});
  return ranges;
}

std::uint64_t FileImage::page_slots() const {
  return std::max<std::uint64_t>(pages_.size(), lost_pages_.empty() ? 0 : lost_pages_.back().index + 1);
}

PagePointer FileImage::visible_page(std::uint64_t index) const {
  return index < pages_.size() ? pages_[index] : nullptr;
}

PagePointer FileImage::durable_page(std::uint64_t index) const {
  const auto place = std::ranges::lower_bound(lost_pages_, index, {}, &LostPage::index);
  return place != lost_pages_.end() && place->index == index ? place->page : visible_page(index);
}

}  // namespace mylonite::faultfs
