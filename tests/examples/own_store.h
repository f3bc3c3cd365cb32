// A program's own store under the simulator: a log of records in one file, and a sorted map in memory. It uses public
// headers only, and is right as it stands. Each `Mistake` plants a bug that such stores have had in earnest.
//
// A write appends one record: checksum, size, stamp, operations. The checksum hangs on all records before it, and the
// first record counts the opens: what a lost sector shows of an older file does not fit. An open replays the log up to
// the first record that is not whole, writes what it found into a fresh log, as one record, and renames it over the old
// one. The fresh log is synced before the rename, and the directory after it, so nothing hangs on bytes that a failed
// sync may have lost.
// Thread-safety: any thread. Every call holds one lock from its beginning to its end.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <mylonite/mutex.h>
#include <mylonite/sim/store_under_test.h>

namespace own_store {

namespace vfs = mylonite::vfs;
using mylonite::BatchOperation;
using mylonite::Code;
using mylonite::Error;
using mylonite::Options;
using mylonite::Result;
using mylonite::Status;
using mylonite::Timestamp;
using mylonite::WriteBatch;
using mylonite::sim::Answer;
using mylonite::sim::ScanRange;
using mylonite::sim::StoreContents;
using mylonite::sim::StoredPairs;
using mylonite::sim::StoredValue;
using mylonite::sim::StoreFactory;
using mylonite::sim::StoreUnderTest;
using mylonite::sim::WriteWitness;

enum class Mistake { kNone, kNameNotSynced, kAnswersEarly, kTakesTornRecords, kKeepsTheEnd, kReadsAfterClose };

inline void add_number(std::string& to, std::uint64_t number) {
  for (int byte = 0; byte < 8; ++byte) to += static_cast<char>(number >> (8 * byte));
}
inline void add_text(std::string& to, std::string_view text) {
  add_number(to, text.size());
  to += text;
}
inline bool take_number(std::string_view& from, std::uint64_t& number) {
  if (from.size() < 8) return false;
  number = 0;
  for (int byte = 7; byte >= 0; --byte) number = number << 8 | static_cast<unsigned char>(from[std::size_t(byte)]);
  from.remove_prefix(8);
  return true;
}
inline bool take_text(std::string_view& from, std::string_view& text) {
  std::uint64_t size = 0;
  if (!take_number(from, size) || size > from.size()) return false;
  text = from.substr(0, size);
  from.remove_prefix(size);
  return true;
}
inline std::uint64_t checksum(std::string_view bytes, std::uint64_t after) {  // FNV-1a
  std::uint64_t hash = 0xcbf29ce484222325 ^ after;
  for (const char each : bytes) hash = (hash ^ static_cast<unsigned char>(each)) * 0x100000001b3;
  return hash;
}

class OwnStore final : public StoreUnderTest {
 public:
  OwnStore(vfs::FileSystem& fs, const Options& options, WriteWitness& witness, Mistake mistake)
      : fs_(fs), options_(options), witness_(witness), mistake_(mistake) {}

  Status open() {
    if (Status done = make_directory(); !done.ok()) return done;
    if (Status done = replay(); !done.ok()) return done;
    return write_fresh_log();
  }

  Result<Timestamp> write(const WriteBatch& batch) override {
    const std::scoped_lock lock(mutex_);
    if (Status open = may_write(); !open.ok()) return open.error();
    if (batch.count() == 0) return newest_;
    const Timestamp at{newest_.ticks + 1};
    witness_.stamped(at, batch);
    std::string body;
    add_number(body, at.ticks);
    for (const BatchOperation& each : batch.operations()) add_operation(body, at, each);
    Status done = log_->append(record(body));
    const bool sync_now = options_.wal_flush_every_write && mistake_ != Mistake::kAnswersEarly;
    if (done.ok() && sync_now) done = log_->sync(vfs::SyncKind::kDataAndSize);
    stopped_ = !done.ok();
    if (!done.ok()) return done.error();
    for (const BatchOperation& each : batch.operations()) apply(at, each);
    newest_ = at;
    return at;
  }

  Result<Answer<StoredValue>> get(std::string_view key) override {
    const std::scoped_lock lock(mutex_);
    if (closed_ && mistake_ != Mistake::kReadsAfterClose) return Error(Code::kClosed, "the store is closed");
    const auto found = entries_.find(key);
    return Answer<StoredValue>{found == entries_.end() ? StoredValue() : found->second.value, newest_};
  }

  Result<Answer<StoredPairs>> scan(const ScanRange& range) override {
    const std::scoped_lock lock(mutex_);
    if (closed_) return Error(Code::kClosed, "the store is closed");
    const auto [first, last] = between(range.bounds.low, range.bounds.high);
    Answer<StoredPairs> found{{}, newest_};
    for (auto at = first; at != last; ++at) found.value.emplace_back(at->first, at->second.value);
    if (range.backward) std::ranges::reverse(found.value);
    if (found.value.size() > range.limit) found.value.resize(range.limit);
    return found;
  }

  Status sync() override {
    const std::scoped_lock lock(mutex_);
    if (Status open = may_write(); !open.ok()) return open;
    const Status done = log_->sync(vfs::SyncKind::kDataAndSize);
    stopped_ = !done.ok();
    return done;
  }

  Result<StoreContents> contents() override {
    const std::scoped_lock lock(mutex_);
    StoreContents all{.newest = newest_};
    for (const auto& [key, entry] : entries_) all.entries.push_back({.key = key, .at = entry.at, .value = entry.value});
    return all;
  }

  Status close() override {
    if (Status done = sync(); !done.ok()) return done;
    const std::scoped_lock lock(mutex_);
    closed_ = true;
    return log_->close();
  }

 private:
  struct Entry {
    std::string value;
    Timestamp at;
  };
  using Entries = std::map<std::string, Entry, std::less<>>;

  std::string path(const char* name) const { return options_.data_dir + "/" + name; }

  Status make_directory() {
    const auto there = fs_.stat(options_.data_dir);
    if (!there.ok()) return there.error();
    if (!*there) {
      if (Status done = fs_.make_directory(options_.data_dir); !done.ok()) return done;
    }
    const std::size_t slash = options_.data_dir.rfind('/');
    return fs_.sync_directory(slash == std::string::npos ? "" : options_.data_dir.substr(0, slash));
  }

  Status replay() {
    const auto there = fs_.stat(path("log"));
    if (!there.ok()) return there.error();
    if (!*there) return {};
    auto file = fs_.open(path("log"), vfs::OpenMode::kRead);
    if (!file.ok()) return file.error();
    std::string bytes((*there)->size, '\0');
    const auto size = (*file)->read_at(0, bytes);
    if (!size.ok()) return size.error();
    std::string_view rest = std::string_view(bytes).substr(0, *size);
    while (replay_record(rest)) continue;
    return {};
  }

  // False: the log ends here, or what follows is not whole.
  bool replay_record(std::string_view& rest) {
    std::uint64_t sum = 0;
    std::string_view body;
    if (!take_number(rest, sum) || !take_text(rest, body)) return false;
    if (checksum(body, last_sum_) != sum && mistake_ != Mistake::kTakesTornRecords) return false;
    const bool first = last_sum_ == 0;
    last_sum_ = sum;
    if (!take_number(body, newest_.ticks) || (first && !take_number(body, opens_))) return false;
    while (!body.empty()) {
      Timestamp at;
      std::uint64_t kind = 0;
      BatchOperation each;
      if (!take_number(body, at.ticks) || !take_number(body, kind)) return false;
      each.kind = static_cast<BatchOperation::Kind>(kind);
      std::string_view second;  // the value, or where a range ends; empty there: nowhere
      if (!take_text(body, each.key) || !take_text(body, second)) return false;
      each.value = second;
      if (each.kind == BatchOperation::Kind::kRemoveRange && !second.empty()) each.high = second;
      apply(at, each);
    }
    return true;
  }

  Status write_fresh_log() {
    const auto left_over = fs_.stat(path("fresh"));
    if (!left_over.ok()) return left_over.error();
    if (*left_over) {
      if (Status done = fs_.remove(path("fresh")); !done.ok()) return done;
    }
    auto file = fs_.open(path("fresh"), vfs::OpenMode::kCreateExclusive);
    if (!file.ok()) return file.error();
    log_ = std::move(*file);
    last_sum_ = 0;
    std::string body;
    add_number(body, newest_.ticks);
    add_number(body, ++opens_);
    for (const auto& [key, entry] : entries_) add_operation(body, entry.at, {.key = key, .value = entry.value});
    if (Status done = log_->append(record(body)); !done.ok()) return done;
    if (Status done = log_->sync(vfs::SyncKind::kDataAndSize); !done.ok()) return done;
    if (Status done = fs_.rename(path("fresh"), path("log")); !done.ok()) return done;
    return mistake_ == Mistake::kNameNotSynced ? Status() : fs_.sync_directory(options_.data_dir);
  }

  static void add_operation(std::string& body, Timestamp at, const BatchOperation& operation) {
    add_number(body, at.ticks);
    add_number(body, static_cast<std::uint64_t>(operation.kind));
    add_text(body, operation.key);
    add_text(body,
             operation.kind == BatchOperation::Kind::kRemoveRange ? operation.high.value_or("") : operation.value);
  }

  std::string record(std::string_view body) {
    std::string bytes;
    last_sum_ = checksum(body, last_sum_);
    add_number(bytes, last_sum_);
    add_text(bytes, body);
    return bytes;
  }

  void apply(Timestamp at, const BatchOperation& operation) {
    using Kind = BatchOperation::Kind;
    if (operation.kind == Kind::kPut) entries_[std::string(operation.key)] = {std::string(operation.value), at};
    if (operation.kind == Kind::kRemove) entries_.erase(std::string(operation.key));
    if (operation.kind != Kind::kRemoveRange) return;
    if (!operation.high && mistake_ == Mistake::kKeepsTheEnd) return;
    const auto [first, last] =
        between(operation.key, operation.high ? std::optional(std::string(*operation.high)) : std::nullopt);
    entries_.erase(first, last);
  }

  std::pair<Entries::iterator, Entries::iterator> between(std::string_view low,
                                                          const std::optional<std::string>& high) {
    const auto first = entries_.lower_bound(low);
    if (high && *high <= low) return {first, first};
    return {first, high ? entries_.lower_bound(*high) : entries_.end()};
  }

  Status may_write() const {
    if (closed_) return Error(Code::kClosed, "the store is closed");
    if (stopped_) return Error(Code::kReadOnly, "a write or sync failed; open the store again");
    return {};
  }

  vfs::FileSystem& fs_;
  const Options options_;
  WriteWitness& witness_;
  const Mistake mistake_;
  mylonite::Mutex mutex_;
  std::unique_ptr<vfs::File> log_{};  // unguarded: every call holds mutex_
  Entries entries_{};                 // unguarded: likewise
  Timestamp newest_{};                // unguarded: likewise
  std::uint64_t opens_ = 0;           // unguarded: likewise
  std::uint64_t last_sum_ = 0;        // unguarded: likewise; of the record before, 0 before the first
  bool stopped_ = false;              // unguarded: likewise
  bool closed_ = false;               // unguarded: likewise
};

inline StoreFactory own_store(Mistake mistake = Mistake::kNone) {
  return [mistake](vfs::FileSystem& fs, const Options& options,
                   WriteWitness& witness) -> Result<std::unique_ptr<StoreUnderTest>> {
    auto store = std::make_unique<OwnStore>(fs, options, witness, mistake);
    if (Status done = store->open(); !done.ok()) return done.error();
    return store;
  };
}

}  // namespace own_store
