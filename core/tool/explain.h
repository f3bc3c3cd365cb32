// `mylonite explain get|compaction`: the reasons of a read or a merge, as text. Thread-safety: one thread a call.
#pragma once

#include <cstdint>
#include <optional>

#include <mylonite/status.h>
#include <mylonite/store.h>

#include "core/cli/exit.h"
#include "core/tool/arguments.h"
#include "core/tool/store_directory.h"

namespace mylonite::tool {

// Prints the steps of a read (mylonite/explain.h). kFinding when the key is absent, as for `get`.
Result<cli::Exit> explain_get(Store& store, const Arguments& arguments);

// Prints the merges that the manifest records (option compaction_history_max), and why each was chosen. It reads the
// manifest only. `id` empty: one line for each, oldest first. kInvalidArgument: no recorded merge has that id.
Status explain_compaction(const StoreDirectory& store, std::optional<std::uint64_t> id, const cli::Form& form);

}  // namespace mylonite::tool
