// `mylonite inspect manifest|wal|sst|tree`: what stands in a store's files, damaged or not.
//
// Each looks at the files alone, record by record or block by block. Damage ends it: what stands before has been
// printed, the error says where. Nothing is written to the store. Thread-safety: one thread a call.
#pragma once

#include <cstdint>
#include <optional>

#include <mylonite/status.h>

#include "core/cli/output.h"
#include "core/tool/store_directory.h"

namespace mylonite::tool {

// The manifest that CURRENT names, each record with what it changes.
Status inspect_manifest(const StoreDirectory& store, const cli::Form& form);

// Logs, each record with its operations. `number` empty: every log that is there; damage ends only the log it is in,
// and the first error is returned. kInvalidArgument when there is none of that number.
Status inspect_wal(const StoreDirectory& store, std::optional<std::uint64_t> number, const cli::Form& form);

// One table: footer, properties, blocks, filter, range deletes, and its entries if asked for; then whether the manifest
// lists it so. kInvalidArgument when there is none of that number.
struct TableQuestion {
  FileNumber number;
  bool entries = false;
};
Status inspect_sst(const StoreDirectory& store, const TableQuestion& question, const cli::Form& form);

// Levels, runs and tables as a picture, from the manifest only.
//
// A table's bar shows its key range in the whole key space. Columns stand for ranks, not for bytes: all borders of all
// tables are sorted, and each of the 40 columns takes an equal share of them. So tables that meet or overlap do so in
// the picture (to a column), whatever keys look like; gaps are as wide as they hold borders.
Status inspect_tree(const StoreDirectory& store, const cli::Form& form);

}  // namespace mylonite::tool
