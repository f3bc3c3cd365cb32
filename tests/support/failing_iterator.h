// An InternalIterator that fails: after a number of moves it is not valid, with an error, until the next seek.
#pragma once

#include <memory>
#include <utility>

#include "core/format/iterator.h"

namespace mylonite::testing {

class FailingIterator final : public InternalIterator {
 public:
  // `moves_left` counts seeks and steps and is shared with the test, which may set it anew.
  FailingIterator(std::unique_ptr<InternalIterator> inner, std::shared_ptr<std::size_t> moves_left)
      : inner_(std::move(inner)), moves_left_(std::move(moves_left)) {}

  bool valid() const override { return !failed_ && inner_->valid(); }
  void seek_to_first() override {
    if (may_seek()) inner_->seek_to_first();
  }
  void seek_to_last() override {
    if (may_seek()) inner_->seek_to_last();
  }
  void seek(std::string_view internal_key) override {
    if (may_seek()) inner_->seek(internal_key);
  }
  void next() override {
    if (may_move()) inner_->next();
  }
  void prev() override {
    if (may_move()) inner_->prev();
  }
  std::string_view key() const override { return inner_->key(); }
  std::string_view value() const override { return inner_->value(); }
  Status status() const override {
    return failed_ ? Status(Error(Code::kCorruption, "the test's damage")) : inner_->status();
  }

 private:
  bool may_move() {
    failed_ = *moves_left_ == 0;
    if (!failed_) --*moves_left_;
    return !failed_;
  }
  bool may_seek() {
    failed_ = false;
    return may_move();
  }

  std::unique_ptr<InternalIterator> inner_;
  std::shared_ptr<std::size_t> moves_left_;
  bool failed_ = false;
};

}  // namespace mylonite::testing
