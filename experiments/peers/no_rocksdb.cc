#include "experiments/bench/engine.h"

namespace mylonite::experiments {

EngineKind rocksdb_engine() { return {.name = "rocksdb", .open = nullptr, .library = "not found when this was built"}; }

}  // namespace mylonite::experiments
