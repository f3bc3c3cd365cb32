// The commands of mylonite-lab that run specs in virtual time: run, compare, claims, policies, workloads.
// Thread-safety: on a program's main thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <mylonite/compaction_policy.h>

#include "core/cli/program.h"
#include "experiments/amplification/amplification.h"
#include "experiments/claims/verdict.h"
#include "experiments/compare/compare.h"
#include "experiments/decisions/headroom.h"
#include "experiments/workload/stream.h"

namespace mylonite::experiments {

// Of export.
struct ExportArguments {
  std::string workload{};
  std::string format = "operations";
  StreamOptions size{.entries = RunSpec().entries, .value_bytes = RunSpec().value_bytes};
  std::optional<std::string> out{};
};

// The targets of the commands' values.
struct LabArguments {
  std::string program{};  // its name in messages
  CompactionPolicies policies{};
  std::string spec{};           // a file
  std::string workload_file{};  // of run: in place of the spec's
  CompareArguments compare{};
  AmplificationArguments beside{};       // of amplification
  std::vector<std::string> workloads{};  // empty: the spec's
  std::string shard{};                   // I/N
  std::vector<std::string> files{};
  std::string base_policy{};
  std::uint64_t decision = 0;        // of explain; 0: all
  std::vector<std::string> forks{};  // DECISION or DECISION:CANDIDATE
  std::uint64_t candidate = 1;       // of fork, where none is given
  HeadroomArguments headroom{};
  ClaimsArguments claims{};
  ExportArguments exported{};
  std::vector<std::string> settings{};
  std::optional<std::string> jsonl{};
  std::optional<std::string> csv{};
  std::optional<std::string> html{};
  bool json = false;
};

Result<RunSpec> read_spec(const std::string& file);

// A parameter for each member of a spec: --buffer-entries for buffer_entries.
void add_spec_parameters(RunSpec& spec, std::vector<cli::Parameter>& all);

// Of the files that results go to.
cli::Parameter jsonl_parameter(LabArguments& arguments);
cli::Parameter csv_parameter(LabArguments& arguments);
cli::Parameter html_parameter(LabArguments& arguments);

std::vector<cli::Command> lab_commands(LabArguments& arguments, const std::string& program);

}  // namespace mylonite::experiments
