#include "core/compaction/job.h"

#include <algorithm>
#include <map>
#include <utility>

#include <mylonite/compaction_shape.h>

#include "core/format/internal_key.h"

namespace mylonite {

JobRunner::JobRunner(RunTarget target, JobPlan plan, Inputs inputs)
    : plan_(std::move(plan)),
      inputs_(std::move(inputs)),
      target_(std::move(target)),
      ends_(plan_.version->levels, plan_.job, target_.table_bytes_max) {
  target_.table_bytes_max = ends_.table_bytes_max();
  target_.new_file_number = [this, inner = std::move(target_.new_file_number)] {
    ++tables_started_;
    return inner();
  };
}

Status JobRunner::start() {
  const auto newest = std::ranges::min_element(plan_.job.inputs, NewerFirst(), &CompactionInput::position);
  newest_ = *hull_of(plan_.version->levels, {*newest});
  std::vector<RangeTombstone> ranges;
  std::vector<std::unique_ptr<InternalIterator>> runs;
  for (const auto& run : inputs_) {
    runs.push_back(std::make_unique<RunIterator>(run, CacheUse::kBypass));
    for (const auto& table : *run) {
      const auto held = table->range_tombstones();
      if (!held.ok()) return held.error();
      for (RangeTombstone& each : (*held)->list()) ranges.push_back(std::move(each));
    }
  }
  range_deletes_ = RangeTombstones(ranges);
  filter_.emplace(plan_.drop, range_deletes_, dropped_);
  output_.emplace(target_, surviving(plan_.drop, range_deletes_, dropped_), plan_.job.cuts);
  merged_.emplace(std::move(runs));
  merged_->seek_to_first();
  return {};
}

Result<bool> JobRunner::step(std::uint64_t bytes) {
  if (plan_.job.move || plan_.job.expire) return false;
  if (!merged_) {
    if (Status started = start(); !started.ok()) return started.error();
  }
  std::uint64_t done = 0;
  for (; merged_->valid() && done < bytes; merged_->next()) {
    done += merged_->key().size() + merged_->value().size();
    if (!filter_->keeps(merged_->key())) continue;
    if (Status written = write_entry(); !written.ok()) return written.error();
  }
  if (merged_->valid()) return true;
  if (Status sound = merged_->status(); !sound.ok()) return sound.error();
  return false;
}

Status JobRunner::write_entry() {
  const std::string_view user_key = user_key_of(merged_->key());
  const std::uint64_t started_before = tables_started_;
  const bool watched = ends_.may_end_one();
  if (watched && user_key != last_user_key_ && ends_.ends_before(user_key, output_->table_bytes())) {
    output_->end_table();
  }
  if (Status written = output_->add(merged_->key(), merged_->value()); !written.ok()) return written;
  if (tables_started_ != started_before) ends_.table_started();
  if (watched) last_user_key_ = user_key;
  if (beside_newest(user_key)) edge_bytes_ += merged_->key().size() + merged_->value().size();
  return {};
}

// Keys ascend, so they reach its lowest key once, and pass its highest one once.
bool JobRunner::beside_newest(std::string_view user_key) {
  if (side_ == Side::kBefore && user_key >= newest_.low) side_ = Side::kAmid;
  if (side_ == Side::kAmid && user_key > newest_.high) side_ = Side::kBehind;
  return side_ != Side::kAmid;
}

Result<VersionEdit> JobRunner::finish() {
  VersionEdit edit;
  for (const CompactionInput& input : plan_.job.inputs) {
    edit.removed.insert(edit.removed.end(), input.tables.begin(), input.tables.end());
  }
  if (plan_.job.expire) return edit;
  if (!plan_.job.move) return finish_merge(std::move(edit));
  std::map<FileNumber, const TableInfo*> live;
  for (const TableInfo* table : plan_.version->tables()) live.emplace(table->number, table);
  for (FileNumber moved : edit.removed) {
    edit.added.push_back({.level = plan_.job.to_level, .run = plan_.output, .table = *live.at(moved)});
  }
  return edit;
}

Result<VersionEdit> JobRunner::finish_merge(VersionEdit edit) {
  auto tables = output_->finish();
  if (!tables.ok()) return tables.error();
  for (TableInfo& table : *tables) {
    edit.added.push_back({.level = plan_.job.to_level, .run = plan_.output, .table = std::move(table)});
  }
  if (dropped_.entries > 0) edit.history_floor = plan_.drop.floor;
  return edit;
}

}  // namespace mylonite
