#include "experiments/amplification/peer_tree.h"
#include "experiments/bench/engine.h"

namespace mylonite::experiments {

EngineKind rocksdb_engine() { return {.name = "rocksdb", .open = nullptr, .library = "not found when this was built"}; }

std::span<const PeerTreeKind> rocksdb_trees() { return {}; }

}  // namespace mylonite::experiments
