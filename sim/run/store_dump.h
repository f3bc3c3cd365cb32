// The whole content of a Mylonite store: every kept version, its range deletes, its floor of history, all visible
// pairs. For checks. The simulated program owns it. Thread-safety: one fiber.
#pragma once

#include <string>

#include <mylonite/sim/store_under_test.h>
#include <mylonite/store.h>

namespace mylonite::sim {

struct StoreDump {
  StoreContents contents{};
  StoredPairs pairs{};

  Timestamp newest() const;  // of any entry or range delete
};
Result<StoreContents> contents_of(Store& store);
Result<StoreDump> dump(Store& store);  // two passes over the store

// Removes the files of a directory, and the directory, as long as the machine lives.
void remove_all(vfs::FileSystem& fs, const std::string& directory);

// Empty: `earlier` held everything that `later` holds, and both show the same. Otherwise the difference as text.
std::string difference(const StoreDump& earlier, const StoreDump& later);

}  // namespace mylonite::sim
