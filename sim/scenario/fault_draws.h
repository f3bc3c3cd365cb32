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
  std::uint64_t calls_most = 1;         // and so many calls in a row at most

  std::string stream() const { return "fault " + std::string(row_of(fault).name) + " " + std::string(role); }
};

inline constexpr std::array<FaultDraw, 8> kFaultDraws = {{
    {.fault = faultfs::Fault::kLieForgetting, .role = "", .seeds_one_in = 3, .one_in = {5, 20, 100}},
    // Not on logs and manifests: there, damage to the last durable record looks like a torn end.
    {.fault = faultfs::Fault::kFlippedBits, .role = "sst", .seeds_one_in = 8, .one_in = {30, 100, 500}},
    {.fault = faultfs::Fault::kFlippedBits, .role = "current", .seeds_one_in = 40, .one_in = {3, 10, 30}},
    // A disk that is full for a while, and room that comes back.
    {.fault = faultfs::Fault::kNoSpace, .role = "", .seeds_one_in = 12, .one_in = {30, 100, 300}, .calls_most = 100},
    {.fault = faultfs::Fault::kQuota, .role = "", .seeds_one_in = 30, .one_in = {30, 100, 300}, .calls_most = 30},
    {.fault = faultfs::Fault::kNoDescriptor, .role = "", .seeds_one_in = 20, .one_in = {10, 30, 100}, .calls_most = 20},
    // A disk that fails for a while, and records of the manifest that are there although they failed.
    {.fault = faultfs::Fault::kIoError, .role = "", .seeds_one_in = 16, .one_in = {100, 300, 1000}, .calls_most = 60},
    {.fault = faultfs::Fault::kIoErrorDone,
     .role = "manifest",
     .seeds_one_in = 16,
     .one_in = {3, 10, 30},
     .calls_most = 6},
}};

}  // namespace mylonite::sim
