// The simulation's replacement of the operating system's threads and clocks. Null in production.
//
// The engine never sees this interface: it uses rt.h. One simulated thread runs at a time; every call below may switch
// to another. sim/machine/scheduler.h implements it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

namespace mylonite::rt {

class Mutex;
class CondVar;

// Units of processor work that the engine reports. A simulation may give them a price in virtual time; in production
// nothing happens.
enum class Work : std::uint8_t {
  kLogBytes,         // a byte of the log: encoded, summed, copied
  kMemtableInsert,   // an entry
  kMemtableSeek,     // a lookup or the seek of a cursor
  kTableEntry,       // an entry added to a table, its filter included
  kTableBytes,       // a byte of a table's blocks: copied, summed
  kBlockBytes,       // a byte of a block that was read: summed, parsed
  kCompressBytes,    // an uncompressed byte
  kDecompressBytes,  // an uncompressed byte
  kFilterProbe,      // a key asked of a filter
  kBlockSeek,        // the seek of a cursor in a block
  kMergeMatch,       // a comparison of two sources, per step of a merging cursor
};
inline constexpr std::size_t kWorks = static_cast<std::size_t>(Work::kMergeMatch) + 1;

class Scheduler {
 public:
  virtual ~Scheduler() = default;

  virtual void lock(Mutex& mutex) = 0;
  virtual bool try_lock(Mutex& mutex) = 0;
  virtual void unlock(Mutex& mutex) = 0;
  // Releases the mutex, sleeps until a notification or the deadline, and takes the mutex again. It may wake spuriously,
  // as real condition variables do. Returns false when the deadline passed.
  virtual bool wait(CondVar& condition, Mutex& mutex, std::uint64_t deadline_ns) = 0;
  virtual void notify(CondVar& condition, bool all) = 0;

  virtual int start(std::string name, std::function<void()> body) = 0;  // a thread id, > 0
  virtual void join(int thread) = 0;

  virtual void point(const char* where) = 0;
  virtual void mark(const char* name) = 0;
  virtual void work(Work kind, std::uint64_t count) = 0;

  virtual std::uint64_t monotonic_ns() = 0;
  virtual std::uint64_t wall_ticks() = 0;
  virtual void sleep_until(std::uint64_t deadline_ns) = 0;
  virtual std::uint64_t entropy64() = 0;
};

inline constexpr std::uint64_t kNever = UINT64_MAX;  // no deadline

// The scheduler of the current OS thread; null outside simulations. Every lock reads it. The initial-exec model makes
// that one load in a shared object too, at the price of 8 bytes of the static TLS block.
[[gnu::tls_model("initial-exec")]] inline constinit thread_local Scheduler* current_scheduler = nullptr;

}  // namespace mylonite::rt
