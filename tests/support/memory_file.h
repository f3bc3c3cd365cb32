// A vfs::File over a string that the test holds too: to look at, count, cut and damage. For calls that
// fail there is faultfs.
// Thread-safety: read_at beside read_at only.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstring>
#include <memory>
#include <string>

#include <mylonite/file_system.h>

namespace mylonite::testing {

struct MemoryBytes {
  std::string bytes;
  std::atomic<std::size_t> reads = 0;
  std::atomic<int> handles = 0;  // open now
};

class MemoryFile final : public vfs::File {
 public:
  explicit MemoryFile(std::shared_ptr<MemoryBytes> content) : content_(std::move(content)) { ++content_->handles; }
  ~MemoryFile() override { --content_->handles; }

  Status append(std::string_view bytes) override {
    content_->bytes += bytes;
    return {};
  }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<char> out) override {
    ++content_->reads;
    if (offset >= content_->bytes.size()) return std::size_t{0};
    const std::size_t count = std::min<std::size_t>(out.size(), content_->bytes.size() - offset);
    if (count > 0) std::memcpy(out.data(), content_->bytes.data() + offset, count);
    return count;
  }
  Status sync(vfs::SyncKind) override { return {}; }
  Status truncate(std::uint64_t size) override {
    content_->bytes.resize(size);
    return {};
  }
  Result<std::uint64_t> size() override { return content_->bytes.size(); }
  Status close() override { return {}; }

 private:
  std::shared_ptr<MemoryBytes> content_;
};

}  // namespace mylonite::testing
