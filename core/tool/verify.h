// `mylonite verify`: every file of a store read whole and checked. Each damage is a line that names file, offset, what
// was expected and what was found; files that the store does not need are notes.
//
// Goes on behind damage: a manifest that cannot be read leaves tables and logs to be checked each by itself. Of each
// table and log the first damage is reported. Writes nothing to the store, takes no lock: a store that is written to
// meanwhile may lose files under the reader.
#pragma once

#include <cstdint>

#include <mylonite/options.h>
#include <mylonite/status.h>

#include "core/cli/output.h"
#include "core/tool/store_directory.h"

namespace mylonite::tool {

// How many damages were found; an error only where the operating system failed.
Result<std::uint64_t> verify(const StoreDirectory& store, const Options& options, const cli::Form& form);

}  // namespace mylonite::tool
