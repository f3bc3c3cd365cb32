#include "sim/machine/machine_heap.h"

#include <sys/mman.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstdlib>
#include <new>
#include <utility>

#include "core/base/invariant.h"
#include "core/rt/rt.h"
#include "faultfs/host_scope.h"
#include "sim/machine/sanitizer.h"

namespace mylonite::sim {
namespace {

using faultfs::HostScope;

constexpr std::size_t kAligned = 16;

// The address space of all heaps: kBase | heap 0: span 0 … 15 | heap 1: … One span holds one machine.
// A second simulator in a process is compiled with another base (notebooks/python/CMakeLists.txt).
#ifdef MYLONITE_HEAP_BASE
constexpr std::uintptr_t kBase = MYLONITE_HEAP_BASE;
#else
constexpr std::uintptr_t kBase = 0x1000'0000'0000;
#endif
constexpr std::size_t kSpanBytes = std::size_t{4} << 30;
constexpr std::size_t kMachineBytes = std::size_t{1} << 30;  // the memory that a machine has
constexpr std::size_t kSpans = 16;
constexpr std::size_t kPlaces = 256;
constexpr std::size_t kPlaceBytes = kSpans * kSpanBytes;
constexpr std::size_t kPageBytes = 4096;
constexpr std::size_t kKeptBytes = std::size_t{32} << 20;  // stay mapped when a machine is cleared

std::byte* span_at(std::size_t place, std::size_t span) {
  return reinterpret_cast<std::byte*>(kBase + place * kPlaceBytes + span * kSpanBytes);
}
bool in_arena(const void* memory) { return reinterpret_cast<std::uintptr_t>(memory) - kBase < kPlaces * kPlaceBytes; }

// The ranges in use, and those that the operating system has mapped already.
struct Places {
  rt::Mutex mutex;
  std::array<bool, kPlaces> taken GUARDED_BY(mutex){};
  std::array<bool, kPlaces> mapped GUARDED_BY(mutex){};
};
constinit Places places;

bool map(std::size_t place) REQUIRES(places.mutex) {
  if (!places.mapped[place]) {
    void* const wanted = span_at(place, 0);
    void* const got = mmap(wanted, kPlaceBytes, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
    places.mapped[place] = got == wanted;
  }
  return places.mapped[place];
}

std::size_t take_place() {
  const rt::Lock lock(places.mutex);
  const auto free = std::ranges::find(places.taken, false);
  invariant(free != places.taken.end(), "there is a range of addresses for each thread that simulates", kPlaces);
  const auto place = static_cast<std::size_t>(free - places.taken.begin());
  invariant(map(place), "the address space has room for a machine's heap", place);
  places.taken[place] = true;
  return place;
}

void give_back(std::size_t place) {
  const rt::Lock lock(places.mutex);
  places.taken[place] = false;
}

// Blocks of up to 1 KiB in steps of 16 bytes, above that four sizes to every doubling.
struct SizeClass {
  std::size_t number;
  std::size_t bytes;
};
SizeClass class_of(std::size_t block_bytes) {
  constexpr std::size_t kFine = 1024;
  if (block_bytes <= kFine) {
    const std::size_t number = (block_bytes + kAligned - 1) / kAligned;
    return {number, number * kAligned};
  }
  const auto log = static_cast<std::size_t>(std::bit_width(block_bytes - 1)) - 1;  // 2^log < bytes <= 2^(log + 1)
  const std::size_t step = std::size_t{1} << (log - 2);
  const std::size_t quarters = (block_bytes - (std::size_t{1} << log) + step - 1) / step;  // 1 … 4
  return {kFine / kAligned + (log - 10) * 4 + quarters, (std::size_t{1} << log) + quarters * step};
}

[[gnu::tls_model("initial-exec")]] constinit thread_local MachineHeap* current_heap = nullptr;

void* system_memory(std::size_t bytes, std::size_t alignment) {
  if (alignment <= kAligned) return std::malloc(std::max<std::size_t>(bytes, 1));
  return std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
}

}  // namespace

struct MachineHeap::Header {
  std::uint32_t size_class;  // 0: of no class, not used again
  std::uint32_t generation;  // of the heap when it was allocated; 0: free
};

// Before every allocation under AddressSanitizer; `owner` is null for the host's.
struct alignas(kAligned) MachineHeap::Tracked {
  MachineHeap* owner;
  std::size_t bytes;
  void* start;  // as malloc gave it
  Tracked* before;
  Tracked* after;
};

MachineHeap::MachineHeap(bool unreadable) : unreadable_(unreadable) {
  enter();
  if constexpr (kAddressSanitizer || kThreadSanitizer) return;
  place_ = take_place();
  enter_span(0);
}

MachineHeap::~MachineHeap() {
  if constexpr (kThreadSanitizer) return;
  clear();
  if (current_heap == this) leave();
  if constexpr (kAddressSanitizer) return;
  if (unreadable_) {
    invariant(mprotect(span_at(place_, 0), kPlaceBytes, PROT_READ | PROT_WRITE) == 0, "memory can be opened again");
  }
  give_back(place_);
}

Status MachineHeap::can_make(std::size_t count) {
  if constexpr (kAddressSanitizer || kThreadSanitizer) return {};
  const rt::Lock lock(places.mutex);
  for (std::size_t place = 0; place < kPlaces && count > 0; ++place) {
    if (places.taken[place]) continue;
    if (!map(place)) {
      return Error(Code::kNoSpace, "no room for 64 GiB of addresses, though little memory: see `ulimit -v`");
    }
    --count;
  }
  if (count > 0) return Error(Code::kExhausted, "256 simulated machines are running: let go of some of them");
  return {};
}

void MachineHeap::enter() {
  invariant(current_heap == nullptr, "a thread is in one machine's heap at a time");
  if constexpr (!kThreadSanitizer) current_heap = this;
}

void MachineHeap::leave() { current_heap = nullptr; }

void MachineHeap::clear() {
  if constexpr (kThreadSanitizer) return;
  live_ = 0;
  if constexpr (kAddressSanitizer) {
    tracked_bytes_ = 0;
    while (tracked_ != nullptr) std::free(std::exchange(tracked_, tracked_->after)->start);
    return;
  }
  free_.fill(nullptr);
  ++generation_;
  leave_span();
  enter_span(unreadable_ ? (span_ + 1) % kSpans : 0);
}

void MachineHeap::leave_span() {
  std::byte* const start = span_at(place_, span_);
  const std::size_t used = (static_cast<std::size_t>(next_ - start) + kPageBytes - 1) / kPageBytes * kPageBytes;
  const std::size_t kept = unreadable_ ? 0 : std::min(used, kKeptBytes);
  if (kept < used) {
    invariant(madvise(start + kept, used - kept, MADV_DONTNEED) == 0, "memory can be given back", used);
  }
  if (unreadable_) invariant(mprotect(start, kSpanBytes, PROT_NONE) == 0, "memory can be closed", used);
}

void MachineHeap::enter_span(std::size_t span) {
  span_ = span;
  std::byte* const start = span_at(place_, span);
  if (unreadable_) {
    invariant(mprotect(start, kSpanBytes, PROT_READ | PROT_WRITE) == 0, "memory can be opened again");
  }
  next_ = start + kAligned - sizeof(Header);
  end_ = start + kMachineBytes;
}

void* MachineHeap::allocate(std::size_t bytes, std::size_t alignment) {
  if (bytes >= kMachineBytes / 2) return nullptr;
  SizeClass size = class_of(bytes + sizeof(Header));
  if (alignment > kAligned) {
    const auto payload = reinterpret_cast<std::uintptr_t>(next_) + sizeof(Header);
    next_ += (alignment - payload % alignment) % alignment;
    size = {0, class_of(bytes + sizeof(Header)).bytes};
  }
  std::byte* payload = nullptr;
  if (void*& freed = free_[size.number]; freed != nullptr) {
    payload = static_cast<std::byte*>(freed);
    freed = *static_cast<void**>(freed);
  } else {
    if (next_ + size.bytes > end_) return nullptr;
    payload = next_ + sizeof(Header);
    next_ += size.bytes;
  }
  ++live_;
  *reinterpret_cast<Header*>(payload - sizeof(Header)) = {static_cast<std::uint32_t>(size.number), generation_};
  return payload;
}

void MachineHeap::release(void* memory) {
  Header& header = *reinterpret_cast<Header*>(static_cast<std::byte*>(memory) - sizeof(Header));
  invariant(header.generation == generation_, "a machine's memory is freed once, and while the machine lives",
            header.generation, generation_);
  header.generation = 0;
  --live_;
  if (header.size_class == 0) return;
  *static_cast<void**>(memory) = std::exchange(free_[header.size_class], memory);
}

void* MachineHeap::track(MachineHeap* owner, std::size_t bytes, std::size_t alignment) {
  if (owner != nullptr && owner->tracked_bytes_ + bytes > kMachineBytes) return nullptr;
  const std::size_t before = std::max(alignment, sizeof(Tracked));
  void* const start = system_memory(before + bytes, alignment);
  if (start == nullptr) return nullptr;
  std::byte* const payload = static_cast<std::byte*>(start) + before;
  auto* const entry = reinterpret_cast<Tracked*>(payload - sizeof(Tracked));
  *entry = {.owner = owner, .bytes = bytes, .start = start, .before = nullptr, .after = nullptr};
  if (owner == nullptr) return payload;
  entry->after = owner->tracked_;
  if (entry->after != nullptr) entry->after->before = entry;
  owner->tracked_ = entry;
  ++owner->live_;
  owner->tracked_bytes_ += bytes;
  return payload;
}

void MachineHeap::untrack(void* memory) {
  auto* const entry = reinterpret_cast<Tracked*>(static_cast<std::byte*>(memory) - sizeof(Tracked));
  if (MachineHeap* const owner = entry->owner) {
    (entry->before != nullptr ? entry->before->after : owner->tracked_) = entry->after;
    if (entry->after != nullptr) entry->after->before = entry->before;
    --owner->live_;
    owner->tracked_bytes_ -= entry->bytes;
  }
  std::free(entry->start);
}

void* heap_new(std::size_t bytes, std::size_t alignment) noexcept {
  MachineHeap* const heap = HostScope::active() ? nullptr : current_heap;
  if constexpr (kAddressSanitizer) return MachineHeap::track(heap, bytes, alignment);
  return heap != nullptr ? heap->allocate(bytes, alignment) : system_memory(bytes, alignment);
}

void heap_delete(void* memory) noexcept {
  if (memory == nullptr) return;
  if constexpr (kAddressSanitizer) return MachineHeap::untrack(memory);
  if (!in_arena(memory)) return std::free(memory);
  invariant(current_heap != nullptr, "a machine's memory is freed while the machine lives");
  current_heap->release(memory);
}

std::uint64_t heap_address_bytes() { return kAddressSanitizer || kThreadSanitizer ? 0 : kPlaceBytes; }

bool machine_heap_available() {
  if constexpr (kThreadSanitizer) return false;
  const MachineHeap heap;
  const int depth = HostScope::depth();
  HostScope::set_depth(0);
  void* const probe = ::operator new(1);
  const bool available = heap.live() == 1;
  ::operator delete(probe);
  HostScope::set_depth(depth);
  return available;
}

}  // namespace mylonite::sim
