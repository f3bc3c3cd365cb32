// A simulated computer in a program's hands: a disk, a clock, and one process that the program drives call by call.
//
//   Computer computer({.seed = 7});
//   Store* store = nullptr;  // of the process
//   computer.run([&] { store = Store::open(computer.files(), options)->release(); });
//   computer.crash_at({.when = faultfs::nth(3, faultfs::calls({faultfs::CallKind::kSync})), .image_seed = 1});
//   const auto stamp = computer.answer([&] { return store->put("key", "value"); });
//   if (!stamp) { /* the power failed in it: the next run() is of a new process, on the disk that is left */ }
//
// The process. run() carries out a call on a fiber, the client. What it starts as threads (core/rt) are fibers too.
// They run while a call is in progress, as a schedule drawn from the seed says, and stand still between calls. Virtual
// time passes with steps and sleeps only. A crash ends the process where it stands: nothing of it is destroyed, and the
// next run() is the first call of a new process on the disk that the crash left.
//
// Memory. What a call allocates is the process's, and dies with it. What is for the program outside is copied out:
// answer() does so with what the call returns, outside() runs code whose memory is the program's. An object of the
// process is destroyed inside a call; where the process died, it is let go undestroyed. (In a program that does not
// link mylonite::machine_heap, dead processes leak.)
//
// Invariants: equal options, disks and calls give equal traces, on every machine and compiler. Calls do not nest.
// Thread-safety: one thread an object; at most 256 processes live in a program, see can_start(). Units: nanoseconds of
// virtual time. Complexity: a call costs about half a microsecond beside its own work.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <mylonite/faultfs/choice.h>
#include <mylonite/faultfs/crash.h>
#include <mylonite/faultfs/disk.h>
#include <mylonite/faultfs/injector.h>
#include <mylonite/file_system.h>
#include <mylonite/status.h>

namespace mylonite::sim {

struct ComputerOptions {
  std::uint64_t seed = 0;  // of the schedule and the entropy of each process
  faultfs::NameOrder names = faultfs::NameOrder::kOrdered;
  std::uint64_t sync_ns = 0;  // virtual time that a sync takes; other threads run meanwhile
  std::uint64_t wall_start_ticks = 17'672'256'000'000'000;  // 2026-01-01
  faultfs::RoleOf role_of = [](std::string_view) { return "file"; };
  bool keeps_calls = false;  // calls() lists every file call
};

// No memory: the call threw std::bad_alloc, and the process was killed. (Any other exception of a call, and every one
// of another thread, ends the program.)
enum class CallEnd : std::uint8_t { kReturned, kCrashed, kDeadlock, kLivelock, kNoMemory };

// A crash that is to come.
struct CrashOrder {
  faultfs::When when;            // the file call in which it comes
  bool after = false;            // after the call's effect, before it returns
  bool power_loss = true;        // false: the process is killed, the operating system lives
  std::uint64_t image_seed = 0;  // of the fates at a power loss
};

// Copies that share no memory with the original.
template <class T>
T detached(const T& value) {
  return value;
}
template <class T>
Result<T> detached(const Result<T>& result) {
  if (result.ok()) return result;
  return result.error().detached();
}

struct FileCall {
  std::string text;  // "append db/wal-1.log 45 B"
  std::string kind;  // faultfs::call_kind_name
  std::string role;  // of the file
  std::string path;
  std::string result;  // the error, the fault that struck, or the crash; empty: success
};

class Computer {
 public:
  // With a copy of the disk, which no process holds or locks.
  explicit Computer(ComputerOptions options, const faultfs::Disk& disk = faultfs::Disk());
  ~Computer();
  Computer(const Computer&) = delete;
  Computer& operator=(const Computer&) = delete;

  // Whether one more process can start. kExhausted: 256 live; kNoSpace: the program may not have the addresses.
  static Status can_start();

  // The file system of the living process: for use inside calls, and by what they make.
  vfs::FileSystem& files();

  CallEnd run(const std::function<void()>& call);
  static void outside(const std::function<void()>& work);
  // What the call returned; empty: last_end() says why it did not.
  template <class Call>
  std::optional<std::invoke_result_t<Call&>> answer(Call call) {
    std::optional<std::invoke_result_t<Call&>> copied;
    run([&] {
      const auto made = call();
      outside([&] { copied.emplace(detached(made)); });
    });
    return copied;
  }
  CallEnd last_end() const;
  const std::string& story() const;  // of the last deadlock or livelock: the state of each thread

  // The process ends here, with or without the operating system. Each starts from the disk as it is.
  void kill();
  void lose_power(std::uint64_t image_seed);
  void lose_power(const std::vector<faultfs::Choice>& fates);  // as listed; what is not, is kept
  bool lives() const;                                          // a process does; run() and files() start one
  std::uint64_t processes() const;                             // so far: the number of the last one
  const std::vector<faultfs::Choice>& fates() const;           // of the last power loss: what did not survive whole

  void crash_at(CrashOrder order);  // in place of an earlier order; it stays until it comes
  void cancel_crash();
  void inject(faultfs::Injector injector);  // beside earlier ones, which come first
  void stop_faults();
  const std::vector<faultfs::PlacedFault>& struck() const;  // so far

  const ComputerOptions& options() const;
  const faultfs::Disk& disk() const;  // also while the process lives
  std::uint64_t now_ns() const;
  std::uint64_t file_calls() const;  // so far
  const std::vector<FileCall>& calls() const;
  std::string trace_hash() const;  // of all so far

 private:
  struct State;
  class Process;

  void end_process();
  void lose_power(faultfs::Chooser& chooser);
  std::unique_ptr<State> state_;
  std::unique_ptr<Process> process_;
};

}  // namespace mylonite::sim
