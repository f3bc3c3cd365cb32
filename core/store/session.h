// Reads. A Session is one reader's view of an open store: it knows the stamp of its last read, and later what keeps
// memory safe without locks. A program keeps one session a thread; Store has a default one for simple calls.
//
// Every read sees one moment: all writes up to a stamp, none after it. `read_at()` names it. A read `as_of` an older
// stamp repeats what was visible then.
// Thread-safety: one thread a session (and the iterators it made); any number of sessions side by side.
// Errors: kClosed after close(); kOutOfRange for an as_of in the future, or in a past that is no longer kept;
// kCorruption naming file and offset.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/format/iterator.h"
#include "core/format/range_tombstones.h"
#include "core/iter/visible_iterator.h"
#include "core/store/explain.h"
#include "core/store/shared_state.h"

namespace mylonite {

struct ReadOptions {
  std::optional<Timestamp> as_of;  // empty: now; else not below the store's history_floor()
};

// A cursor over visible keys, in both directions. New: not valid, seek first. Once not valid, look at status().
// Pins what it reads: flushes and removed files do not disturb it. After close(): not valid, status kClosed.
class Iterator {
 public:
  Iterator(std::shared_ptr<const SharedState> state, std::shared_ptr<const ReadState> pinned,
           std::unique_ptr<VisibleIterator> cursor, Timestamp read_at);

  bool valid() const { return open() && cursor_->valid(); }
  void seek_to_first();
  void seek_to_last();
  void seek(std::string_view key);  // to the first key ≥ `key`
  void next();                      // requires valid(), as prev, key and value do
  void prev();
  std::string_view key() const { return cursor_->key(); }
  std::string_view value() const { return cursor_->value(); }
  Status status() const;
  Timestamp read_at() const { return read_at_; }

 private:
  bool open() const { return !state_->closed.load(std::memory_order_acquire); }

  std::shared_ptr<const SharedState> state_;
  std::shared_ptr<const ReadState> pinned_;
  std::unique_ptr<VisibleIterator> cursor_;
  Timestamp read_at_;
};

class Session {
 public:
  explicit Session(std::shared_ptr<const SharedState> state) : state_(std::move(state)) {}

  // Empty optional: the key is absent. O(memtables · log n + runs).
  Result<std::optional<std::string>> get(std::string_view key, const ReadOptions& options = {});
  Result<std::unique_ptr<Iterator>> iterator(const KeyBounds& bounds = {}, const ReadOptions& options = {});
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  Result<Pairs> range(const KeyBounds& bounds, const ReadOptions& options = {});
  // What get() would return, and why: which sources were asked, and what each said. Counts as no read.
  Result<GetExplanation> explain(std::string_view key, const ReadOptions& options = {});
  // All that is kept up to the read's stamp, of one moment: for tools and checkers.
  struct History {
    std::unique_ptr<InternalIterator> entries;  // every version of every key, internal keys, tombstones too
    std::vector<RangeTombstone> range_deletes;  // disjoint fragments
  };
  Result<History> history();

  Timestamp read_at() const { return read_at_; }  // of the last read of this session

 private:
  struct View {
    std::shared_ptr<const ReadState> state;
    Timestamp at;
  };
  Result<View> view(const ReadOptions& options);
  Error told(const Error& error) const;  // what the caller is told of a read that failed

  std::shared_ptr<const SharedState> state_;
  Timestamp read_at_;
};

}  // namespace mylonite
