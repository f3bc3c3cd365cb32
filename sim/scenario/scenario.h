// A scenario: everything a run depends on. A run is a pure function of it.
//
// A scenario is a list of incarnations: lives of the store on one simulated disk, from open to crash or close. The
// generator fills in *plans* (a strategy with its seed, a crash "at the n-th call"). A run turns plans into explicit
// decisions and hands back the same scenario with `recorded` set: schedule deviations, the crash's anchor, what each
// undurable unit became. A scenario with recorded decisions replays without any random number.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mylonite/faultfs/anchor.h>
#include <mylonite/faultfs/choice.h>
#include <mylonite/faultfs/crash.h>
#include <mylonite/faultfs/sim_file_system.h>
#include <mylonite/options.h>

#include "sim/machine/strategy.h"
#include "sim/scenario/fault_draws.h"
#include "sim/scenario/operations.h"

namespace mylonite::sim {

// When the machine dies, counted in file calls of one phase of an incarnation (those that change the disk, unless
// `only` names a kind); at the end of the phase if it has fewer.
enum class Phase : std::uint8_t { kOpen, kWork, kClose };
inline constexpr std::array<std::string_view, 3> kPhaseNames = {"open", "work", "close"};

enum class Ending : std::uint8_t { kClose, kKill, kPowerLoss };
inline constexpr std::array<std::string_view, 3> kEndingNames = {"close", "kill", "power-loss"};

// What a crash does to the running store. Dead world: from then on every file call fails and the store closes by its
// own error paths. Drop: nothing of it runs any more.
enum class CrashMode : std::uint8_t { kUnwind, kAbandon };
inline constexpr std::array<std::string_view, 2> kCrashModeNames = {"dead-world", "drop"};

struct CrashPlan {
  Phase phase = Phase::kWork;
  std::optional<faultfs::CallKind> only{};  // count calls of this kind only
  std::uint64_t call = 1;                   // the n-th such call
  bool after = false;                       // once the call took effect, before it returns
  bool operator==(const CrashPlan&) const = default;
};

// The file call in which the machine died.
struct CrashAnchor {
  faultfs::Anchor at;
  bool after = false;  // once the call took effect, before it returned
  bool operator==(const CrashAnchor&) const = default;
};

enum class StrategyKind : std::uint8_t { kDefault, kSticky, kUniform, kRoundRobin, kPct };
inline constexpr std::array<std::string_view, 5> kStrategyNames = {"default", "sticky", "uniform", "round-robin",
                                                                   "pct"};

struct SchedulePlan {
  StrategyKind kind = StrategyKind::kDefault;
  std::uint64_t parameter = 1;        // sticky: one in; round-robin: quantum; pct: depth
  std::uint64_t spurious_one_in = 0;  // 0: no spurious wake-ups
  std::uint64_t seed = 0;
  bool operator==(const SchedulePlan&) const = default;
};

struct Recorded {
  std::vector<Deviation> schedule{};
  std::optional<CrashAnchor> crash{};   // empty: at the end of a phase
  std::optional<Phase> crash_at_end{};  // of this phase
  std::vector<faultfs::Choice> image{};
  std::vector<faultfs::PlacedFault> faults{};  // of single calls
};

struct IncarnationPlan {
  Options options{};
  std::vector<std::vector<Operation>> clients{};
  Ending ending = Ending::kClose;
  CrashPlan crash{};  // unless the ending is kClose
  CrashMode crash_mode = CrashMode::kUnwind;
  SchedulePlan schedule{};
  std::uint64_t close_after_ns = 0;  // close in the middle of the clients' work, after so long; 0: once they are done
  bool read_only_first = false;      // before the open the store is opened for reading, which must change nothing
  bool foreign_file = false;         // somebody else's file appears in the directory before the open
  std::uint64_t image_seed = 0;      // of what survives, and of lies
  std::uint64_t entropy_seed = 0;
  std::optional<Recorded> recorded{};
};

struct Scenario {
  std::uint64_t seed = 0;
  std::uint64_t generator = 1;  // version
  std::string profile = "default";
  faultfs::NameOrder names = faultfs::NameOrder::kOrdered;
  std::uint64_t lie_one_in = 0;  // 0: syncs never lie
  // 0: no single file call fails. Otherwise one read in so many does, and of other calls one in five times as many.
  std::uint64_t fail_one_in = 0;
  std::array<std::uint64_t, kFaultDraws.size()> drawn{};  // of each row: one call in so many is struck; 0: none
  std::uint64_t wall_start_ticks = 0;
  std::uint64_t sync_ns = 0;  // virtual time a sync takes; others run meanwhile
  std::vector<IncarnationPlan> incarnations{};
};

inline constexpr std::array<std::string_view, 3> kNameOrderNames = {"ordered", "reordering", "posix"};

}  // namespace mylonite::sim
