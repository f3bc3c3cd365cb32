// The memory of a simulated machine: everything that engine code allocates on fibers, freed at once with the machine.
//
// A program takes part by replacing operator new and delete (sim/tool/new_delete.cc) with heap_new and heap_delete.
// While a MachineHeap lives on the calling thread, memory outside of any HostScope then comes from that heap; otherwise
// from malloc. A program that does not replace them (a user of the library) gets the same runs with the same hashes;
// there an abandoned machine leaks its memory.
//
// Ordinary builds: an arena at a fixed address, so that addresses are the same in every run; a bump pointer and a free
// list for each size class.
//
//   block = | class, generation: 8 B | payload, 16-aligned |
//
// Under AddressSanitizer: malloc, with every live allocation in a list, so that each keeps its red zones and
// quarantine. Under ThreadSanitizer: nothing, since machines are not dropped there.
//
// A machine has 1 GiB; a request beyond that fails, as it would where memory is exhausted.
//
// Invariants: an allocation since the last clear() is live until it is freed. Memory from before a clear() is not
// freed. With `unreadable` it is not read or written either: clear() removes access to it and moves on to another
// range.
// Thread-safety: a heap and its memory belong to the thread that made it. A thread may have several, and is in one of
// them at a time.
// Complexity: constant; clear() too, but linear in what is live under AddressSanitizer. Units: bytes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <mylonite/status.h>

namespace mylonite::sim {

class MachineHeap {
 public:
  explicit MachineHeap(bool unreadable = false);  // the calling thread, which is in no heap, is in this one then
  ~MachineHeap();
  MachineHeap(const MachineHeap&) = delete;
  MachineHeap& operator=(const MachineHeap&) = delete;

  // Whether so many more can be made. kExhausted: 256 live in a program; kNoSpace: the process may not have the
  // addresses.
  static Status can_make(std::size_t count = 1);

  void leave();  // from now on the thread is in no heap
  void enter();  // requires that
  void clear();  // frees everything
  std::uint64_t live() const { return live_; }

 private:
  friend void* heap_new(std::size_t bytes, std::size_t alignment) noexcept;
  friend void heap_delete(void* memory) noexcept;

  static constexpr std::size_t kClasses = 192;
  struct Header;
  struct Tracked;

  void* allocate(std::size_t bytes, std::size_t alignment);
  void release(void* memory);
  void enter_span(std::size_t span);
  void leave_span();
  static void* track(MachineHeap* owner, std::size_t bytes, std::size_t alignment);
  static void untrack(void* memory);

  const bool unreadable_;
  std::uint64_t live_ = 0;
  std::uint32_t generation_ = 1;
  std::size_t place_ = 0;  // the number of the heap's range in the process
  std::size_t span_ = 0;   // the number of the span in the range
  std::byte* next_ = nullptr;
  std::byte* end_ = nullptr;
  std::array<void*, kClasses> free_{};
  Tracked* tracked_ = nullptr;
  std::size_t tracked_bytes_ = 0;
};

// For operator new and delete. Null: out of memory.
void* heap_new(std::size_t bytes, std::size_t alignment) noexcept;
void heap_delete(void* memory) noexcept;

// The addresses, not the memory, that each thread takes when it first simulates. 0: none of its own.
std::uint64_t heap_address_bytes();

// Whether this program's operator new and delete are the two above, and machines can be dropped without a leak.
bool machine_heap_available();

}  // namespace mylonite::sim
