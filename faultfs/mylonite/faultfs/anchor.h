// An anchor names one call of a file system by its place in a run: "the 3rd sync of the 2nd wal". Edits elsewhere in
// the run do not shift it. Records of faults and crashes use anchors. path_cache.h counts calls and makes anchors.
// Thread-safety: values.
#pragma once

#include <cstdint>
#include <string>

#include <mylonite/faultfs/call.h>
#include <mylonite/faultfs/fault.h>

namespace mylonite::faultfs {

struct Anchor {
  std::string role;              // of the file, in the words of its user's classifier
  std::uint64_t generation = 0;  // the file's number within its role
  CallKind call{};
  std::uint64_t nth = 1;  // call of its kind on that file
  bool operator==(const Anchor&) const = default;
};
std::string to_string(const Anchor& anchor);  // "the 3rd sync of the 2nd wal"

// A fault and the call that it struck, or is to strike.
struct PlacedFault {
  Anchor at;
  Strike strike{};
  bool operator==(const PlacedFault&) const = default;
};
std::string to_string(const PlacedFault& placed);  // "EIO on the 3rd sync of the 2nd wal"

std::string ordinal(std::uint64_t number);  // "1st", "12th", "23rd"

}  // namespace mylonite::faultfs
