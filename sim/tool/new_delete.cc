// This program's operator new and delete: see sim/machine/machine_heap.h. In programs only, never in a library.
#include <cstddef>
#include <new>

#include "sim/machine/machine_heap.h"

namespace {

constexpr std::size_t kPlain = __STDCPP_DEFAULT_NEW_ALIGNMENT__;

void* checked(std::size_t bytes, std::size_t alignment) {
  if (void* const memory = mylonite::sim::heap_new(bytes, alignment)) return memory;
  throw std::bad_alloc();
}

std::size_t number(std::align_val_t alignment) { return static_cast<std::size_t>(alignment); }

}  // namespace

void* operator new(std::size_t bytes) { return checked(bytes, kPlain); }
void* operator new[](std::size_t bytes) { return checked(bytes, kPlain); }
void* operator new(std::size_t bytes, std::align_val_t alignment) { return checked(bytes, number(alignment)); }
void* operator new[](std::size_t bytes, std::align_val_t alignment) { return checked(bytes, number(alignment)); }
void* operator new(std::size_t bytes, const std::nothrow_t& /*tag*/) noexcept {
  return mylonite::sim::heap_new(bytes, kPlain);
}
void* operator new[](std::size_t bytes, const std::nothrow_t& /*tag*/) noexcept {
  return mylonite::sim::heap_new(bytes, kPlain);
}
void* operator new(std::size_t bytes, std::align_val_t alignment, const std::nothrow_t& /*tag*/) noexcept {
  return mylonite::sim::heap_new(bytes, number(alignment));
}
void* operator new[](std::size_t bytes, std::align_val_t alignment, const std::nothrow_t& /*tag*/) noexcept {
  return mylonite::sim::heap_new(bytes, number(alignment));
}

void operator delete(void* memory) noexcept { mylonite::sim::heap_delete(memory); }
void operator delete[](void* memory) noexcept { mylonite::sim::heap_delete(memory); }
void operator delete(void* memory, std::size_t /*bytes*/) noexcept { mylonite::sim::heap_delete(memory); }
void operator delete[](void* memory, std::size_t /*bytes*/) noexcept { mylonite::sim::heap_delete(memory); }
void operator delete(void* memory, std::align_val_t /*alignment*/) noexcept { mylonite::sim::heap_delete(memory); }
void operator delete[](void* memory, std::align_val_t /*alignment*/) noexcept { mylonite::sim::heap_delete(memory); }
void operator delete(void* memory, std::size_t /*bytes*/, std::align_val_t /*alignment*/) noexcept {
  mylonite::sim::heap_delete(memory);
}
void operator delete[](void* memory, std::size_t /*bytes*/, std::align_val_t /*alignment*/) noexcept {
  mylonite::sim::heap_delete(memory);
}
void operator delete(void* memory, const std::nothrow_t& /*tag*/) noexcept { mylonite::sim::heap_delete(memory); }
void operator delete[](void* memory, const std::nothrow_t& /*tag*/) noexcept { mylonite::sim::heap_delete(memory); }
void operator delete(void* memory, std::align_val_t /*alignment*/, const std::nothrow_t& /*tag*/) noexcept {
  mylonite::sim::heap_delete(memory);
}
void operator delete[](void* memory, std::align_val_t /*alignment*/, const std::nothrow_t& /*tag*/) noexcept {
  mylonite::sim::heap_delete(memory);
}
