// What a store holds and shows: every version kept, its range deletes, how far history reaches, all pairs. For judges.
// Owned by the simulated program. Thread-safety: one fiber.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <mylonite/store.h>

#include "sim/oracle/recovery_checker.h"

namespace mylonite::sim {

struct StoreDump {
  Holdings holdings{};
  Session::Pairs pairs{};
  Timestamp read_at{};  // the store's newest stamp
  Timestamp floor{};

  Timestamp newest() const;  // of any entry or range delete
};
enum class Showing : std::uint8_t { kNoPairs, kPairs };  // a second pass over the store
Result<StoreDump> dump(Store& store, Showing showing);

// Removes the files of a directory, and it: as far as the machine lives to.
void remove_all(vfs::FileSystem& fs, const std::string& directory);

// Whether everything that `later` holds was in `earlier`, and both show the same. Empty: yes. Otherwise what differs.
std::string difference(const StoreDump& earlier, const StoreDump& later);

}  // namespace mylonite::sim
