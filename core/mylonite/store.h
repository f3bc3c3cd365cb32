// The store: what a program opens, writes, reads and closes.
//
//   mylonite::Options options;
//   options.data_dir = "my-data";
//   auto store = mylonite::Store::open(options);          // Result<std::unique_ptr<Store>>
//   auto stamp = (*store)->put("key", "value");           // Result<Timestamp>
//   auto value = (*store)->get("key");                    // Result<std::optional<std::string>>
//   auto closed = (*store)->close();
//
// Guarantees. A write that returned success survives a kill of the process; with wal_flush_every_write (default) a
// power loss too, unless its own WriteOptions say otherwise. After a power loss the store holds exactly the writes up
// to some stamp, at least every durable one, batches whole. A write that returned an error is not shown, but may be
// there after the next open, as a whole. After a failed file call the store goes on by itself: it replaces the log or
// the manifest that failed, and tries flushes and merges again. While flushes fail (a full disk), writes that need room
// in memory are refused with the disk's error; other writes and all reads go on. Data expires only under a policy that
// lets it (fifo, twcs): durably, and by stamps. Keys: 0 to 64 KiB of any bytes; values: 0 to 1 GiB. Order: unsigned
// bytes.
//
// Thread-safety: every method from any thread. close() waits for writes, syncs and flushes in progress; those that
// would have to wait get kClosed, as do all later calls. Sessions, iterators and snapshots own what they read. They may
// outlive the store, in any order, and other threads may use them meanwhile; they then return kClosed.
//
// A forked child cannot use its parent's store. Every call there returns kClosed, or nothing where it has no error to
// return, and touches nothing. Destroying the store there leaves it as it is, and leaks its memory.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <mylonite/components.h>
#include <mylonite/events.h>
#include <mylonite/ingest.h>
#include <mylonite/job_record.h>
#include <mylonite/key_bounds.h>
#include <mylonite/options.h>
#include <mylonite/repair.h>
#include <mylonite/session.h>
#include <mylonite/snapshot.h>
#include <mylonite/stats.h>
#include <mylonite/status.h>
#include <mylonite/tree.h>
#include <mylonite/write_batch.h>

namespace mylonite {

class Engine;
namespace vfs {
class FileSystem;
}

class Store {
 public:
  // On the real disk, in options.data_dir.
  // Errors.
  //   kInvalidArgument  an option, the registry of policies, the path
  //   kNotFound         the parent directory is absent
  //   kNotAStore        a file, a directory of other files, or nothing where nothing is to be made
  //   kAlreadyExists    error_if_exists, and there is a store
  //   kLocked, kCorruption, kUnsupported (a newer format), else that of the failed call
  static Result<std::unique_ptr<Store>> open(const Options& options, StoreComponents components = {});
  // On any filesystem: options.data_dir is a path in it. `fs` must outlive the store and its sessions, iterators and
  // snapshots: the last of them closes the last file.
  static Result<std::unique_ptr<Store>> open(vfs::FileSystem& fs, const Options& options,
                                             StoreComponents components = {});
  // For reading only: writes, flushes and merges are kReadOnly, and nothing in the directory changes, not even LOCK.
  // Requires that no other opener has the store open for writing. The compaction policy is ignored.
  static Result<std::unique_ptr<Store>> open_read_only(const Options& options, StoreComponents components = {});
  static Result<std::unique_ptr<Store>> open_read_only(vfs::FileSystem& fs, const Options& options,
                                                       StoreComponents components = {});
  // Removes the store's files, and its directory if nothing else is in it. Other files stay, and the directory with
  // them; that is success. Durable on success. After a crash on the way, an open finds the store whole, creates a new
  // one, or refuses with kCorruption; destroy() again ends it. An empty directory counts as the rest of a store. So
  // does what an unfinished creation left. A symbolic link is followed, and stays. Of the options only data_dir counts.
  // Errors: kLocked where the store is open, kNotFound, kNotAStore, else those of the calls. O(files).
  static Status destroy(const Options& options);
  static Status destroy(vfs::FileSystem& fs, const Options& options);
  // Makes a damaged store one that opens, and says what was lost (mylonite/repair.h). Blocks of tables and records of
  // logs that can be read are kept. Damaged files are kept too, under their names in the directory `lost` inside. A
  // sound store stays as it is; so does any store after kDryRun. After a crash on the way, repair() again. Needs room
  // for what it writes: as much as the logs and the damaged tables hold. Without a readable manifest: the whole store.
  // Errors: kLocked where the store is open, kNotAStore, kUnsupported (a newer format), kInvalidArgument, else those of
  // the calls. Reads every file.
  static Result<RepairReport> repair(const Options& options, RepairMode mode = RepairMode::kRepair);
  static Result<RepairReport> repair(vfs::FileSystem& fs, const Options& options,
                                     RepairMode mode = RepairMode::kRepair);
  ~Store();  // closes, and ignores errors
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  // Writes: each answers its stamp, and is visible to every read that begins afterwards.
  // Errors: kInvalidArgument for what is over its limit, kReadOnly, kClosed, kExhausted, else that of the failed call.
  // Complexity: O(log n) an operation in memory, and a share of the group's append and sync.
  Result<Timestamp> put(std::string_view key, std::string_view value, const WriteOptions& options = {});
  Result<Timestamp> remove(std::string_view key, const WriteOptions& options = {});
  // Every key in [low, high); without `high` every key from `low` on, at the cost of one range.
  Result<Timestamp> remove_range(std::string_view low, std::optional<std::string_view> high,
                                 const WriteOptions& options = {});
  // All or nothing, one stamp; the last of duplicate keys wins. An empty batch is no write: it answers the newest
  // stamp.
  Result<Timestamp> write(const WriteBatch& batch, const WriteOptions& options = {});

  // Reads, by a session of one call: contracts in mylonite/session.h.
  Result<std::optional<std::string>> get(std::string_view key, const ReadOptions& options = {});
  Result<bool> get_into(std::string_view key, std::string& value, const ReadOptions& options = {});
  Result<Session::Values> multi_get(std::span<const std::string_view> keys, const ReadOptions& options = {});
  Result<Session::Pairs> range(const KeyBounds& bounds, const ReadOptions& options = {});
  Result<std::uint64_t> approximate_size(const KeyBounds& bounds);
  Session session() const;  // for a thread that reads often
  Result<Snapshot> snapshot() const;
  Timestamp history_floor() const;  // reads as of earlier stamps are refused, but for those of live snapshots

  Status sync();   // everything acknowledged so far is durable on return
  Status flush();  // and in tables
  // Bulk load of sorted keys as one write (mylonite/ingest.h). Durable when it returns.
  Result<Timestamp> ingest(IngestSource& source);
  // Flushes, then makes a second store in the new directory `directory`: a path in this store's file system; on the
  // real disk, beside the store's directory. It holds everything acknowledged before the call, and shares the tables'
  // bytes.
  Status checkpoint(const std::string& directory);
  // Merge, whatever the policy, and return when the result is durable, and reads and levels() see it. Files of replaced
  // tables may still exist then. A file is removed when no read or iterator holds its table. The merge's thread removes
  // it just after the return; else the next flush or merge does, at the latest close(), or after a crash the next open.
  Status compact_level(std::uint32_t level);      // all of a level into the next one
  Status compact_range(const KeyBounds& bounds);  // what overlaps, with memtables, into the deepest overlapping level
  // From its return on merges are chosen by another policy of the registry that open() got. Merges that run go on. The
  // manifest records it, listeners hear of it, options() shows it; the next open uses what its own options say.
  // Errors: kInvalidArgument, kReadOnly, kClosed, that of the manifest. One manifest sync; waits while a
  // policy decides.
  Status set_compaction_policy(std::string_view text);
  Status close();  // durable on success; repeated calls return the first answer
  // For tests of programs: ends the store as a kill of the process would, without closing it. Calls in progress end,
  // those that wait get kClosed, threads end, the lock is free. On return nothing more is written, flushed, synced or
  // removed, not by the destructor either; every call is kClosed, close() too. The next open recovers. No effect after
  // close().
  void abandon();

  std::vector<Level> levels() const;           // the tree now, level 0 first; O(tables)
  std::vector<JobRecord> compactions() const;  // the last merges and why each was chosen, oldest first
  StoreStats stats() const;
  const RecoveryReport& recovery() const;
  // As opened, but for the policy in force. What is returned lives as long as the store, and does not change.
  const Options& options() const;

 private:
  friend struct StoreInternals;
  explicit Store(std::unique_ptr<Engine> engine);
  static Result<std::unique_ptr<Store>> open_with(std::shared_ptr<vfs::FileSystem> fs, const Options& options,
                                                  StoreComponents components, bool read_only);

  const std::unique_ptr<Engine> engine_;
};

}  // namespace mylonite
