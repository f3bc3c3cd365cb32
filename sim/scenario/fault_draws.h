// The faults that a run draws by themselves: a row says in how many seeds, how often, and on which files. Each row draws
// from random streams split by its own name, so a new row shifts nothing in seeds that do not draw it.
//
// Lying syncs and failing calls are older and draw together; they are Scenario's lie_one_in and fail_one_in.
// Thread-safety: constants.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include <mylonite/faultfs/fault.h>

namespace mylonite::sim {

struct FaultDraw {
  faultfs::Fault fault;
  std::string_view role;                // of the files whose calls it strikes (file_roles.h); empty: of any
  std::uint64_t seeds_one_in;           // in one seed of so many; of lies: one of those whose syncs lie
  std::array<std::uint64_t, 3> one_in;  // there it strikes one call in so many: one of these is drawn

  std::string stream() const { return "fault " + std::string(row_of(fault).name) + " " + std::string(role); }
};

inline constexpr std::array<FaultDraw, 3> kFaultDraws = {{
    {.fault = faultfs::Fault::kLieForgetting, .role = "", .seeds_one_in = 3, .one_in = {5, 20, 100}},
    // Not on logs and manifests: damage to the last record that was made durable cannot be told from a torn end there.
    {.fault = faultfs::Fault::kFlippedBits, .role = "sst", .seeds_one_in = 8, .one_in = {30, 100, 500}},
    {.fault = faultfs::Fault::kFlippedBits, .role = "current", .seeds_one_in = 40, .one_in = {3, 10, 30}},
}};

}  // namespace mylonite::sim
