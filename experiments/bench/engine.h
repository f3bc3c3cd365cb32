// A store under test, as the benchmark sees it: Mylonite or a peer, opened with equal settings.
//
// Equal settings: no compression, 64 MiB write buffer, 4 KiB blocks, 10 filter bits a key, two background jobs where
// the engine knows such a thing, block checksums verified, one block cache of the given size. Loops over entries are
// inside the engines, so that no call between them and the benchmark is paid for an entry.
// Thread-safety: one caller.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mylonite/status.h>

#include "experiments/bench/workload.h"

namespace mylonite::experiments {

inline constexpr std::size_t kWriteBufferBytes = 64 << 20;
inline constexpr std::size_t kBlockBytes = 4096;
inline constexpr int kFilterBits = 10;
inline constexpr int kBackgroundJobs = 2;

struct EngineOptions {
  std::string directory;  // created if absent
  std::uint64_t cache_bytes = 0;
  bool synced = false;  // every write durable before it returns; otherwise it survives the death of the process only
};

class Engine {
 public:
  virtual ~Engine() = default;
  virtual Status put(std::string_view key, std::string_view value) = 0;
  virtual Status remove(std::string_view key) = 0;
  // False: absent. kCorruption when the value found is not the expected one.
  virtual Result<bool> get(std::string_view key, std::string_view expected) = 0;
  // At most `limit` entries from the first key ≥ `from`, through a new cursor.
  virtual Result<Seen> scan(std::string_view from, std::uint64_t limit) = 0;
  // Whether background work is running or due; empty: the engine cannot tell, the process is watched instead.
  virtual std::optional<bool> busy() { return std::nullopt; }
  virtual Status close() = 0;
};

// What all engines make of a value that is not the expected one.
Error wrong_value(std::string_view key);

struct EngineKind {
  std::string_view name;
  Result<std::unique_ptr<Engine>> (*open)(const EngineOptions& options);  // null: not built
  std::string_view library;                                               // where the peer came from
  bool asserts = false;                                                   // built with assertions: no fair peer
};
const std::vector<EngineKind>& engine_kinds();
const EngineKind* find_engine(std::string_view name);

// One a file; the peers' files exist twice, and the build takes the one that can be linked.
EngineKind mylonite_engine();
EngineKind rocksdb_engine();
EngineKind leveldb_engine();

}  // namespace mylonite::experiments
