// A second store in another directory of the same filesystem: the tables as further names of the same files, and a
// manifest of its own. It shares bytes, never changes, with the first; either may be opened, changed and removed.
//
// Order: directory, tables' names, directory sync, manifest, CURRENT. CURRENT is the commit: a crash before it leaves a
// directory without CURRENT, which an open refuses. Logs are not copied: what is to be in the checkpoint was flushed.
// Complexity: linear in tables; no table is read.
#pragma once

#include <string>

#include "core/store/engine_state.h"

namespace mylonite {

// What the state's current version holds. Errors: kAlreadyExists when `directory` is there; the file system's. On an
// error what was made is removed again, as far as the file system lets it.
Status make_checkpoint(const EngineState& state, const std::string& directory);

}  // namespace mylonite
