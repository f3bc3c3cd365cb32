// `mylonite verify`: reads and checks every file of a store. Each damage is a line with file, offset, expected and
// found value; files that the store does not need are notes.
//
// It continues after damage: without a readable manifest it checks each table and log by itself. It reports the first
// damage of each table and log. It writes nothing and takes no lock. A writer may be active: what it removes, and what
// its manifest no longer needs, is no damage.
#pragma once

#include <cstdint>
#include <string>

#include <mylonite/options.h>
#include <mylonite/status.h>

#include "core/cli/output.h"
#include "core/tool/store_directory.h"

namespace mylonite::tool {

// Returns the number of damages found; an error only if the operating system failed.
Result<std::uint64_t> verify(const StoreDirectory& store, const Options& options, const cli::Form& form);

struct Verified {
  std::uint64_t damages = 0;
  std::string text;  // one line
};
Result<Verified> verify_in_short(const StoreDirectory& store, const Options& options);  // prints nothing

}  // namespace mylonite::tool
