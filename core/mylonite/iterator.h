// A cursor over the visible keys of a store at one moment, in both directions.
//
// A new cursor is not valid: seek first. When it is not valid, check status(). It pins what it reads, so flushes and
// removed files do not affect it. After the store's close or destruction it is not valid, and its status is kClosed.
// Thread-safety: one thread an object, that of its session. key() and value() are readable until it moves.
// Complexity: a step costs one step of memtables and tables for each version of each key passed.
#pragma once

#include <atomic>
#include <memory>
#include <string_view>

#include <mylonite/status.h>
#include <mylonite/timestamp.h>

namespace mylonite {

struct EngineState;
struct ReadState;
class VisibleIterator;

class Iterator {
 public:
  ~Iterator();
  Iterator(const Iterator&) = delete;
  Iterator& operator=(const Iterator&) = delete;

  bool valid() const { return stands_ && open(); }
  void seek_to_first();
  void seek_to_last();
  void seek(std::string_view key);  // to the first key ≥ `key`
  void next();                      // requires valid(), as prev, key and value do
  void prev();
  std::string_view key() const { return key_; }
  std::string_view value() const;
  Status status() const;
  Timestamp read_at() const { return read_.at; }
  const ReadMoment& moment() const { return read_; }

 private:
  friend class Session;  // makes it
  Iterator(std::shared_ptr<const EngineState> state, std::shared_ptr<const ReadState> pinned,
           std::unique_ptr<VisibleIterator> cursor, const ReadMoment& read);
  bool open() const { return !closed_.load(std::memory_order_acquire); }
  bool usable();  // open, and not in a forked child
  void look();    // reads the cursor's position

  const std::shared_ptr<const EngineState> state_;
  const std::shared_ptr<const ReadState> pinned_;
  const std::unique_ptr<VisibleIterator> cursor_;
  const ReadMoment read_;
  const std::atomic<bool>& closed_;  // the state's
  bool stands_ = false;              // on a key: `key_`, the cursor's
  std::string_view key_;
};

}  // namespace mylonite
