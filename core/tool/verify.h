// `mylonite verify`: reads and checks every file of a store. Each damage is a line with file, offset, expected and
// found value; files that the store does not need are notes.
//
// It continues after damage: without a readable manifest it checks each table and log by itself. It reports the first
// damage of each table and log. It writes nothing and takes no lock, so an active writer may remove files meanwhile.
#pragma once

#include <cstdint>

#include <mylonite/options.h>
#include <mylonite/status.h>

#include "core/cli/output.h"
#include "core/tool/store_directory.h"

namespace mylonite::tool {

// Returns the number of damages found; an error only if the operating system failed.
Result<std::uint64_t> verify(const StoreDirectory& store, const Options& options, const cli::Form& form);

}  // namespace mylonite::tool
