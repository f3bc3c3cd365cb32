// A loop of uncontended locks, for measurements of it in a program and in a shared object.
//
// Thread-safety: pure function.
#pragma once

#include <cstdint>

extern "C" void mylonite_lock_loop(std::uint64_t rounds);
