#include <mylonite/mutex.h>

#include "core/rt/rt.h"

namespace mylonite {

Mutex::Mutex() : mutex_(std::make_unique<rt::Mutex>()) {}
Mutex::~Mutex() = default;

// The caller's scopes are beyond the analysis: it sees the lock of a wrapper as another one.
void Mutex::lock() NO_THREAD_SAFETY_ANALYSIS { mutex_->lock(); }
bool Mutex::try_lock() NO_THREAD_SAFETY_ANALYSIS { return mutex_->try_lock(); }
void Mutex::unlock() NO_THREAD_SAFETY_ANALYSIS { mutex_->unlock(); }

}  // namespace mylonite
