#include "sim/run/mylonite_store.h"

#include "sim/run/store_dump.h"

namespace mylonite::sim {

Result<std::unique_ptr<StoreUnderTest>> MyloniteStore::open(const Parts& parts, const Options& options,
                                                            StoreComponents components) {
  auto store = Store::open(parts.fs, options, std::move(components));
  if (!store.ok()) return store.error();
  return std::unique_ptr<StoreUnderTest>(new MyloniteStore(parts.answers, std::move(*store)));
}

Result<Answer<StoredValue>> get(Session& session, std::string_view key, const ReadOptions& options) {
  auto found = session.get(key, options);
  if (!found.ok()) return found.error();
  return Answer<StoredValue>{
      .value = std::move(*found), .at = session.read_at(), .expired_through = session.moment().expired_through};
}

Result<Answer<StoredPairs>> scan(const ScanAt& where, const ScanRange& range) {
  auto cursor = where.session.iterator(range.bounds, where.options);
  if (!cursor.ok()) return cursor.error();
  if (where.answers.dead()) return Answer<StoredPairs>{};
  Iterator& at = **cursor;
  StoredPairs pairs;
  for (range.backward ? at.seek_to_last() : at.seek_to_first(); at.valid() && pairs.size() < range.limit;
       range.backward ? at.prev() : at.next()) {
    pairs.emplace_back(at.key(), at.value());
  }
  if (const Status status = at.status(); !status.ok()) return status.error();
  const ReadMoment read = at.moment();
  return Answer<StoredPairs>{.value = std::move(pairs),
                             .at = read.at,
                             .expired_through = read.expired_through,
                             .held = std::shared_ptr<Iterator>(std::move(*cursor))};
}

Result<Answer<StoredValue>> MyloniteStore::get(std::string_view key) {
  Session session = store_->session();
  return sim::get(session, key, {});
}

Result<Answer<StoredPairs>> MyloniteStore::scan(const ScanRange& range) {
  Session session = store_->session();
  return sim::scan({.session = session, .options = {}, .answers = answers_}, range);
}

Result<StoreContents> MyloniteStore::contents() { return contents_of(*store_); }

}  // namespace mylonite::sim
