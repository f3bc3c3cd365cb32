#include "core/iter/visible_iterator.h"

#include <algorithm>

#include "core/base/invariant.h"

namespace mylonite {
namespace {

constexpr std::uint64_t kBeforeAllVersions = UINT64_MAX;
constexpr std::uint64_t kAfterAllVersions = 0;

}  // namespace

void VisibleIterator::seek_source(std::string_view user_key, std::uint64_t trailer) {
  target_.clear();
  append_internal_key(target_, user_key, trailer);
  source_->seek(target_);
}

void VisibleIterator::seek(std::string_view user_key) {
  seek_source(std::max(user_key, std::string_view(bounds_.low)), seek_trailer(moment_.at));
  find_forward(false);
}

void VisibleIterator::seek_to_last() {
  if (!bounds_.high) {
    source_->seek_to_last();
  } else {
    seek_source(*bounds_.high, kBeforeAllVersions);
    if (source_->valid()) {
      source_->prev();
    } else if (source_->status().ok()) {
      source_->seek_to_last();
    }
  }
  find_backward();
}

void VisibleIterator::next() {
  invariant(valid_, "a cursor that is moved is valid");
  if (forward_) {
    source_->next();
  } else {
    seek_source(key_, kAfterAllVersions);
  }
  find_forward(true);
}

void VisibleIterator::prev() {
  invariant(valid_, "a cursor that is moved is valid");
  if (forward_) {
    seek_source(key_, kBeforeAllVersions);
    if (source_->valid()) source_->prev();
  }
  find_backward();
}

bool VisibleIterator::shows(const ParsedKey& entry) const {
  if (entry.kind != Kind::kPut || entry.at <= moment_.expired_through) return false;
  return ranges_.empty() || ranges_.newest_covering(entry.user_key, moment_.at) <= entry.at;
}

void VisibleIterator::find_forward(bool skip_current_key) {
  valid_ = false;
  forward_ = true;
  for (; source_->valid(); source_->next()) {
    const ParsedKey entry = parse_internal_key(source_->key());
    if (bounds_.high && entry.user_key >= *bounds_.high) return;
    if (entry.at > moment_.at || (skip_current_key && entry.user_key == key_)) continue;
    key_ = entry.user_key;
    if (shows(entry)) {
      valid_ = true;
      return;
    }
    skip_current_key = true;  // the key is removed, which hides its older versions
  }
}

void VisibleIterator::find_backward() {
  valid_ = false;
  forward_ = false;
  for (; source_->valid(); source_->prev()) {
    const ParsedKey entry = parse_internal_key(source_->key());
    if (valid_ && entry.user_key != key_) return;
    if (entry.user_key < bounds_.low) return;
    if (entry.at > moment_.at) continue;
    valid_ = shows(entry);
    if (!valid_) continue;
    key_ = entry.user_key;
    value_ = source_->value();
  }
  if (!source_->status().ok()) valid_ = false;
}

}  // namespace mylonite
