// A crash as a function from a disk to a disk.
//
// process_kill: the process dies, the operating system lives. What is visible stays, what is pending stays pending;
// holders and locks are gone.
// power_loss: the Chooser decides the fate of every unit that is not durable (choice.h). In the result everything is
// durable and nothing is pending. The profile decides which name operations are durable, and which the Chooser decides:
//
//   profile      operations of a synced directory   a full sync of a file persists       other operations
//   kOrdered     these and all earlier ones         its names and all earlier ones       a prefix of the journal is
//                kept
//   kReordering  these                              its names                            any subset is kept
//   kPosix       these                              no name                              any subset is kept
//
// A full sync is kDataAndSize. An operation is kept or lost as a whole, so a rename's target is the old file or the new
// one. A lost directory takes everything below it along.
// Invariants, whatever the Chooser answers: synced bytes below a synced length stay; a fate changes only bytes that
// were not durable, even within a sector.
// The order of units is fixed: names in journal order, then files in order of their node ids. Of a file the size comes
// first, then the pages, each followed by its sectors if torn. Files that no surviving name reaches have no units.
// Pure given the chooser. Complexity: O(nodes + pending units + their bytes).
#pragma once

#include <mylonite/faultfs/choice.h>
#include <mylonite/faultfs/disk.h>

namespace mylonite::faultfs {

enum class NameOrder : std::uint8_t { kOrdered, kReordering, kPosix };

Disk process_kill(const Disk& disk);
Disk power_loss(const Disk& disk, NameOrder order, Chooser& chooser);

}  // namespace mylonite::faultfs
