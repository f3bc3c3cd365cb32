#include "core/compaction/table_ends.h"

#include <algorithm>

#include "core/format/internal_key.h"

namespace mylonite {
namespace {

constexpr std::uint64_t kLeastPercent = 50;
constexpr std::uint64_t kPercentEach = 5;
constexpr std::uint64_t kMostPercent = 90;

}  // namespace

TableEnds::TableEnds(Levels levels, const CompactionJob& job, std::uint64_t full_bytes)
    : overlap_bytes_max_(job.overlap_bytes_max), full_bytes_(full_bytes), table_bytes_max_(full_bytes) {
  const std::uint32_t level = job.to_level + 1;
  if ((overlap_bytes_max_ == 0 && !job.aligned) || level >= levels.size()) return;
  for (const Run& run : levels[level].runs) {
    for (const TableInfo& table : run.tables) {
      below_.push_back({.low = std::string(user_key_of(table.smallest)), .bytes = table.file_bytes});
    }
  }
  std::ranges::stable_sort(below_, {}, &Below::low);
  aligns_ = job.aligned && !below_.empty();
  if (aligns_) table_bytes_max_ += std::min(full_bytes, UINT64_MAX - full_bytes);
}

bool TableEnds::is_aligned(std::uint64_t table_bytes) const {
  const std::uint64_t percent = std::min(kLeastPercent + kPercentEach * (begun_ - 1), kMostPercent);
  return table_bytes * 100 >= full_bytes_ * percent;
}

bool TableEnds::ends_before(std::string_view user_key, std::uint64_t table_bytes) {
  const std::size_t before = next_;
  for (; next_ < below_.size() && below_[next_].low <= user_key; ++next_) {
    overlapped_bytes_ += below_[next_].bytes;
    ++begun_;
  }
  if (next_ == before) return false;
  return started_ &&
         ((overlap_bytes_max_ > 0 && overlapped_bytes_ > overlap_bytes_max_) || (aligns_ && is_aligned(table_bytes)));
}

void TableEnds::table_started() {
  started_ = true;
  overlapped_bytes_ = next_ > 0 ? below_[next_ - 1].bytes : 0;
  begun_ = 0;
}

}  // namespace mylonite
