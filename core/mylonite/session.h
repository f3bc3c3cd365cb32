// Reads. A Session is one reader's view of an open store: it knows the stamp of its last read. A program keeps one
// session a thread; Store has a default one for simple calls.
//
// Every read sees one moment: all writes up to a stamp, none after it. `read_at()` returns the stamp. A read `as_of` an
// older stamp repeats what was visible then, but for what has expired since (policies fifo and twcs). A session owns
// what it reads and may outlive the store.
// Thread-safety: one thread a session (and its iterators); any number of sessions side by side.
// Errors: kClosed after close() or the store's destruction; kOutOfRange for an as_of in the future, or before the kept
// history; kCorruption with file and offset.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <mylonite/explain.h>
#include <mylonite/iterator.h>
#include <mylonite/key_bounds.h>
#include <mylonite/snapshot.h>
#include <mylonite/status.h>
#include <mylonite/timestamp.h>

namespace mylonite {

class Session {
 public:
  // Empty optional: the key is absent. O(memtables · log n + runs).
  Result<std::optional<std::string>> get(std::string_view key, const ReadOptions& options = {});
  // The same into the caller's buffer, which is given no new memory where its capacity suffices. False: the key is
  // absent. `value` is empty unless the answer is true. For many reads of values of about one size.
  Result<bool> get_into(std::string_view key, std::string& value, const ReadOptions& options = {});
  // The values of all keys at one moment, in the order of `keys`, which may repeat and need no order; empty: absent. An
  // error is one of the whole. Cost: one view of the store, and a get() a key.
  using Values = std::vector<std::optional<std::string>>;
  Result<Values> multi_get(std::span<const std::string_view> keys, const ReadOptions& options = {});
  Result<std::unique_ptr<Iterator>> iterator(const KeyBounds& bounds = {}, const ReadOptions& options = {});
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  Result<Pairs> range(const KeyBounds& bounds, const ReadOptions& options = {});
  // About how many bytes of table files the range takes: 0 when it is empty, and where no table overlaps it. A range
  // that holds another never takes less. Parts that make up a range have its sum. The error is two data blocks a table
  // at most; what a table keeps beside its data counts with its last key. Memtables do not count.
  // Reads indexes, no data: O(runs · log n + tables in the range).
  Result<std::uint64_t> approximate_size(const KeyBounds& bounds);
  // The result of get(), and why: the sources it read, and what each holds. Counters ignore it.
  Result<GetExplanation> explain(std::string_view key, const ReadOptions& options = {});

  // Of the last read of this session.
  Timestamp read_at() const { return read_.at; }
  const ReadMoment& moment() const { return read_; }

 private:
  friend class Store;  // makes it
  friend struct StoreInternals;
  explicit Session(std::shared_ptr<EngineState> state) : state_(std::move(state)) {}

  struct View {
    std::shared_ptr<const ReadState> state;
    ReadMoment moment;
  };
  Result<View> view(const ReadOptions& options);
  Result<bool> look_up(const View& from, std::string_view key, std::string& value);
  Error error_of_read(const Error& error) const;

  std::shared_ptr<EngineState> state_;
  ReadMoment read_;
};

}  // namespace mylonite
