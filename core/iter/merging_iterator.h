// Many cursors as one ordered stream, both ways.
//
// A binary heap of the children that are valid: the least key on top while moving forward, the greatest while moving
// backward. A change of direction moves every other child to the other side of the current key. Equal keys come in the
// order of the children.
// A child that meets an error ends the whole with that error, until the next seek: a damaged child is never skipped.
// Thread-safety: one thread an object. Complexity: next and prev O(log children); seeks and a change of direction
// O(children) seeks of the children.
#pragma once

#include <memory>
#include <vector>

#include "core/format/iterator.h"

namespace mylonite {

class MergingIterator final : public InternalIterator {
 public:
  explicit MergingIterator(std::vector<std::unique_ptr<InternalIterator>> children);

  bool valid() const override { return !heap_.empty(); }
  void seek_to_first() override;
  void seek_to_last() override;
  void seek(std::string_view internal_key) override;
  void next() override;
  void prev() override;
  std::string_view key() const override { return heap_.front().key; }
  std::string_view value() const override { return children_[heap_.front().child]->value(); }
  Status status() const override { return status_; }

 private:
  struct Candidate {
    std::string_view key;  // the child's, readable until it moves
    std::size_t child;
  };

  void start(bool forward);       // before the children are moved by a seek
  bool admit(std::size_t child);  // into the heap's storage if valid; false: it met an error
  void turn(bool forward);        // every child but the current one to the other side of the current key
  void replace_top();             // after the top's child has moved
  void sift_down(std::size_t i);
  void build_heap();
  bool comes_first(const Candidate& a, const Candidate& b) const;

  std::vector<std::unique_ptr<InternalIterator>> children_;
  std::vector<Candidate> heap_;
  bool forward_ = true;
  Status status_;
};

}  // namespace mylonite
