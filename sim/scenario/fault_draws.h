// The table of faults that scenarios draw one by one: in how many seeds, how often, and on which files. Each row draws
// from random streams split by its own name, so a new row shifts nothing in seeds that do not draw it.
//
// Lying syncs and failing calls are older and not in the table; they are Scenario's lie_one_in and fail_one_in.
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
  std::uint64_t seeds_one_in;           // the row is drawn in one seed of this many; a lie, of those whose syncs lie
  std::array<std::uint64_t, 3> one_in;  // it then strikes one call in n; n is drawn from these

  std::string stream() const { return "fault " + std::string(row_of(fault).name) + " " + std::string(role); }
};

inline constexpr std::array<FaultDraw, 3> kFaultDraws = {{
    {.fault = faultfs::Fault::kLieForgetting, .role = "", .seeds_one_in = 3, .one_in = {5, 20, 100}},
    // Not on logs and manifests: there, damage to the last durable record looks like a torn end.
    {.fault = faultfs::Fault::kFlippedBits, .role = "sst", .seeds_one_in = 8, .one_in = {30, 100, 500}},
    {.fault = faultfs::Fault::kFlippedBits, .role = "current", .seeds_one_in = 40, .one_in = {3, 10, 30}},
}};

}  // namespace mylonite::sim
