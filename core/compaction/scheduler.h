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

// How fast a merge has to be under a scheduler that paces: done when the store has accepted `span` more bytes of
// writes. That is about when the next merge of its kind comes. Bytes of the merge are of its input.
struct Pace {
  std::uint64_t began = 0;  // bytes of writes accepted when it began
  std::uint64_t span = 1;   // at least 1
  std::uint64_t total = 1;  // at least 1
  // The accepted bytes from which on writers wait until more of the merge is done: a quarter of a span ahead of its
  // pace.
  std::uint64_t paid_until(std::uint64_t done) const;
};

struct JobProgress {
  std::uint64_t id = 0;         // an older job has a smaller one
  std::uint32_t top_level = 0;  // the newest level that it reads
  std::uint64_t bytes_done = 0;
  std::uint64_t bytes_left = 0;  // estimate
  std::uint64_t paid_until = 0;  // by its pace
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
  bool paces = false;     // writers wait while a merge that no user requested is behind its pace
  // The index of the job that goes on; empty: none may, until something changes.
  std::optional<std::size_t> (*next)(const SchedulerView&) = nullptr;
};
std::span<const Scheduler> schedulers();
const Scheduler& scheduler_named(std::string_view name);  // requires one of them

}  // namespace mylonite
