// Every version that a store keeps, up to one stamp: what Session::history() shows.
//
// The cursor owns what it reads and may outlive the store; once that is closed it is not valid, and its status kClosed.
// Thread-safety: one thread an object.
#pragma once

#include <memory>

#include "core/format/iterator.h"
#include "core/store/shared_state.h"

namespace mylonite {

std::unique_ptr<InternalIterator> kept_versions(std::shared_ptr<const SharedState> store,
                                                std::shared_ptr<const ReadState> state, Timestamp newest);

}  // namespace mylonite
