// The damage of a store, and what can be saved: the reading half of a repair.
//
// It reads every file that counts, whole, and writes nothing. Requires the store's lock.
// Thread-safety: one thread. Memory: the logs, and one table.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <mylonite/file_system.h>
#include <mylonite/repair.h>
#include <mylonite/status.h>

#include "core/sst/table_reader.h"
#include "core/sst/table_salvage.h"
#include "core/store/log_chain.h"
#include "core/store/repair_logs.h"
#include "core/store/repair_tree.h"

namespace mylonite {

struct FoundTable {
  TableInfo info;                            // of a damaged one that no manifest lists: only its number
  bool listed = false;                       // so `info` has its facts
  std::shared_ptr<const TableReader> sound;  // null: damaged
  TableSalvage salvage{};                    // of a damaged one
  bool usable() const { return sound != nullptr || salvage.entries > 0 || !salvage.range_deletes.empty(); }
};

struct Findings {
  TreeEvidence tree;
  // The tables that count and exist. Their places: those of the tree, or unknown (`pooled`).
  std::vector<FoundTable> tables;
  bool pooled = false;
  std::optional<LogChain> chain;  // sound logs
  LogSalvage logs;                // else
  RepairReport report;            // but for what is written
  FileNumber highest;             // of every number seen
  Timestamp newest;               // of every stamp seen
};

// kUnsupported: a newer format.
Result<Findings> find_damage(const std::shared_ptr<TableEnvironment>& environment, const RepairFiles& files);

}  // namespace mylonite
