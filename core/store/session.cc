#include <mylonite/session.h>

#include "core/iter/visible_iterator.h"
#include "core/store/engine_state.h"
#include "core/store/explain.h"
#include "core/store/read_path.h"

namespace mylonite {

Result<Session::View> Session::view(const ReadOptions& options) {
  if (Status may = state_->usable(); !may.ok()) return may.error();
  const rt::Lock lock(state_->mutex);
  if (state_->gate.closing()) return Error(Code::kClosed, "the store is closed");
  const auto at = state_->history.moment(options.as_of);
  if (!at.ok()) return at.error();
  const std::shared_ptr<const ReadState>& current = state_->views.current();
  read_ = {*at, current->expired_through};
  return View{.state = current, .moment = read_};
}

// close() removes the files of tables that only readers hold: an error of a read in progress is then not damage.
Error Session::error_of_read(const Error& error) const {
  if (state_->closed.load(std::memory_order_acquire)) return Error(Code::kClosed, "the store is closed");
  return error;
}

Result<bool> Session::look_up(const View& from, std::string_view key, std::string& value) {
  const auto found = get_at(*from.state, {.key = key, .at = from.moment.at}, state_->counters);
  if (!found.ok()) return error_of_read(found.error());
  state_->counters.gets.add(1);
  if (state_->catalog->environment().reads.ask_policy.load(std::memory_order_relaxed)) state_->ask_policy();
  if (!*found) return false;
  state_->counters.gets_found.add(1);
  value = (*found)->bytes;
  return true;
}

Result<std::optional<std::string>> Session::get(std::string_view key, const ReadOptions& options) {
  std::string value;
  const auto found = get_into(key, value, options);
  if (!found.ok()) return found.error();
  return *found ? std::optional<std::string>(std::move(value)) : std::nullopt;
}

Result<bool> Session::get_into(std::string_view key, std::string& value, const ReadOptions& options) {
  const auto from = view(options);
  auto found = from.ok() ? look_up(*from, key, value) : Result<bool>(from.error());
  if (!found.ok() || !*found) value.clear();
  return found;
}

Result<Session::Values> Session::multi_get(std::span<const std::string_view> keys, const ReadOptions& options) {
  const auto from = view(options);
  if (!from.ok()) return from.error();
  Values values(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    std::string value;
    const auto found = look_up(*from, keys[i], value);
    if (!found.ok()) return found.error();
    if (*found) values[i] = std::move(value);
  }
  return values;
}

Result<std::unique_ptr<Iterator>> Session::iterator(const KeyBounds& bounds, const ReadOptions& options) {
  const auto from = view(options);
  if (!from.ok()) return from.error();
  auto ranges = all_range_deletes(*from->state);
  if (!ranges.ok()) return error_of_read(ranges.error());
  state_->counters.iterators.add(1);
  auto cursor = std::make_unique<VisibleIterator>(all_versions(*from->state), from->moment, bounds, std::move(*ranges));
  return std::unique_ptr<Iterator>(new Iterator(state_, from->state, std::move(cursor), from->moment));
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

Result<std::uint64_t> Session::approximate_size(const KeyBounds& bounds) {
  const auto from = view({});
  if (!from.ok()) return from.error();
  auto bytes = bytes_between(*from->state->runs, bounds);
  if (!bytes.ok()) return error_of_read(bytes.error());
  return bytes;
}

Result<GetExplanation> Session::explain(std::string_view key, const ReadOptions& options) {
  const auto from = view(options);
  if (!from.ok()) return from.error();
  auto explanation = explain_get(*from->state, *state_->catalog->version(), {.key = key, .at = from->moment.at});
  if (!explanation.ok()) return error_of_read(explanation.error());
  return explanation;
}

}  // namespace mylonite
