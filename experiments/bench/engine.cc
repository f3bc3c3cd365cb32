#include "experiments/bench/engine.h"

#include <algorithm>

#include "core/base/bytes.h"

namespace mylonite::experiments {

Error wrong_value(std::string_view key) {
  return Error(Code::kCorruption, "the benchmark found a wrong value under key " + printable(key));
}

const std::vector<EngineKind>& engine_kinds() {
  static const std::vector<EngineKind> kKinds = {mylonite_engine(), rocksdb_engine(), leveldb_engine()};
  return kKinds;
}

const EngineKind* find_engine(std::string_view name) {
  const auto found = std::ranges::find(engine_kinds(), name, &EngineKind::name);
  return found == engine_kinds().end() ? nullptr : &*found;
}

}  // namespace mylonite::experiments
