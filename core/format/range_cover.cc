#include "core/format/range_cover.h"

#include <algorithm>

namespace mylonite {
namespace {

RangeTombstones together(const std::vector<std::shared_ptr<const RangeTombstones>>& parts) {
  std::vector<RangeTombstone> all;
  for (const auto& part : parts) {
    for (RangeTombstone& each : part->list()) all.push_back(std::move(each));
  }
  return RangeTombstones(all);
}

}  // namespace

RangeCover::RangeCover(RangeTombstones whole) { add(std::make_shared<const RangeTombstones>(std::move(whole))); }

void RangeCover::add(std::shared_ptr<const RangeTombstones> part) {
  if (part != nullptr && !part->empty()) parts_.push_back(std::move(part));
}

void RangeCover::add(const RangeCover& other) { parts_.insert(parts_.end(), other.parts_.begin(), other.parts_.end()); }

Timestamp RangeCover::newest_covering(std::string_view key, Timestamp at) const {
  Timestamp newest = kTimestampMin;
  for (const auto& part : parts_) newest = std::max(newest, part->newest_covering(key, at));
  return newest;
}

RangeTombstones RangeCover::whole() const { return parts_.size() == 1 ? *parts_.front() : together(parts_); }

const RangeCover& RangeStack::cover() {
  if (waiting_.empty()) return cover_;
  stack_.push_back({.ranges = waiting_.size(), .fragments = std::make_shared<const RangeTombstones>(waiting_)});
  waiting_.clear();
  while (stack_.size() > 1 && stack_[stack_.size() - 2].ranges < 2 * stack_.back().ranges) {
    const Part last = std::move(stack_.back());
    stack_.pop_back();
    Part& before = stack_.back();
    before = {.ranges = before.ranges + last.ranges,
              .fragments = std::make_shared<const RangeTombstones>(together({before.fragments, last.fragments}))};
  }
  cover_ = RangeCover();
  for (const Part& each : stack_) cover_.add(each.fragments);
  return cover_;
}

}  // namespace mylonite
