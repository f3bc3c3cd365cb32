// Carries out a merge in steps of a bounded number of bytes. It reads the inputs as one ordered stream, drops entries
// by the drop rule, writes one output run, and returns the edit. A move, and an expiry, reads and writes nothing.
//
// It commits nothing: the caller commits the edit, then removes the inputs' files. An input that cannot be read fails
// the job. After a failure the written files stay: the target's owner removes them, or the next open does.
// Thread-safety: one thread an object. Memory: a block an input run, one table builder, the range deletes.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/compaction/drop_rule.h"
#include "core/compaction/table_ends.h"
#include "core/iter/merging_iterator.h"
#include "core/sst/run_iterator.h"
#include "core/sst/run_writer.h"

namespace mylonite {

// The facts that a job depends on, taken at one moment.
struct JobPlan {
  std::shared_ptr<const Version> version;
  CompactionJob job;  // legal in that version
  RunId output;       // job.into, or the fresh id of the new run
  DropRule drop;
};

class JobRunner {
 public:
  // One list for each input: its open tables, in key order. Empty for a move or an expiry.
  using Inputs = std::vector<std::shared_ptr<const TableList>>;

  JobRunner(RunTarget target, JobPlan plan, Inputs inputs);
  JobRunner(const JobRunner&) = delete;
  JobRunner& operator=(const JobRunner&) = delete;

  // Merges about `bytes` of input; false: all is done.
  Result<bool> step(std::uint64_t bytes);
  // Ends the output, once, after the last step. Returns the edit that removes the inputs and adds the output, which may
  // be empty.
  Result<VersionEdit> finish();
  const Dropped& dropped() const { return dropped_; }
  // Of the entries written, keys and values outside the hull of the newest input's keys.
  std::uint64_t edge_bytes() const { return edge_bytes_; }

 private:
  Status start();
  Status write_entry();
  bool beside_newest(std::string_view user_key);
  Result<VersionEdit> finish_merge(VersionEdit edit);

  const JobPlan plan_;
  const Inputs inputs_;
  RunTarget target_;
  std::uint64_t tables_started_ = 0;
  RangeTombstones range_deletes_;  // of the inputs
  Dropped dropped_;
  std::optional<DropFilter> filter_;  // this and the next two exist from the first step on
  std::optional<MergingIterator> merged_;
  std::optional<RunWriter> output_;
  TableEnds ends_;
  std::string last_user_key_;
  KeyRange newest_{};  // of the newest input; borrows from the version
  enum class Side : std::uint8_t { kBefore, kAmid, kBehind };
  Side side_ = Side::kBefore;  // of newest_, on which the last entry lies
  std::uint64_t edge_bytes_ = 0;
};

}  // namespace mylonite
