// A program's own store under the simulator: what the simulator asks of it, and what it holds the store to.
//
//   class MyStore final : public mylonite::sim::StoreUnderTest { ... };
//   int main(int argc, char** argv) {
//     return mylonite::sim::run_program(argc, argv, {.name = "my-sim", .store = open_my_store});
//   }
//
// The simulator opens the store on a simulated disk and lets several clients work. It crashes the store at file calls,
// opens it again and checks what it holds. tests/examples/own_store.h is a store of this kind.
//
// The contract.
//   Stamps       Every batch gets one stamp, above every stamp given since the open and above what the open found. The
//                stamp of a write that a crash took back may be given again. A batch without operations gets none: its
//                write answers the newest stamp.
//   Witness      The store calls stamped() for each batch in the order of stamps, before the write can be visible or
//                durable, and before it answers.
//   Reads        A read sees one moment: every write up to a stamp and none after it. It answers with that stamp. The
//                stamp is not below that of any write or read that returned before the read began.
//   Process kill A write is in the file (appended, not only in memory) before it is acknowledged and before any read
//                sees it. So a kill of the process takes back none of these.
//   Power loss   Where options.wal_flush_every_write is set, a write is durable before it is acknowledged and before
//                any read sees it. Otherwise it is durable once a sync() that began after its answer returned success,
//                or close() did.
//   Cut          After a crash the store holds the writes up to some stamp, and none after it. That stamp is `newest`
//                of contents(). Only writes that failed or that nobody was owed may be missing below it. A batch is
//                whole or absent. What open() found is durable when it returns: no later crash takes it back.
//   Errors       On a healthy disk nothing fails, and open() needs no help after a crash. Once a file call failed,
//                writes, syncs and close() may answer kIo, kNoSpace or kReadOnly until the store is opened again. A
//                read may only if a file call failed while it ran. A write that failed may be there after the next
//                open, as a whole.
//   Lies         Some disks acknowledge a sync and do nothing. After a power loss of such a disk the store may answer
//                kCorruption or kReadOnly. What it does show is whole batches that were written.
//   Closing      close() may come while clients work. It waits for calls in progress; calls after it answer kClosed.
//
// The operations: puts, removes, batches of both and of ranges, ranges to the end, gets, scans either way, syncs.
//
// Two traps for a store with a log. A sector that was lost may show what an older file held there, even a record that
// was valid then: let a record's checksum depend on the records before it, back to a number that no other file has.
// After a sync that failed, the file's bytes may be gone though reads show them, and a second sync covers only what is
// written anew: write them again, or write no more.
//
// Clients call the store from several fibers at once, which switch at file calls and at locks: <mylonite/mutex.h> is a
// lock for it, std::mutex is not. Everything the store does must follow from its calls: no clock, thread, randomness or
// file of its own, and nothing kept in globals. It reaches its files through the FileSystem alone, below
// options.data_dir, which it makes where it is absent.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <mylonite/file_system.h>
#include <mylonite/key_bounds.h>
#include <mylonite/options.h>
#include <mylonite/status.h>
#include <mylonite/timestamp.h>
#include <mylonite/write_batch.h>

namespace mylonite::sim {

// Hears of every write. Must not be called after close() returned.
class WriteWitness {
 public:
  virtual ~WriteWitness() = default;
  virtual void stamped(Timestamp at, const WriteBatch& batch) = 0;  // the batch as it was given to write()
};

// What a read found, and the stamp of the moment that it saw.
template <class T>
struct Answer {
  T value;
  Timestamp at;
  Timestamp expired_through{};   // what was written up to here has expired: of Mylonite only
  std::shared_ptr<void> held{};  // what the store keeps for this read, such as a cursor; let go once it was checked

  ReadMoment moment() const { return {at, expired_through}; }
};
using StoredValue = std::optional<std::string>;                        // empty: absent
using StoredPairs = std::vector<std::pair<std::string, std::string>>;  // key and value, in the order of the scan

struct ScanRange {
  KeyBounds bounds{};
  std::uint64_t limit = UINT64_MAX;  // pairs at most
  bool backward = false;             // from the highest key down
};

// All that a store holds, of one moment. A store that keeps one version a key leaves the last two members as they are.
struct StoreContents {
  struct Entry {
    std::string key;
    Timestamp at;
    std::optional<std::string> value;  // empty: a removal; need not be listed
  };
  // A range delete that the store keeps as such. It removes what is older in [low, high), and no entry says so.
  struct RangeDelete {
    std::string low;
    std::string high;
    Timestamp at;
  };

  std::vector<Entry> entries{};              // by key, then newest first
  Timestamp newest{};                        // every write up to it is in
  std::vector<RangeDelete> range_deletes{};  // in any order
  Timestamp expired_through{};               // as in Answer
  std::optional<Timestamp> history_floor{};  // superseded versions above it are still there; empty: none are kept
};

class StoreUnderTest {
 public:
  virtual ~StoreUnderTest() = default;  // after close(), or where the machine died

  virtual Result<Timestamp> write(const WriteBatch& batch) = 0;
  virtual Result<Answer<StoredValue>> get(std::string_view key) = 0;
  virtual Result<Answer<StoredPairs>> scan(const ScanRange& range) = 0;
  virtual Status sync() = 0;                     // all that was acknowledged before the call is durable
  virtual Result<StoreContents> contents() = 0;  // asked for right after an open, when nobody writes
  virtual Status close() = 0;
};

// Opens the store in options.data_dir, a new one where there is none. The file system and the witness outlive the
// store. Options that the store does not know are to be ignored: they differ at every open.
using StoreFactory = std::function<Result<std::unique_ptr<StoreUnderTest>>(vfs::FileSystem& fs, const Options& options,
                                                                           WriteWitness& witness)>;

}  // namespace mylonite::sim
