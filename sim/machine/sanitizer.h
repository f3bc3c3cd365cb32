// The simulator's annotations for the sanitizers: functions and types that do nothing in ordinary builds.
//
// ThreadSanitizer sees every fiber as a thread of its own. Fibers share simulator state without locks, since one runs
// at a time. So simulator code that fibers call runs inside a SimulatorCode scope, where accesses are not watched. The
// engine's own accesses stay watched. As for real threads, only rt locks, start and join (hand_over, take_over) order
// fibers; a switch does not.
//
// The memory that simulator code allocates is the host's, not the simulated machine's (faultfs/host_scope.h). The scope
// marks that too, in every build.
//
// A scope must not enclose a call of engine code. A switch inside a scope is fine: the scope belongs to the fiber.
#pragma once

#include <sanitizer/tsan_interface.h>

#include "faultfs/host_scope.h"

#if defined(__has_feature)
#define MYLONITE_HAS_FEATURE(feature) __has_feature(feature)
#else
#define MYLONITE_HAS_FEATURE(feature) 0
#endif

// The sanitizer chose these names.
// NOLINTBEGIN(readability-identifier-naming)
extern "C" {
void AnnotateIgnoreReadsBegin(const char* file, int line);
void AnnotateIgnoreReadsEnd(const char* file, int line);
void AnnotateIgnoreWritesBegin(const char* file, int line);
void AnnotateIgnoreWritesEnd(const char* file, int line);
}
// NOLINTEND(readability-identifier-naming)

namespace mylonite::sim {

#if defined(__SANITIZE_ADDRESS__) || MYLONITE_HAS_FEATURE(address_sanitizer)
inline constexpr bool kAddressSanitizer = true;
#else
inline constexpr bool kAddressSanitizer = false;
#endif

#if defined(__SANITIZE_THREAD__) || MYLONITE_HAS_FEATURE(thread_sanitizer)
inline constexpr bool kThreadSanitizer = true;
#else
inline constexpr bool kThreadSanitizer = false;
#endif

class SimulatorCode {
 public:
  SimulatorCode() {
    if constexpr (kThreadSanitizer) {
      AnnotateIgnoreReadsBegin(__FILE__, __LINE__);
      AnnotateIgnoreWritesBegin(__FILE__, __LINE__);
    }
  }
  ~SimulatorCode() {
    if constexpr (kThreadSanitizer) {
      AnnotateIgnoreWritesEnd(__FILE__, __LINE__);
      AnnotateIgnoreReadsEnd(__FILE__, __LINE__);
    }
  }
  SimulatorCode(const SimulatorCode&) = delete;
  SimulatorCode& operator=(const SimulatorCode&) = delete;

 private:
  faultfs::HostScope host_;
};

// Everything before hand_over(object) happens before everything after a later take_over(object).
inline void hand_over(void* object) {
  if constexpr (kThreadSanitizer) __tsan_release(object);
}
inline void take_over(void* object) {
  if constexpr (kThreadSanitizer) __tsan_acquire(object);
}

}  // namespace mylonite::sim
