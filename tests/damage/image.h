// Stores to damage: disks of closed and of killed stores, with the model of what they hold. The same bytes every time:
// they are made on simulated threads under a simulated clock.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <mylonite/faultfs/disk.h>
#include <mylonite/options.h>
#include <mylonite/timestamp.h>

namespace mylonite::damage {

// What a key was from a stamp on; no value: deleted.
struct Version {
  Timestamp at;
  std::optional<std::string> value;
};
using Model = std::map<std::string, std::vector<Version>>;  // stamps ascend

struct Record {
  std::uint64_t end = 0;  // in its log
  Timestamp at;
};

enum class Role : std::uint8_t {
  kData,
  kFilter,
  kIndex,
  kRangeDeletes,
  kFooter,  // and properties
  kLog,
  kManifest,
  kCurrent,
};
inline constexpr std::size_t kRoles = 8;
const char* role_name(Role role);

// A part of a file in which a sector may be damaged.
struct Part {
  std::string file;
  std::uint64_t from = 0;
  std::uint64_t to = 0;
};

struct Image {
  std::string name;
  bool closed = false;  // or killed
  Options options;
  faultfs::Disk disk;
  Model model;
  std::vector<Timestamp> stamps;                       // of all batches, ascending
  std::vector<Part> parts[kRoles];                     // by role; of live files
  std::map<std::string, std::string> files;            // bytes by name
  std::map<std::string, std::vector<Record>> records;  // of live logs
  std::string last_log;
};

std::vector<Image> make_images();

}  // namespace mylonite::damage
