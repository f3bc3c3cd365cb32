// A block: a sorted run of (internal key, value) entries, the unit that tables read and check.
//
//   +---------+---------+-----+----------------------------+---------------------+
//   | entry 0 | entry 1 | ... | fixed32 restart offset × n | fixed32: n (≥ 1)    |
//   +---------+---------+-----+----------------------------+---------------------+
//   entry:  | varint shared | varint unshared | varint value bytes | unshared key bytes | value |
//
// An entry's key starts with `shared` bytes of the key before it. Every kRestartInterval entries one is a restart: it
// shares nothing, and its offset is listed. A seek bisects the restarts and then walks. This is the layout of LevelDB's
// table_format, with a varint for values of any size.
//
// The reader accepts any bytes: an undecodable entry makes the cursor invalid with kCorruption, never undefined
// behaviour. It does not check that keys increase; the checksum around a block and TableReader::verify() do.
// Thread-safety: a Block is immutable; a builder or an iterator is for one thread. Sizes in bytes.
// Complexity: seek O(log restarts + interval), next O(1), prev O(interval).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <mylonite/status.h>

#include "core/format/iterator.h"

namespace mylonite {

inline constexpr std::size_t kRestartInterval = 16;

class BlockBuilder {
 public:
  // Keys must come in strictly increasing order: the caller's invariant.
  void add(std::string_view internal_key, std::string_view value);
  bool empty() const { return bytes_.empty(); }
  std::size_t bytes() const;  // of the payload that finish() would return
  std::string_view finish();  // the payload, readable until reset(); at least one entry was added
  void reset();

 private:
  std::string bytes_;
  std::vector<std::uint32_t> restarts_;
  std::size_t since_restart_ = 0;
  std::string last_key_;
};

class Block {
 public:
  static Result<Block> parse(std::string payload);

  std::size_t bytes() const { return payload_.size(); }
  std::string_view entries() const { return std::string_view(payload_).substr(0, entries_bytes_); }
  std::size_t restarts() const { return restarts_; }
  std::size_t restart_offset(std::size_t i) const;

 private:
  Block(std::string payload, std::size_t entries_bytes, std::size_t restarts)
      : payload_(std::move(payload)), entries_bytes_(entries_bytes), restarts_(restarts) {}

  std::string payload_;
  std::size_t entries_bytes_;
  std::size_t restarts_;
};

class BlockIterator final : public InternalIterator {
 public:
  explicit BlockIterator(std::shared_ptr<const Block> block);

  bool valid() const override { return valid_; }
  void seek_to_first() override;
  void seek_to_last() override;
  void seek(std::string_view internal_key) override;
  void next() override;
  void prev() override;
  std::string_view key() const override { return key_; }
  std::string_view value() const override { return value_; }
  Status status() const override { return status_; }

 private:
  bool fail();                              // makes the cursor invalid with an error; false
  bool go_to_restart(std::size_t restart);  // the next read_entry() reads that entry
  bool read_entry();                        // the one at next_offset_; false at the end and on damage

  std::shared_ptr<const Block> block_;
  std::string_view entries_;
  std::size_t offset_ = 0;       // of the current entry
  std::size_t next_offset_ = 0;  // of the one after it
  bool valid_ = false;
  std::string key_;
  std::string_view value_;
  Status status_;
};

}  // namespace mylonite
