#include <mylonite/iterator.h>

#include <utility>

#include "core/iter/visible_iterator.h"
#include "core/store/engine_state.h"

namespace mylonite {

Iterator::Iterator(std::shared_ptr<const EngineState> state, std::shared_ptr<const ReadState> pinned,
                   std::unique_ptr<VisibleIterator> cursor, const ReadMoment& read)
    : state_(std::move(state)),
      pinned_(std::move(pinned)),
      cursor_(std::move(cursor)),
      read_(read),
      closed_(state_->closed) {}

Iterator::~Iterator() = default;

bool Iterator::usable() {
  if (state_->inherited()) stands_ = false;
  return open() && !state_->inherited();
}

void Iterator::look() {
  stands_ = cursor_->valid();
  if (stands_) key_ = cursor_->key();
}

void Iterator::seek_to_first() {
  if (!usable()) return;
  cursor_->seek_to_first();
  look();
}

void Iterator::seek_to_last() {
  if (!usable()) return;
  cursor_->seek_to_last();
  look();
}

void Iterator::seek(std::string_view key) {
  if (!usable()) return;
  cursor_->seek(key);
  look();
}

void Iterator::next() {
  if (!usable()) return;
  cursor_->next();
  look();
}

void Iterator::prev() {
  if (!usable()) return;
  cursor_->prev();
  look();
}

std::string_view Iterator::value() const { return cursor_->value(); }

Status Iterator::status() const {
  if (Status may = state_->usable(); !may.ok()) return may;
  if (!open()) return Error(Code::kClosed, "the store is closed");
  return cursor_->status();
}

}  // namespace mylonite
