// What the simulator itself must see happen now and then for a campaign to mean something: counted like the engine's
// marks, printed with the run. Observes, never steers.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace mylonite::sim {

enum class Sight : std::uint8_t {
  kReadInThePast,           // an as-of read was answered
  kReadRefused,             // and one was refused as older than history reaches, rightly
  kSnapshotReadAfterMerge,  // tables were merged between the taking of a snapshot and a read of it
  kSnapshotReadAfterFlush,  // the same with a flush
  kCursorUsedAfterMerge,    // and with a cursor that was held meanwhile
  kCursorUsedAfterFlush,    //
  kCursorTurned,            // a cursor went the other way
  kVersionDropped,          // a recovery found a version gone that a newer one excuses
  kTombstoneDropped,        // or a tombstone that was old enough
  kReadOnlyOpen,
  kCheckpoint,
  kCheckpointKept,  // one was looked at again in the life after
  kIngest,
  kCompactByHand,
  kBatchLargerThanMemtable,  //
};
inline constexpr std::array<std::string_view, 15> kSightNames = {"read in the past",
                                                                 "read refused",
                                                                 "snapshot read after a merge",
                                                                 "snapshot read after a flush",
                                                                 "cursor used after a merge",
                                                                 "cursor used after a flush",
                                                                 "cursor turned",
                                                                 "version dropped",
                                                                 "tombstone dropped",
                                                                 "read-only open",
                                                                 "checkpoint",
                                                                 "checkpoint kept",
                                                                 "ingest",
                                                                 "merge by hand",
                                                                 "batch larger than a memtable"};
using Sights = std::array<std::uint64_t, kSightNames.size()>;

}  // namespace mylonite::sim
