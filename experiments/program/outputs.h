// Where the results of a command go besides its text: the files of --jsonl, --csv and --html.
// Thread-safety: one call at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <mylonite/status.h>

#include "core/cli/files.h"
#include "core/cli/program.h"
#include "experiments/compare/compare.h"
#include "experiments/program/lab_commands.h"

namespace mylonite::experiments {

// A file of results, a line for each. Begun before anything runs, so that a wrong path costs nothing.
class ResultFile {
 public:
  Status open(const std::optional<std::string>& path, const std::string& header);
  Status add(const std::string& line) { return file_ ? file_->add(line) : Status(); }
  Status complete() { return file_ ? file_->complete() : Status(); }
  Status discard() const { return file_ ? file_->discard() : Status(); }
  std::string partial_path() const { return file_ ? file_->partial_path() : ""; }

 private:
  std::optional<cli::LineFile> file_;
};

// Says on standard error that `which` ("2 of 4 runs") say nothing, why, and what to do.
void warn_of_silence(const std::string& program, const std::string& which, std::uint64_t buffer_entries);

class Outputs {
 public:
  // Begins the files. kInvalidArgument if two are one, or one is a file that the command reads.
  Status open(const LabArguments& arguments);
  void add(const RunResult& result);

  // Writes what is left, and prints the text and the comparisons.
  cli::Ending complete(std::string text, const std::vector<Comparison>& comparisons);

  // After a signal: keeps the lines of the runs that ended, and says so on standard error. `stopped_after`: "after 7 of
  // 20 runs". `rest`: the options that carry out the others ("--seed 4 --seeds 7"); empty: there are none.
  cli::Ending stop(const std::string& stopped_after, const std::string& rest) const;

  // After an error: no file stays that holds nothing.
  cli::Ending fail(const Error& error) const;

  std::uint64_t runs() const { return runs_; }

 private:
  // Where the runs so far are: "a.jsonl.part and a.csv.part". Without runs nothing is there, and removed.
  std::string kept() const;

  std::string program_{};
  ResultFile jsonl_{};
  ResultFile csv_{};
  ResultFile html_{};
  std::uint64_t runs_ = 0;
  std::uint64_t silent_runs_ = 0;     // that say nothing
  std::uint64_t silent_entries_ = 0;  // of a buffer of the first of them
  std::string wrong_{};               // the first wrong answer of a store
  Status written_{};
};

}  // namespace mylonite::experiments
