// A store under test, as the benchmark sees it: Mylonite or a peer, opened with equal settings.
//
// Equal settings: no compression; 64 MiB write buffer; 4 KiB blocks; 10 filter bits a key; two background jobs, if the
// engine has such a setting; block checksums verified; one block cache of the given size. Loops over entries are inside
// the engines, so that an entry costs no call between engine and benchmark.
// Thread-safety: one caller.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <mylonite/compaction_policy.h>
#include <mylonite/status.h>

#include "experiments/bench/workload.h"

namespace mylonite::experiments {

inline constexpr std::size_t kWriteBufferBytes = 64 << 20;
inline constexpr std::size_t kBlockBytes = 4096;
inline constexpr int kFilterBits = 10;
inline constexpr int kBackgroundJobs = 2;

// What is set for Mylonite beside the equal settings, or in place of them; peers have none of it.
struct StoreSettings {
  std::string policy{};                                        // empty: the default one
  std::vector<std::pair<std::string, std::string>> options{};  // names and values, checked
  CompactionPolicies policies = standard_policies();           // those that policy may name
};

struct EngineOptions {
  std::string directory;  // created if absent
  std::uint64_t cache_bytes = 0;
  StoreSettings mylonite{};
  bool synced = false;  // every write is durable before it returns; otherwise it survives only a process kill
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
  // Whether background work is running or due. Empty: the engine cannot tell, and the process is observed instead.
  virtual std::optional<bool> busy() { return std::nullopt; }
  virtual Status close() = 0;
};

// The error of all engines for a value that differs from the expected one.
Error wrong_value(std::string_view key);

struct EngineKind {
  std::string_view name;
  Result<std::unique_ptr<Engine>> (*open)(const EngineOptions& options);  // null: not built
  std::string_view library;                                               // the origin of the peer
  bool asserts = false;                                                   // built with assertions: no fair peer
};
const std::vector<EngineKind>& engine_kinds();
const EngineKind* find_engine(std::string_view name);

// Each is in a file of its own. The peers' files exist twice; the build takes the one that can be linked.
EngineKind mylonite_engine();
EngineKind rocksdb_engine();
EngineKind leveldb_engine();

}  // namespace mylonite::experiments
