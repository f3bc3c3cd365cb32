// `mylonite explain get|compaction`: why a store answers or does something, as text. Thread-safety: one thread a call.
#pragma once

#include <cstdint>
#include <optional>

#include <mylonite/status.h>
#include <mylonite/store.h>

#include "core/cli/exit.h"
#include "core/tool/arguments.h"
#include "core/tool/store_directory.h"

namespace mylonite::tool {

// The steps of a read (the steps themselves: mylonite/explain.h). kFinding when the key is not there, as of `get`.
Result<cli::Exit> explain_get(Store& store, const Arguments& arguments);

// The merges that the manifest remembers (option compaction_history_max), and why each was chosen; reads the manifest
// only. `id` empty: a line for each, oldest first. kInvalidArgument when none of that id is remembered.
Status explain_compaction(const StoreDirectory& store, std::optional<std::uint64_t> id, const cli::Form& form);

}  // namespace mylonite::tool
