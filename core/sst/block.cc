#include "core/sst/block.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "core/base/coding.h"
#include "core/base/invariant.h"
#include "core/format/internal_key.h"
#include "core/rt/rt.h"

namespace mylonite {
namespace {

constexpr std::size_t kCountBytes = sizeof(std::uint32_t);

struct Entry {
  std::size_t shared = 0;
  std::string_view unshared;
  std::string_view value;
  std::size_t end = 0;  // offset of the entry after it
};

// The entry at `offset` < entries.size(); false when its sizes do not fit.
bool decode_entry(std::string_view entries, std::size_t offset, Entry& entry) {
  std::string_view in = entries.substr(offset);
  std::uint64_t shared = 0;
  std::uint64_t unshared = 0;
  std::uint64_t value = 0;
  if (!get_varint64(in, shared) || !get_varint64(in, unshared) || !get_varint64(in, value)) return false;
  if (unshared > in.size() || value > in.size() - unshared) return false;
  entry.shared = shared;
  entry.unshared = in.substr(0, unshared);
  entry.value = in.substr(unshared, value);
  entry.end = entries.size() - (in.size() - unshared - value);
  return true;
}

}  // namespace

void BlockBuilder::add(std::string_view internal_key, std::string_view value) {
  std::size_t shared = 0;
  if (since_restart_ == kRestartInterval || bytes_.empty()) {
    invariant(bytes_.size() <= std::numeric_limits<std::uint32_t>::max(), "restart offsets fit 32 bits", bytes_.size());
    restarts_.push_back(static_cast<std::uint32_t>(bytes_.size()));
    since_restart_ = 0;
  } else {
    const auto ends = std::mismatch(last_key_.begin(), last_key_.end(), internal_key.begin(), internal_key.end());
    shared = static_cast<std::size_t>(ends.first - last_key_.begin());
  }
  put_varint(bytes_, shared);
  put_varint(bytes_, internal_key.size() - shared);
  put_varint(bytes_, value.size());
  bytes_.append(internal_key.substr(shared));
  bytes_.append(value);
  last_key_ = internal_key;
  ++since_restart_;
}

std::size_t BlockBuilder::bytes() const { return bytes_.size() + kCountBytes * (restarts_.size() + 1); }

std::string_view BlockBuilder::finish() {
  invariant(!restarts_.empty(), "a block holds at least one entry");
  for (std::uint32_t offset : restarts_) put_fixed32(bytes_, offset);
  put_fixed32(bytes_, static_cast<std::uint32_t>(restarts_.size()));
  return bytes_;
}

void BlockBuilder::reset() {
  bytes_.clear();
  restarts_.clear();
  since_restart_ = 0;
  last_key_.clear();
}

Result<Block> Block::parse(std::string payload) {
  if (payload.size() >= kCountBytes) {
    const std::size_t count = load_fixed32(payload.data() + payload.size() - kCountBytes);
    const std::size_t room = payload.size() - kCountBytes;
    if (count >= 1 && count <= room / kCountBytes && count * kCountBytes < room) {
      Block block(std::move(payload), room - count * kCountBytes, count);
      if (block.restart_offset(0) == 0) return block;
    }
  }
  return Error(Code::kCorruption, "the block's restart list is malformed");
}

std::size_t Block::restart_offset(std::size_t i) const {
  return load_fixed32(payload_.data() + entries_bytes_ + i * kCountBytes);
}

BlockIterator::BlockIterator(std::shared_ptr<const Block> block)
    : block_(std::move(block)), entries_(block_->entries()) {}

bool BlockIterator::fail() {
  valid_ = false;
  status_ = Error(Code::kCorruption, fmt::format("a malformed entry at byte {} of a block", next_offset_));
  return false;
}

bool BlockIterator::go_to_restart(std::size_t restart) {
  valid_ = false;
  status_ = {};
  key_.clear();
  next_offset_ = block_->restart_offset(restart);
  return next_offset_ < entries_.size() || fail();
}

bool BlockIterator::read_entry() {
  valid_ = false;
  if (next_offset_ == entries_.size()) return false;
  Entry entry;
  if (!decode_entry(entries_, next_offset_, entry) || entry.shared > key_.size()) return fail();
  key_.resize(entry.shared);
  key_.append(entry.unshared);
  if (!is_internal_key(key_)) return fail();
  value_ = entry.value;
  offset_ = next_offset_;
  next_offset_ = entry.end;
  valid_ = true;
  return true;
}

void BlockIterator::seek_to_first() {
  if (go_to_restart(0)) read_entry();
}

void BlockIterator::seek_to_last() {
  if (!go_to_restart(block_->restarts() - 1)) return;
  while (read_entry() && next_offset_ < entries_.size()) {
  }
}

void BlockIterator::seek(std::string_view internal_key) {
  rt::work(rt::Work::kBlockSeek, 1);
  // The last restart with a key before the target, or the first restart.
  std::size_t low = 0;
  for (std::size_t high = block_->restarts(); high - low > 1;) {
    const std::size_t middle = low + (high - low) / 2;
    if (!go_to_restart(middle)) return;
    Entry entry;
    if (!decode_entry(entries_, next_offset_, entry) || entry.shared != 0 || !is_internal_key(entry.unshared)) {
      fail();
      return;
    }
    (compare_internal(entry.unshared, internal_key) < 0 ? low : high) = middle;
  }
  if (!go_to_restart(low)) return;
  while (read_entry() && compare_internal(key_, internal_key) < 0) {
  }
}

void BlockIterator::next() {
  invariant(valid_, "a cursor that is moved is valid");
  read_entry();
}

void BlockIterator::prev() {
  invariant(valid_, "a cursor that is moved is valid");
  const std::size_t current = offset_;
  if (current == 0) {
    valid_ = false;
    return;
  }
  std::size_t low = 0;  // the last restart before the current entry; the first is at 0
  for (std::size_t high = block_->restarts(); high - low > 1;) {
    const std::size_t middle = low + (high - low) / 2;
    (block_->restart_offset(middle) < current ? low : high) = middle;
  }
  if (!go_to_restart(low)) return;
  while (read_entry() && next_offset_ < current) {
  }
  if (valid_ && next_offset_ != current) fail();
}

}  // namespace mylonite
