#include "core/iter/merging_iterator.h"

#include <utility>

#include "core/base/invariant.h"
#include "core/format/internal_key.h"

namespace mylonite {

MergingIterator::MergingIterator(std::vector<std::unique_ptr<InternalIterator>> children)
    : children_(std::move(children)) {
  heap_.reserve(children_.size());
}

void MergingIterator::start(bool forward) {
  heap_.clear();
  forward_ = forward;
  status_ = {};
}

bool MergingIterator::admit(std::size_t child) {
  const InternalIterator& cursor = *children_[child];
  if (cursor.valid()) {
    heap_.push_back({.key = cursor.key(), .child = child});
    return true;
  }
  status_ = cursor.status();
  if (status_.ok()) return true;
  heap_.clear();
  return false;
}

void MergingIterator::seek_to_first() {
  start(true);
  for (std::size_t i = 0; i < children_.size(); ++i) {
    children_[i]->seek_to_first();
    if (!admit(i)) return;
  }
  build_heap();
}

void MergingIterator::seek_to_last() {
  start(false);
  for (std::size_t i = 0; i < children_.size(); ++i) {
    children_[i]->seek_to_last();
    if (!admit(i)) return;
  }
  build_heap();
}

void MergingIterator::seek(std::string_view internal_key) {
  start(true);
  for (std::size_t i = 0; i < children_.size(); ++i) {
    children_[i]->seek(internal_key);
    if (!admit(i)) return;
  }
  build_heap();
}

void MergingIterator::next() {
  invariant(valid(), "a cursor that is moved is valid");
  if (!forward_) turn(true);
  if (!valid()) return;
  children_[heap_.front().child]->next();
  replace_top();
}

void MergingIterator::prev() {
  invariant(valid(), "a cursor that is moved is valid");
  if (forward_) turn(false);
  if (!valid()) return;
  children_[heap_.front().child]->prev();
  replace_top();
}

void MergingIterator::turn(bool forward) {
  const Candidate current = heap_.front();
  start(forward);
  for (std::size_t i = 0; i < children_.size(); ++i) {
    InternalIterator& child = *children_[i];
    if (i != current.child) {
      child.seek(current.key);
      const bool equal = child.valid() && compare_internal(child.key(), current.key) == 0;
      const bool belongs_before = i < current.child;  // where an equal key of this child stands
      if (forward && equal && belongs_before) child.next();
      if (!forward && !(equal && belongs_before)) {
        if (child.valid()) {
          child.prev();
        } else if (child.status().ok()) {
          child.seek_to_last();
        }
        // A memtable grows meanwhile: what was linked in behind the current key since the seek is not before it.
        while (child.valid() && compare_internal(child.key(), current.key) >= 0) child.prev();
      }
    }
    if (!admit(i)) return;
  }
  build_heap();
}

void MergingIterator::replace_top() {
  const std::size_t child = heap_.front().child;
  const InternalIterator& cursor = *children_[child];
  if (cursor.valid()) {
    heap_.front().key = cursor.key();
  } else if (status_ = cursor.status(); !status_.ok()) {
    heap_.clear();
  } else {
    heap_.front() = heap_.back();
    heap_.pop_back();
  }
  if (!heap_.empty()) sift_down(0);
}

bool MergingIterator::comes_first(const Candidate& a, const Candidate& b) const {
  const auto order = compare_internal(a.key, b.key);
  const bool a_before_b = order < 0 || (order == 0 && a.child < b.child);
  return a_before_b == forward_;
}

void MergingIterator::build_heap() {
  for (std::size_t i = heap_.size() / 2; i-- > 0;) sift_down(i);
}

void MergingIterator::sift_down(std::size_t i) {
  for (;;) {
    std::size_t first = i;
    for (std::size_t below = 2 * i + 1; below <= 2 * i + 2 && below < heap_.size(); ++below) {
      if (comes_first(heap_[below], heap_[first])) first = below;
    }
    if (first == i) return;
    std::swap(heap_[i], heap_[first]);
    i = first;
  }
}

}  // namespace mylonite
