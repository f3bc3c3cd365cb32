#include "core/store/session.h"

#include <fmt/format.h>

#include "core/store/kept_versions.h"
#include "core/store/read_path.h"

namespace mylonite {

Iterator::Iterator(std::shared_ptr<const SharedState> state, std::shared_ptr<const ReadState> pinned,
                   std::unique_ptr<VisibleIterator> cursor, Timestamp read_at)
    : state_(std::move(state)), pinned_(std::move(pinned)), cursor_(std::move(cursor)), read_at_(read_at) {}

void Iterator::seek_to_first() {
  if (open()) cursor_->seek_to_first();
}
void Iterator::seek_to_last() {
  if (open()) cursor_->seek_to_last();
}
void Iterator::seek(std::string_view key) {
  if (open()) cursor_->seek(key);
}
void Iterator::next() {
  if (open()) cursor_->next();
}
void Iterator::prev() {
  if (open()) cursor_->prev();
}
Status Iterator::status() const {
  if (!open()) return Error(Code::kClosed, "the store is closed");
  return cursor_->status();
}

Result<Session::View> Session::view(const ReadOptions& options) {
  const rt::Lock lock(state_->mutex);
  if (state_->closing) return Error(Code::kClosed, "the store is closed");
  View view{.state = state_->read_state, .at = options.as_of.value_or(state_->visible)};
  if (view.at > state_->visible) {
    return Error(Code::kOutOfRange, fmt::format("as_of {} lies in the future: the newest visible stamp is {}",
                                                view.at.ticks, state_->visible.ticks));
  }
  if (view.at < state_->snapshots.floor()) {
    rt::mark("read.below_floor");
    return Error(Code::kOutOfRange, fmt::format("as_of {} is no longer kept: history begins at {}; hold a snapshot, or "
                                                "raise history_retention_seconds",
                                                view.at.ticks, state_->snapshots.floor().ticks));
  }
  read_at_ = view.at;
  return view;
}

// close() takes the files of tables that only readers hold: what a read in progress then meets is not damage.
Error Session::told(const Error& error) const {
  if (state_->closed.load(std::memory_order_acquire)) return Error(Code::kClosed, "the store is closed");
  return error;
}

Result<std::optional<std::string>> Session::get(std::string_view key, const ReadOptions& options) {
  const auto from = view(options);
  if (!from.ok()) return from.error();
  auto value = get_at(*from->state, key, from->at, state_->counters);
  if (!value.ok()) return told(value.error());
  state_->counters.gets.add(1);
  if (*value) state_->counters.gets_found.add(1);
  return value;
}

Result<std::unique_ptr<Iterator>> Session::iterator(const KeyBounds& bounds, const ReadOptions& options) {
  const auto from = view(options);
  if (!from.ok()) return from.error();
  auto ranges = all_range_deletes(*from->state);
  if (!ranges.ok()) return told(ranges.error());
  state_->counters.iterators.add(1);
  auto cursor = std::make_unique<VisibleIterator>(all_versions(*from->state), from->at, bounds, std::move(*ranges));
  return std::make_unique<Iterator>(state_, from->state, std::move(cursor), from->at);
}

Result<Session::Pairs> Session::range(const KeyBounds& bounds, const ReadOptions& options) {
  auto cursor = iterator(bounds, options);
  if (!cursor.ok()) return cursor.error();
  Pairs pairs;
  for ((*cursor)->seek_to_first(); (*cursor)->valid(); (*cursor)->next()) {
    pairs.emplace_back((*cursor)->key(), (*cursor)->value());
  }
  if (Status sound = (*cursor)->status(); !sound.ok()) return sound.error();
  return pairs;
}

Result<GetExplanation> Session::explain(std::string_view key, const ReadOptions& options) {
  const auto from = view(options);
  if (!from.ok()) return from.error();
  auto explanation = explain_get(*from->state, *state_->catalog->version(), {.key = key, .at = from->at});
  if (!explanation.ok()) return told(explanation.error());
  return explanation;
}

Result<Session::History> Session::history() {
  const auto from = view({});
  if (!from.ok()) return from.error();
  const auto ranges = all_range_deletes(*from->state);
  if (!ranges.ok()) return told(ranges.error());
  History history{.entries = kept_versions(state_, from->state, from->at), .range_deletes = ranges->list()};
  std::erase_if(history.range_deletes, [&](const RangeTombstone& each) { return each.at > from->at; });
  return history;
}

}  // namespace mylonite
