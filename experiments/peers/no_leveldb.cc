#include "experiments/amplification/peer_tree.h"
#include "experiments/bench/engine.h"

namespace mylonite::experiments {

EngineKind leveldb_engine() { return {.name = "leveldb", .open = nullptr, .library = "not found when this was built"}; }

std::span<const PeerTreeKind> leveldb_trees() { return {}; }

}  // namespace mylonite::experiments
