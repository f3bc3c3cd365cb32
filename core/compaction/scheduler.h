// Which of several merges that have begun goes on next. Merges run in steps of compaction_step_bytes; a thread that has
// done one asks the scheduler again. A policy says what is merged, a scheduler in which order the work is done.
//
// A merge that waits keeps its place: no job starts that meets its tables. Schedulers read nothing but this view.
// Thread-safety: pure. Complexity: linear in jobs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace mylonite {

struct JobProgress {
  std::uint64_t id = 0;         // an older job has a smaller one
  std::uint32_t top_level = 0;  // the newest level that it reads
  std::uint64_t bytes_done = 0;
  std::uint64_t bytes_left = 0;  // estimate
};

struct SchedulerView {
  std::span<const JobProgress> jobs;  // those that wait, not empty
  bool flushing = false;              // memtables wait for their flush, or are being flushed
};

struct Scheduler {
  std::string_view name;
  std::string_view what;
  std::string_view source;
  bool gives_way = true;  // false: a job goes on until it ends, and nobody is asked
  // The index of the job that goes on; empty: none may, until something changes.
  std::optional<std::size_t> (*next)(const SchedulerView&) = nullptr;
};
std::span<const Scheduler> schedulers();
const Scheduler& scheduler_named(std::string_view name);  // requires one of them

}  // namespace mylonite
