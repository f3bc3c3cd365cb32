#include <mylonite/snapshot.h>

#include "core/store/engine_state.h"

namespace mylonite {

Snapshot& Snapshot::operator=(Snapshot&& other) noexcept {
  std::swap(state_, other.state_);
  std::swap(at_, other.at_);
  return *this;
}

void Snapshot::release() {
  if (state_ == nullptr || state_->inherited()) return;
  const rt::Lock lock(state_->mutex);
  state_->history.release(at_);
  state_->note_change();
}

}  // namespace mylonite
