// A crash as a function from a disk to a disk.
//
// process_kill: the process dies, the operating system lives. Everything visible stays and what was pending still is;
// holders and locks are gone.
// power_loss: every unit that was not durable meets the fate that the Chooser gives it (choice.h). The result has
// nothing pending: what is visible is durable. Which name operations are asked for depends on the profile:
//
//   profile      operations of a synced directory   a full sync of a file persists       other operations
//   kOrdered     these and all earlier ones         its names and all earlier ones       a prefix of the journal is kept
//   kReordering  these                              its names                            any subset is kept
//   kPosix       these                              no name                              any subset is kept
//
// A full sync is kDataAndSize. An operation is kept or lost as a whole, so a rename's target is the old file or the new
// one. A directory that is lost takes along what lies below it. Rules that hold for every answer: bytes that were
// synced, below a length that was synced, stay; a fate touches only bytes that were not durable, even within a sector.
// Units are asked in a fixed order: names in journal order, then files in order of their node ids (size, then pages,
// each followed by its sectors if torn); only files that the surviving names reach are asked. Pure given the chooser.
// Complexity: O(nodes + pending units + their bytes).
#pragma once

#include <mylonite/faultfs/choice.h>
#include <mylonite/faultfs/disk.h>

namespace mylonite::faultfs {

enum class NameOrder : std::uint8_t { kOrdered, kReordering, kPosix };

Disk process_kill(const Disk& disk);
Disk power_loss(const Disk& disk, NameOrder order, Chooser& chooser);

}  // namespace mylonite::faultfs
