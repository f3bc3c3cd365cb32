// The annotations by which clang proves, at compile time, that what a lock guards is touched only under that lock.
// Under any other compiler they are nothing. (Clang's documentation: "Thread Safety Analysis".)
//
//   int count_ GUARDED_BY(mutex_) = 0;      read and written only while mutex_ is held
//   void add() REQUIRES(mutex_);            the caller holds mutex_, before and after; the body may let go meanwhile
//   int count() const EXCLUDES(mutex_);     the caller does not hold it
//
// An attribute in brackets would need no macro, but clang knows these in the older spelling alone. What the analysis
// does not see: constructors and destructors, what a pointer leads to, and a lambda's caller (so a lambda knows of no
// lock: waits are while loops). A lock is named by its member, the same way everywhere: `state_.mutex` and a reference
// to it are two locks to the compiler.
#pragma once

#if defined(__clang__)
#define MYLONITE_CAPABILITY_ATTRIBUTE(x) __attribute__((x))
#else
#define MYLONITE_CAPABILITY_ATTRIBUTE(x)
#endif

#define CAPABILITY(name) MYLONITE_CAPABILITY_ATTRIBUTE(capability(name))
#define SCOPED_CAPABILITY MYLONITE_CAPABILITY_ATTRIBUTE(scoped_lockable)
#define GUARDED_BY(lock) MYLONITE_CAPABILITY_ATTRIBUTE(guarded_by(lock))
#define PT_GUARDED_BY(lock) MYLONITE_CAPABILITY_ATTRIBUTE(pt_guarded_by(lock))
#define REQUIRES(...) MYLONITE_CAPABILITY_ATTRIBUTE(requires_capability(__VA_ARGS__))
#define EXCLUDES(...) MYLONITE_CAPABILITY_ATTRIBUTE(locks_excluded(__VA_ARGS__))
#define ACQUIRE(...) MYLONITE_CAPABILITY_ATTRIBUTE(acquire_capability(__VA_ARGS__))
#define RELEASE(...) MYLONITE_CAPABILITY_ATTRIBUTE(release_capability(__VA_ARGS__))
#define TRY_ACQUIRE(...) MYLONITE_CAPABILITY_ATTRIBUTE(try_acquire_capability(__VA_ARGS__))
#define ACQUIRED_AFTER(...) MYLONITE_CAPABILITY_ATTRIBUTE(acquired_after(__VA_ARGS__))
#define NO_THREAD_SAFETY_ANALYSIS MYLONITE_CAPABILITY_ATTRIBUTE(no_thread_safety_analysis)
