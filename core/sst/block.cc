#include "core/sst/block.h"

#include <algorithm>
#include <bit>
#include <cstring>
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
  if (in.size() >= 3 && ((in[0] | in[1] | in[2]) & 0x80) == 0) {  // nearly always: sizes of one byte
    shared = static_cast<unsigned char>(in[0]);
    unshared = static_cast<unsigned char>(in[1]);
    value = static_cast<unsigned char>(in[2]);
    in.remove_prefix(3);
  } else if (!get_varint64(in, shared) || !get_varint64(in, unshared) || !get_varint64(in, value)) {
    return false;
  }
  if (unshared > in.size() || value > in.size() - unshared) return false;
  entry.shared = shared;
  entry.unshared = in.substr(0, unshared);
  entry.value = in.substr(unshared, value);
  entry.end = entries.size() - (in.size() - unshared - value);
  return true;
}

// How many bytes both begin with.
std::size_t shared_bytes(std::string_view a, std::string_view b) {
  const std::size_t most = std::min(a.size(), b.size());
  std::size_t same = 0;
  for (; same + sizeof(std::uint64_t) <= most; same += sizeof(std::uint64_t)) {
    const std::uint64_t differs = load_fixed64(a.data() + same) ^ load_fixed64(b.data() + same);
    if (differs != 0) return same + static_cast<std::size_t>(std::countr_zero(differs)) / 8;
  }
  while (same < most && a[same] == b[same]) ++same;
  return same;
}

}  // namespace

void BlockBuilder::add(std::string_view internal_key, std::string_view value) {
  std::size_t shared = 0;
  if (since_restart_ == kRestartInterval || bytes_.empty()) {
    invariant(bytes_.size() <= std::numeric_limits<std::uint32_t>::max(), "restart offsets fit 32 bits", bytes_.size());
    restarts_.push_back(static_cast<std::uint32_t>(bytes_.size()));
    since_restart_ = 0;
  } else {
    shared = shared_bytes(last_key_, internal_key);
  }
  const std::string_view unshared = internal_key.substr(shared);
  if (shared < 0x80 && unshared.size() < 0x80 && value.size() < 0x80) {  // nearly always: sizes of one byte
    const std::size_t start = bytes_.size();
    const std::size_t end = start + 3 + unshared.size() + value.size();
    bytes_.resize_and_overwrite(end, [&](char* all, std::size_t) {
      char* to = all + start;
      *to++ = static_cast<char>(shared);
      *to++ = static_cast<char>(unshared.size());
      *to++ = static_cast<char>(value.size());
      std::memcpy(to, unshared.data(), unshared.size());
      std::memcpy(to + unshared.size(), value.data(), value.size());
      return end;
    });
  } else {
    put_varint(bytes_, shared);
    put_varint(bytes_, unshared.size());
    put_varint(bytes_, value.size());
    bytes_.append(unshared);
    bytes_.append(value);
  }
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
