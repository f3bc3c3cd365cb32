// The annotations by which clang proves, at compile time, that guarded data is used only under its lock. With other
// compilers they are empty. Source: clang's documentation, "Thread Safety Analysis".
//
//   int count_ GUARDED_BY(mutex_) = 0;      read and written only while mutex_ is held
//   void add() REQUIRES(mutex_);            the caller holds mutex_, before and after; the body may release it
//   int count() const EXCLUDES(mutex_);     the caller does not hold it
//
// They are macros, since clang knows these attributes in the older spelling only. The analysis does not see into
// constructors and destructors, through pointers, or from a lambda to its caller. So waits are while loops, not
// lambdas. A lock is named by its member, the same way everywhere: to the compiler, `state_.mutex` and a reference to
// it are two locks.
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
