// A cursor over the visible keys at one moment. It shows each key in [low, high) once, with its newest version at or
// below the moment's stamp. It skips keys whose newest version is a delete or has expired, or that a newer range delete
// covers.
//
// Backward, versions of a key come oldest first. So the last one at or below the stamp is copied and shown, and the
// source stands before the key. Forward, the source stands on the shown entry.
// After an error of the source the cursor is not valid, and status() is that error, until the next seek.
// Thread-safety: one thread an object. key() and value() are readable until the cursor moves.
// Complexity: a step costs one step of the source for each version of each key passed, hidden keys included; a change
// of direction costs one seek.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <mylonite/key_bounds.h>

#include "core/format/internal_key.h"
#include "core/format/iterator.h"
#include "core/format/range_cover.h"

namespace mylonite {

class VisibleIterator {
 public:
  // All that the source reads must outlive the iterator. Not valid until a seek.
  VisibleIterator(std::unique_ptr<InternalIterator> source, const ReadMoment& moment, KeyBounds bounds = {},
                  RangeCover ranges = {})
      : source_(std::move(source)), moment_(moment), bounds_(std::move(bounds)), ranges_(std::move(ranges)) {}

  bool valid() const { return valid_; }
  void seek_to_first() { seek(bounds_.low); }
  void seek_to_last();
  void seek(std::string_view user_key);  // to the first visible key ≥ user_key
  void next();
  void prev();
  std::string_view key() const { return key_; }  // a user key
  std::string_view value() const { return forward_ ? source_->value() : value_; }
  Status status() const { return valid_ ? Status{} : source_->status(); }

 private:
  void seek_source(std::string_view user_key, std::uint64_t trailer);
  void find_forward(bool skip_current_key);  // from where the source stands
  void find_backward();                      // likewise
  bool shows(const ParsedKey& entry) const;  // requires that it is the newest of its key at or below the stamp

  std::unique_ptr<InternalIterator> source_;
  const ReadMoment moment_;
  const KeyBounds bounds_;
  const RangeCover ranges_;
  bool valid_ = false;
  bool forward_ = true;
  std::string key_;
  std::string value_;   // backward only
  std::string target_;  // of seeks, kept for its memory
};

}  // namespace mylonite
