// The whole content of a Mylonite store: every kept version, its range deletes, its floor of history, all visible
// pairs. For checks. The simulated program owns it. Thread-safety: one fiber.
#pragma once

#include <string>

#include <mylonite/sim/store_under_test.h>
#include <mylonite/store.h>

#include "sim/oracle/recovery_checker.h"

namespace mylonite::sim {

struct StoreDump {
  StoreContents contents{};
  StoredPairs pairs{};
  Timestamp pairs_expired{};  // what was written up to here is not among the pairs

  Timestamp newest() const;  // of any entry or range delete
};
Result<StoreContents> contents_of(Store& store);
StoredVersions versions_of(const StoreContents& contents);  // as the oracle takes them
Result<StoreDump> dump(Store& store);                       // two passes over the store

// Removes the files of a directory, and the directory, as long as the machine lives.
void remove_all(vfs::FileSystem& fs, const std::string& directory);

// The difference as text. Empty: `earlier` held everything that `later` holds, and both show the same. Once more has
// expired, what they show is not compared.
std::string difference(const StoreDump& earlier, const StoreDump& later);

}  // namespace mylonite::sim
