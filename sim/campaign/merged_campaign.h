// One campaign from the --jsonl files of its parts: of shards, of machines, of a run that was stopped.
//
// Parts come in any order and may overlap. A seed that two parts ran counts once, and its trace hashes must be equal.
// What stands in the result does not depend on the order, but for the failure that is told of a signature: of equally
// small ones the first read. A file that ends in .part may end within a line.
// Thread-safety: one thread. Complexity: a line takes time logarithmic in the seeds; of a seed its hash and its line
// are kept.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <mylonite/status.h>

#include "sim/report/signature.h"

namespace mylonite::sim {

// How a part was run. Seeds, shards and workers may differ from part to part; all else must be equal.
struct CampaignStart {
  std::string program;
  std::string version;
  std::string options;  // of the generator, as one types them
  bool operator==(const CampaignStart&) const = default;
};

// Where seeds were to be run, as A:B and shard I of N.
struct SeedRange {
  std::uint64_t first = 0;
  std::uint64_t end = 0;  // UINT64_MAX: as many as the time allowed
  std::uint64_t shard = 0;
  std::uint64_t shards = 1;
  auto operator<=>(const SeedRange&) const = default;
};

struct MergedMark {
  std::uint64_t times = 0;
  std::uint64_t seeds = 0;
  std::uint64_t first_seed = UINT64_MAX;
};

struct MergedGroup {
  Signature signature{};
  std::set<std::uint64_t> seeds{};
  std::string what{};                     // of the failure that is told
  std::string artifact{};                 // its scenario file; empty: none
  std::uint64_t operations = UINT64_MAX;  // of that file
  std::uint64_t crashes = 0;
};

struct MergedCampaign {
  CampaignStart start{};
  std::set<SeedRange> ranges{};
  std::map<std::uint64_t, std::string> trace_hashes{};  // by seed
  std::uint64_t nondeterministic = 0;
  std::uint64_t nothing_ran = 0;
  std::uint64_t operations = 0;
  std::uint64_t crashes = 0;
  std::uint64_t wall_ms = 0;  // of single seeds, added up
  std::map<std::string, MergedMark, std::less<>> marks{};
  std::map<Signature, MergedGroup> groups{};
  std::set<std::uint64_t> failed{};       // seeds; of a part that was stopped, the signature of the last may be missing
  std::vector<std::string> unfinished{};  // files of runs that were stopped, or go on
};

class CampaignMerger {
 public:
  // Adds a file's lines. kInvalidArgument, with file and line: a line that --jsonl does not write, or a part that was
  // run in another way. kCorruption: a seed of two parts whose trace hashes differ.
  Status add(const std::string& file, std::string_view text);

  const MergedCampaign& result() const { return merged_; }

 private:
  struct Line;

  bool is_of_range(std::uint64_t seed) const;
  Status add_line(const Line& line);
  Status add_start(const Line& line);
  Status add_seed(const Line& line);
  Status add_failure(const Line& line, bool of_signature);

  MergedCampaign merged_{};
  std::map<std::uint64_t, std::string> places_{};  // where a seed was read
  std::string first_file_{};
  SeedRange range_{};     // of the file that is read
  bool started_ = false;  // the file that is read has told how it was run
};

// Seeds that the ranges name and no part ran: "150 of 300 seeds of 0:300". Empty: none, or it cannot be known.
std::string missing_seeds(const MergedCampaign& campaign);
std::string results_hash(const MergedCampaign& campaign);  // of seeds and trace hashes, in order
std::vector<const MergedGroup*> smallest_first(const MergedCampaign& campaign);

// Marks of Mylonite that no seed reached. Empty too for a store that has none of them.
std::vector<std::string> marks_not_reached(const MergedCampaign& campaign);

}  // namespace mylonite::sim
