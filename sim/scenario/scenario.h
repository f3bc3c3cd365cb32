// A scenario: everything a run depends on. A run is a pure function of it.
//
// A scenario is a list of incarnations. An incarnation of the store lasts from an open to a crash or close, on one
// simulated disk. The generator fills in *plans* (a strategy with its seed, a crash "at the n-th call"). A run turns
// plans into explicit decisions, and returns the same scenario with `recorded` set: schedule deviations, the crash's
// anchor, the fate of each undurable unit. A scenario with recorded decisions replays without any random number.
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
#include <mylonite/faultfs/damage.h>
#include <mylonite/faultfs/sim_file_system.h>
#include <mylonite/options.h>

#include "sim/machine/strategy.h"
#include "sim/scenario/fault_draws.h"
#include "sim/scenario/operations.h"

namespace mylonite::sim {

// A phase of an incarnation. A crash is planned at a file call of one phase, or at the phase's end if it has fewer.
enum class Phase : std::uint8_t { kOpen, kWork, kClose };
inline constexpr std::array<std::string_view, 3> kPhaseNames = {"open", "work", "close"};

enum class Ending : std::uint8_t { kClose, kKill, kPowerLoss };
inline constexpr std::array<std::string_view, 3> kEndingNames = {"close", "kill", "power-loss"};

// The effect of a crash on the running store. kUnwind, "dead-world": every later file call fails, and the store closes
// by its own error paths. kAbandon, "drop": none of its code runs any further.
enum class CrashMode : std::uint8_t { kUnwind, kAbandon };
inline constexpr std::array<std::string_view, 2> kCrashModeNames = {"dead-world", "drop"};

struct CrashPlan {
  Phase phase = Phase::kWork;
  std::optional<faultfs::CallKind> only{};  // count calls of this kind; empty: all that change the disk
  std::uint64_t call = 1;                   // the n-th such call
  bool after = false;                       // after the call's effect, before it returns
  bool operator==(const CrashPlan&) const = default;
};

// The file call in which the machine died.
struct CrashAnchor {
  faultfs::Anchor at;
  bool after = false;  // after the call's effect, before it returned
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

  // A search (sim/shrink) leaves some decisions open. The plan's seeds then take them, and the run records them. No
  // scenario file has an open decision.
  bool open_schedule = false;  // after the deviations of `schedule`
  bool open_crash = false;
  bool open_image = false;  // but for the units of `image`
  // Fates of units that are not there any more go to units like them. Empty: they go to none.
  std::optional<faultfs::AdaptingChooser::Likeness> adapt_image{};
};

// Damage to one file of the store, by the medium. The file is the n-th of its role, by name, modulo their number.
struct DamagePlan {
  faultfs::DamageKind kind = faultfs::DamageKind::kFlippedBit;
  std::string role;
  std::uint64_t file = 0;
  std::uint64_t where = 0;
  bool operator==(const DamagePlan&) const = default;
};

struct IncarnationPlan {
  Options options{};
  std::vector<std::vector<Operation>> clients{};
  Ending ending = Ending::kClose;
  CrashPlan crash{};  // unless the ending is kClose
  CrashMode crash_mode = CrashMode::kUnwind;
  SchedulePlan schedule{};
  std::uint64_t close_after_ns = 0;    // close at this time, during the clients' work; 0: after their work
  bool read_only_first = false;        // open the store for reading first, which must change nothing
  bool refused_first = false;          // open with error_if_exists first, which must refuse and change nothing
  bool second_opener = false;          // while the store is open another open tries; it is to be refused
  std::optional<DamagePlan> damage{};  // the store is tried on a copy of the disk that has it, before the open
  bool foreign_file = false;           // a foreign file appears in the directory before the open
  std::uint64_t image_seed = 0;        // of the fates at a power loss, and of lies
  std::uint64_t entropy_seed = 0;
  std::optional<Recorded> recorded{};
};

inline constexpr std::uint64_t kUsualStartTicks = 17'671'392'000'000'000;  // in 2026

struct Scenario {
  std::uint64_t seed = 0;
  std::uint64_t generator = 1;  // version
  std::string profile = "default";
  faultfs::NameOrder names = faultfs::NameOrder::kOrdered;
  std::uint64_t lie_one_in = 0;  // 0: syncs never lie
  // 0: no single file call fails. Otherwise one read in n does, and one other call in 5n.
  std::uint64_t fail_one_in = 0;
  std::array<std::uint64_t, kFaultDraws.size()> drawn{};  // for each row: it strikes one call in n; 0: none
  std::uint64_t wall_start_ticks = 0;
  std::uint64_t sync_ns = 0;  // virtual time a sync takes; others run meanwhile
  std::vector<IncarnationPlan> incarnations{};
};

std::uint64_t operations_of(const Scenario& scenario);  // the number of all clients' operations

// What of a scenario is for Mylonite alone: the name of the first such operation, or "open for reading". Empty:
// nothing, and every store under the simulator can follow it.
std::string first_of_mylonite(const Scenario& scenario);

inline constexpr std::array<std::string_view, 3> kNameOrderNames = {"ordered", "reordering", "posix"};

}  // namespace mylonite::sim
