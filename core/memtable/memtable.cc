#include "core/memtable/memtable.h"

#include <algorithm>
#include <utility>

#include "core/base/invariant.h"

namespace mylonite {
namespace {

SkipList::Target target_of(std::string_view key) { return {.user_key = user_key_of(key), .trailer = trailer_of(key)}; }

class MemtableIterator final : public InternalIterator {
 public:
  explicit MemtableIterator(const SkipList& list) : list_(list) {}

  bool valid() const override { return node_ != nullptr; }
  void seek_to_first() override { node_ = list_.first(); }
  void seek_to_last() override { node_ = list_.last(); }
  void seek(std::string_view key) override { node_ = list_.at_or_after(target_of(key)); }
  void next() override { node_ = SkipList::after(current()); }
  void prev() override { node_ = list_.before(target_of(current()->key())); }
  std::string_view key() const override { return current()->key(); }
  std::string_view value() const override { return current()->value(); }
  Status status() const override { return {}; }

 private:
  const SkipList::Node* current() const {
    invariant(node_ != nullptr, "a cursor that is used is valid");
    return node_;
  }

  const SkipList& list_;
  const SkipList::Node* node_ = nullptr;
};

}  // namespace

void Memtable::add(std::string_view user_key, Timestamp at, Kind kind, std::string_view value) {
  if (kind == Kind::kRangeDelete) {
    rt::Lock lock(ranges_mutex_);
    RangeTombstone range{.low = std::string(user_key), .high = std::string(value), .at = at};
    if (!ranges_.empty() && ranges_.back().at == at && std::ranges::find(ranges_, range) != ranges_.end()) return;
    ranges_.push_back(std::move(range));
    fragments_.reset();
    bytes_.fetch_add(user_key.size() + value.size() + kEntryOverheadBytes, std::memory_order_relaxed);
    range_deletes_.fetch_add(1, std::memory_order_release);
    return;
  }
  if (!list_.insert({.user_key = user_key, .trailer = pack_trailer(at, kind)}, value)) return;
  bytes_.fetch_add(user_key.size() + value.size() + kEntryOverheadBytes, std::memory_order_relaxed);
  entries_.fetch_add(1, std::memory_order_relaxed);
}

std::optional<Memtable::Found> Memtable::get(std::string_view user_key, Timestamp at) const {
  const SkipList::Node* node = list_.at_or_after({.user_key = user_key, .trailer = seek_trailer(at)});
  if (node == nullptr) return std::nullopt;
  const ParsedKey found = parse_internal_key(node->key());
  if (found.user_key != user_key) return std::nullopt;
  return Found{.kind = found.kind, .at = found.at, .value = node->value()};
}

std::shared_ptr<const RangeTombstones> Memtable::range_tombstones() const {
  if (range_deletes_.load(std::memory_order_acquire) == 0) return nullptr;
  rt::Lock lock(ranges_mutex_);
  if (fragments_ == nullptr) fragments_ = std::make_shared<const RangeTombstones>(ranges_);
  return fragments_;
}

std::unique_ptr<InternalIterator> Memtable::iterator() const { return std::make_unique<MemtableIterator>(list_); }

}  // namespace mylonite
