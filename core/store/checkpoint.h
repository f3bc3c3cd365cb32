// A checkpoint: a second store in another directory of the same file system. Its tables are further names of the same
// files; its manifest is its own. The two stores share bytes and no changes: each may be opened, changed and removed.
//
// Order: directory, tables' names, directory sync, manifest, CURRENT. CURRENT is the commit: a crash before it leaves a
// directory without CURRENT, which an open refuses. Logs are not copied: the caller flushes first.
// Complexity: linear in tables; no table is read.
#pragma once

#include <string>

#include "core/store/engine_state.h"

namespace mylonite {

// Copies the state's current version. Errors: kAlreadyExists if `directory` exists; the file system's. On an error it
// removes what it made, as far as the file system allows.
Status make_checkpoint(const EngineState& state, const std::string& directory);

}  // namespace mylonite
