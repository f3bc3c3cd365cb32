// The whole content of a store: every kept version, its range deletes, its floor of history, all visible pairs. For
// checks. The simulated program owns it. Thread-safety: one fiber.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <mylonite/store.h>

#include "sim/oracle/recovery_checker.h"

namespace mylonite::sim {

struct StoreDump {
  StoredVersions versions{};
  Session::Pairs pairs{};
  Timestamp read_at{};  // the store's newest stamp
  Timestamp floor{};

  Timestamp newest() const;  // of any entry or range delete
};
enum class Showing : std::uint8_t { kNoPairs, kPairs };  // a second pass over the store
Result<StoreDump> dump(Store& store, Showing showing);

// Removes the files of a directory, and the directory, as long as the machine lives.
void remove_all(vfs::FileSystem& fs, const std::string& directory);

// Empty: `earlier` held everything that `later` holds, and both show the same. Otherwise the difference as text.
std::string difference(const StoreDump& earlier, const StoreDump& later);

}  // namespace mylonite::sim
