// Repairs a damaged store in its directory.
//
//   lock      one at a time, and nobody who has the store open
//   find      every file that counts is read whole; so far nothing is written (repair_findings.h)
//   write     into the directory `repair`: what damaged tables still hold, what logs hold, merges (repair_order.h)
//   set aside damaged files get a second name in the directory `lost`
//   commit    the new tables get their names; a new manifest holds everything; the rename of CURRENT is the only commit
//   clean up  the first names of damaged files go, and the directory `repair`
// A crash before the commit leaves the directory as it was, with names that the next repair removes or that no manifest
// lists. After it the store is whole; the next open ends the cleaning up. A sound store is left as it is.
// After a repair there is nothing to recover: logs are in tables. Numbers and stamps go on above everything seen. If
// anything was lost, reads of the past are refused.
#pragma once

#include <memory>
#include <string_view>

#include <mylonite/file_system.h>
#include <mylonite/options.h>
#include <mylonite/repair.h>
#include <mylonite/status.h>

namespace mylonite {

inline constexpr std::string_view kLostName = "lost";  // the directory for damaged files, inside the store's

// Errors: Store::repair(). Thread-safety: any thread.
Result<RepairReport> repair_store(std::shared_ptr<vfs::FileSystem> fs, const Options& options, RepairMode mode);

}  // namespace mylonite
