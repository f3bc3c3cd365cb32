// What a run of the laboratory depends on, as a value: policy, workload, sizes, devices, seed. Equal specs give equal
// results, to the bit.
//
// A spec is a JSON object, or a TOML file. Every member has a default and a row of spec_table(); an unknown name is
// refused, with the nearest one. Sizes of the tree are in entries: the runner measures what a full memtable makes on
// the disk and sets the store's byte options by that. A file's workload replaces `entries` by its number of keys, and
// `value_bytes` if it says any. Thread-safety: values.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include <mylonite/status.h>

namespace mylonite::experiments {

inline constexpr std::string_view kFileWorkload = "file";

struct RunSpec {
  std::string policy = "one_lvl";
  std::string workload = "upd_u";  // its name; kFileWorkload: what workload_file says
  std::string workload_file{};     // a path; in results without directories
  std::string workload_hash{};     // of the file's bytes, 16 hexadecimal digits; empty: any content
  std::string device = "nvme";
  std::string processor = "cpu-1";
  std::uint64_t seed = 1;
  std::uint64_t entries = 164'000;      // N of the workload
  std::uint64_t value_bytes = 112;      // keys have 16
  std::uint64_t buffer_entries = 1024;  // of a memtable, and of a table
  std::uint64_t size_ratio = 10;        // of a level to the one above
  std::uint64_t base_buffers = 10;      // level 1's target, in buffers
  std::uint64_t level0_runs = 1;        // runs of level 0 that start a merge
  std::uint64_t clients = 1;
  std::uint64_t load_percent = 0;            // open loop at so much of the closed loop's throughput; 0: closed loop
  std::uint64_t arrivals_per_second = 0;     // open loop at this rate, the same for all policies; 0: not so
  std::uint64_t debt_samples = 0;            // moments at which the exact debt of merging is found; 0: none
  bool rests = false;                        // after each buffer the clients wait until the store has nothing to do
  std::map<std::string, std::string> set{};  // further options of the store, by name
  bool open_loop() const { return load_percent > 0 || arrivals_per_second > 0; }
  bool operator==(const RunSpec&) const = default;
};

struct SpecRow {
  using Member = std::variant<std::string RunSpec::*, std::uint64_t RunSpec::*, bool RunSpec::*>;
  std::string_view name;
  Member member;
  std::uint64_t low = 0;  // of a number, both ends included
  std::uint64_t high = 0;
  std::string_view meaning;
};
std::span<const SpecRow> spec_table();

// kInvalidArgument, with the name, the value and what is allowed; kUnsupported: this build has no TOML. `file` names
// the text in messages; it is TOML if that ends in .toml, else JSON.
Result<RunSpec> parse_spec(std::string_view text, const std::string& file);
// Names of the workload, the device, the processor and the options that are set; and what cannot be together.
Status check_names(const RunSpec& spec);
std::string workload_text(const RunSpec& spec);  // for people: its name, or the file's name and hash
// Without the members about a file, if the workload is none.
std::string spec_json(const RunSpec& spec);
std::string spec_hash(const RunSpec& spec);  // 16 hexadecimal digits

}  // namespace mylonite::experiments
