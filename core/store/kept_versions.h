// Every version that a store keeps and that has not expired, up to one stamp, for StoreInternals::kept_versions().
//
// The cursor owns what it reads and may outlive the store. Once the store is closed, the cursor is not valid and its
// status is kClosed.
// Thread-safety: one thread an object.
#pragma once

#include <memory>
#include <vector>

#include "core/format/iterator.h"
#include "core/format/range_tombstones.h"
#include "core/store/engine_state.h"

namespace mylonite {

struct KeptVersions {
  std::unique_ptr<InternalIterator> entries;  // every version of every key, internal keys, tombstones too
  std::vector<RangeTombstone> range_deletes;  // disjoint fragments
};

std::unique_ptr<InternalIterator> entries_up_to(std::shared_ptr<const EngineState> store,
                                                std::shared_ptr<const ReadState> state, Timestamp newest);

}  // namespace mylonite
