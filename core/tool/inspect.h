// `mylonite inspect manifest|wal|sst|tree`: the content of a store's files, damaged or not.
//
// Each reads only the files, record by record or block by block. Damage ends it: everything before is printed, and the
// error names the place. It writes nothing to the store. Thread-safety: one thread a call.
#pragma once

#include <cstdint>
#include <optional>

#include <mylonite/status.h>

#include "core/cli/output.h"
#include "core/tool/store_directory.h"

namespace mylonite::tool {

// Prints the manifest that CURRENT names, each record with its changes.
Status inspect_manifest(const StoreDirectory& store, const cli::Form& form);

// Prints logs, each record with its operations. `number` empty: every log; damage ends only the log it is in, and the
// first error is returned. kInvalidArgument: no log has that number.
Status inspect_wal(const StoreDirectory& store, std::optional<std::uint64_t> number, const cli::Form& form);

// Prints one table: footer, properties, blocks, filter, range deletes, and entries on request. Then it compares the
// table with the manifest. kInvalidArgument: no table has that number.
struct TableQuestion {
  FileNumber number;
  bool entries = false;
};
Status inspect_sst(const StoreDirectory& store, const TableQuestion& question, const cli::Form& form);

// Prints levels, runs and tables as a picture, from the manifest only.
//
// A table's bar shows its key range in the whole key space. Columns are ranks, not bytes: all borders of all tables are
// sorted, and each of the 40 columns holds an equal share of them. So tables that meet or overlap do so in the picture
// (to a column), for keys of any form. The width of a gap is proportional to the borders in it.
Status inspect_tree(const StoreDirectory& store, const cli::Form& form);

}  // namespace mylonite::tool
