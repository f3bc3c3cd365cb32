// Every mark of the engine: rare things that a large enough run must reach. A test holds this list equal to the calls
// of rt::mark in core/; `run --require-marks` fails when one was never reached.
#pragma once

#include <array>
#include <string_view>

namespace mylonite::sim {

inline constexpr std::array<std::string_view, 15> kMarks = {
    "compaction.concurrent", "compaction.installed",         "compaction.moved",   "compaction.retried",
    "manifest.rotated",      "manifest.torn_tail",           "read.below_floor",   "recovery.flush_in_replay",
    "stamps.ceiling_met",    "stamps.clock_unusable",        "wal.torn_tail",      "wal.unfinished",
    "write.slowdown",        "write.stall_frozen_memtables", "write.stall_level0",
};

}  // namespace mylonite::sim
