// `mylonite explain compaction`: the merges that the manifest remembers (option compaction_history_max), and why each
// was chosen. Reads the manifest only.
#pragma once

#include <cstdint>
#include <optional>

#include "core/base/status.h"
#include "core/tool/output.h"
#include "core/tool/place.h"

namespace mylonite::tool {

// `id` empty: a line for each, oldest first. kInvalidArgument when none of that id is remembered.
Status explain_compaction(const Place& place, std::optional<std::uint64_t> id, const Form& form);

}  // namespace mylonite::tool
