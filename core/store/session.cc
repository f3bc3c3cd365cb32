#include "core/store/session.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/iter/merging_iterator.h"

namespace mylonite {
namespace {

std::unique_ptr<InternalIterator> merge_all(const ReadState& state) {
  std::vector<std::unique_ptr<InternalIterator>> sources;
  for (const auto& memtable : state.memtables) sources.push_back(memtable->iterator());
  for (const TableRun& run : state.runs) {
    for (const auto& table : run.tables) sources.push_back(table->iterator());
  }
  return std::make_unique<MergingIterator>(std::move(sources));
}

// The table of a run whose key range holds the user key.
const TableReader* table_for(const TableRun& run, std::string_view user_key) {
  const auto found = std::ranges::lower_bound(run.tables, user_key, {},
                                              [](const auto& table) { return user_key_of(table->info().largest); });
  if (found == run.tables.end() || user_key_of((*found)->info().smallest) > user_key) return nullptr;
  return found->get();
}

std::optional<std::string> visible_value(Kind kind, std::string_view value) {
  if (kind != Kind::kPut) return std::nullopt;
  return std::string(value);
}

// Hides entries above a stamp and keeps the read state alive.
class PinnedVersions final : public InternalIterator {
 public:
  PinnedVersions(std::shared_ptr<const ReadState> state, Timestamp newest)
      : state_(std::move(state)), newest_(newest), merged_(merge_all(*state_)) {}

  bool valid() const override { return merged_->valid(); }
  void seek_to_first() override {
    merged_->seek_to_first();
    skip_forward();
  }
  void seek_to_last() override {
    merged_->seek_to_last();
    skip_backward();
  }
  void seek(std::string_view key) override {
    merged_->seek(key);
    skip_forward();
  }
  void next() override {
    merged_->next();
    skip_forward();
  }
  void prev() override {
    merged_->prev();
    skip_backward();
  }
  std::string_view key() const override { return merged_->key(); }
  std::string_view value() const override { return merged_->value(); }
  Status status() const override { return merged_->status(); }

 private:
  bool hidden() const { return merged_->valid() && parse_internal_key(merged_->key()).at > newest_; }
  void skip_forward() {
    while (hidden()) merged_->next();
  }
  void skip_backward() {
    while (hidden()) merged_->prev();
  }

  std::shared_ptr<const ReadState> state_;
  Timestamp newest_;
  std::unique_ptr<InternalIterator> merged_;
};

}  // namespace

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
  rt::Lock lock(state_->mutex);
  if (state_->closing) return Error(Code::kClosed, "the store is closed");
  View view{.state = state_->read_state, .at = options.as_of.value_or(state_->visible)};
  if (view.at > state_->visible) {
    return Error(Code::kOutOfRange, fmt::format("as_of {} lies in the future: the newest visible stamp is {}",
                                                view.at.ticks, state_->visible.ticks));
  }
  read_at_ = view.at;
  return view;
}

Result<std::optional<std::string>> Session::get(std::string_view key, const ReadOptions& options) {
  auto from = view(options);
  if (!from.ok()) return from.error();
  for (const auto& memtable : from->state->memtables) {
    if (const auto found = memtable->get(key, from->at)) return visible_value(found->kind, found->value);
  }
  for (const TableRun& run : from->state->runs) {
    const TableReader* table = table_for(run, key);
    if (table == nullptr) continue;
    auto found = table->get(key, from->at);
    if (!found.ok()) return found.error();
    if (*found) return visible_value((*found)->kind, (*found)->value);
  }
  return std::optional<std::string>();
}

Result<std::unique_ptr<Iterator>> Session::iterator(const KeyBounds& bounds, const ReadOptions& options) {
  auto from = view(options);
  if (!from.ok()) return from.error();
  auto cursor = std::make_unique<VisibleIterator>(merge_all(*from->state), from->at, bounds);
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

Result<std::unique_ptr<InternalIterator>> Session::versions() {
  auto from = view({});
  if (!from.ok()) return from.error();
  return std::unique_ptr<InternalIterator>(std::make_unique<PinnedVersions>(from->state, from->at));
}

}  // namespace mylonite
