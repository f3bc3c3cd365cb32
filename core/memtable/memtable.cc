#include "core/memtable/memtable.h"

#include <algorithm>
#include <utility>

#include "core/base/invariant.h"

namespace mylonite {
namespace {

EntryTree::Target target_of(std::string_view key) { return {.user_key = user_key_of(key), .trailer = trailer_of(key)}; }

class MemtableIterator final : public InternalIterator {
 public:
  explicit MemtableIterator(const EntryTree& tree) : cursor_(tree) {}

  bool valid() const override { return cursor_.entry() != nullptr; }
  void seek_to_first() override { cursor_.seek_to_first(); }
  void seek_to_last() override { cursor_.seek_to_last(); }
  void seek(std::string_view key) override {
    rt::work(rt::Work::kMemtableSeek, 1);
    cursor_.seek(target_of(key));
  }
  void next() override {
    invariant(valid(), "a cursor that is moved is valid");
    cursor_.next();
  }
  void prev() override {
    invariant(valid(), "a cursor that is moved is valid");
    cursor_.prev();
  }
  std::string_view key() const override { return current()->key(); }
  std::string_view value() const override { return current()->value(); }
  Status status() const override { return {}; }

 private:
  const EntryTree::Entry* current() const {
    invariant(valid(), "a cursor that is used is valid");
    return cursor_.entry();
  }

  EntryTree::Cursor cursor_;
};

}  // namespace

void Memtable::add(std::string_view user_key, Timestamp at, Kind kind, std::string_view value) {
  if (kind == Kind::kRangeDelete) {
    rt::Lock lock(ranges_mutex_);
    RangeTombstone range{.low = std::string(user_key), .high = std::string(value), .at = at};
    if (at == batch_at_ && std::ranges::find(batch_ranges_, range) != batch_ranges_.end()) return;
    if (at != batch_at_) batch_ranges_.clear();
    batch_at_ = at;
    batch_ranges_.push_back(range);
    ranges_.add(std::move(range));
    cover_.reset();
    bytes_.fetch_add(user_key.size() + value.size() + kEntryOverheadBytes, std::memory_order_relaxed);
    ranges_added_.fetch_add(1, std::memory_order_release);
    return;
  }
  rt::work(rt::Work::kMemtableInsert, 1);
  if (!tree_.insert({.user_key = user_key, .trailer = pack_trailer(at, kind)}, value)) return;
  // One writer at a time: no atomic addition is needed.
  bytes_.store(bytes() + user_key.size() + value.size() + kEntryOverheadBytes, std::memory_order_relaxed);
  entries_.store(entries() + 1, std::memory_order_relaxed);
}

std::optional<Memtable::Found> Memtable::get(std::string_view user_key, Timestamp at) const {
  rt::work(rt::Work::kMemtableSeek, 1);
  EntryTree::Cursor cursor(tree_);
  cursor.seek({.user_key = user_key, .trailer = seek_trailer(at)});
  const EntryTree::Entry* entry = cursor.entry();
  if (entry == nullptr) return std::nullopt;
  const ParsedKey found = parse_internal_key(entry->key());
  if (found.user_key != user_key) return std::nullopt;
  return Found{.kind = found.kind, .at = found.at, .value = entry->value()};
}

std::shared_ptr<const RangeCover> Memtable::range_deletes() const {
  if (ranges_added_.load(std::memory_order_acquire) == 0) return nullptr;
  rt::Lock lock(ranges_mutex_);
  if (cover_ == nullptr) cover_ = std::make_shared<const RangeCover>(ranges_.cover());
  return cover_;
}

std::unique_ptr<InternalIterator> Memtable::iterator() const { return std::make_unique<MemtableIterator>(tree_); }

}  // namespace mylonite
