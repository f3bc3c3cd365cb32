#include "experiments/bench/engine.h"

namespace mylonite::experiments {

EngineKind leveldb_engine() { return {.name = "leveldb", .open = nullptr, .library = "not found when this was built"}; }

}  // namespace mylonite::experiments
