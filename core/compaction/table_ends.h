// Where the tables of a merge end, by the tables of the level below them.
//
// A table that overlaps much of that level is dear when it moves on: all of it is rewritten. So a table ends before it
// overlaps more than the job allows. And one that ends inside a table below shares that with its neighbour: both will
// rewrite it. So an aligned job's table rather ends where one below begins, from half its full size on, up to twice
// that. The more tables it has passed, the less one of them weighs, and the longer it waits: 5 % a table, to 90 %.
// (RocksDB does so, from 7.8 on: compaction_outputs.cc.)
// Thread-safety: one thread an object. Complexity: O(tables below) to make, then amortized O(1) a key.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <mylonite/compaction_job.h>

namespace mylonite {

class TableEnds {
 public:
  // `full_bytes`: of a table, when nothing is aligned.
  TableEnds(Levels levels, const CompactionJob& job, std::uint64_t full_bytes);

  bool may_end_one() const { return !below_.empty(); }  // false: ends_before() never says so
  std::uint64_t table_bytes_max() const { return table_bytes_max_; }
  // Whether the open table, of `table_bytes` so far, ends before this user key. Requires ascending ones, each once.
  bool ends_before(std::string_view user_key, std::uint64_t table_bytes);
  void table_started();  // after ends_before() for its first key

 private:
  struct Below {
    std::string low;
    std::uint64_t bytes = 0;
  };
  bool is_aligned(std::uint64_t table_bytes) const;

  const std::uint64_t overlap_bytes_max_;  // 0: no limit
  const std::uint64_t full_bytes_;
  std::uint64_t table_bytes_max_;
  bool aligns_ = false;
  std::vector<Below> below_;  // by low
  std::size_t next_ = 0;      // the first one that begins above the last key
  bool started_ = false;
  std::uint64_t overlapped_bytes_ = 0;  // of the tables below that the open one overlaps
  std::uint64_t begun_ = 0;             // of them, those that begin inside it
};

}  // namespace mylonite
