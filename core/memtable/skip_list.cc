#include "core/memtable/skip_list.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <new>

#include "core/base/coding.h"
#include "core/base/invariant.h"
#include "core/format/internal_key.h"
#include "core/rt/rt.h"

namespace mylonite {
namespace {

constexpr std::size_t kFirstArenaBytes = 4096;  // the arena grows geometrically from here

}  // namespace

SkipList::SkipList(std::uint64_t seed)
    : arena_(kFirstArenaBytes, std::pmr::new_delete_resource()),
      random_(seed),
      head_(make_node({.user_key = {}, .trailer = 0}, {}, kHeightMax)) {}

SkipList::Node* SkipList::make_node(Target key, std::string_view value, std::size_t height) {
  const std::size_t key_bytes = key.user_key.size() + kTrailerBytes;
  constexpr std::size_t kMost = std::numeric_limits<std::uint32_t>::max();
  invariant(key_bytes <= kMost && value.size() <= kMost, "entries fit their length fields", key_bytes, value.size());
  void* place = arena_.allocate(sizeof(Node) + height * sizeof(Node::Link) + key_bytes + value.size(), alignof(Node));
  Node* node = ::new (place) Node(static_cast<std::uint32_t>(key_bytes), static_cast<std::uint32_t>(value.size()),
                                  static_cast<std::uint32_t>(height));
  for (std::size_t level = 0; level < height; ++level) ::new (node->links() + level) Node::Link(nullptr);
  char* to = node->bytes();
  to = std::copy(key.user_key.begin(), key.user_key.end(), to);
  std::memcpy(to, &key.trailer, kTrailerBytes);
  std::copy(value.begin(), value.end(), to + kTrailerBytes);
  return node;
}

bool SkipList::is_before(const Node* node, Target target) {
  const auto by_user_key = user_key_of(node->key()) <=> target.user_key;
  if (by_user_key != 0) return by_user_key < 0;
  return trailer_of(node->key()) > target.trailer;
}

SkipList::Place SkipList::descend(Target target, Node** path) const {
  Node* node = head_;
  const Node* passed = nullptr;  // known not to be before the target: often met again one level down
  for (std::size_t level = height_.load(std::memory_order_relaxed); level-- > 0;) {
    for (;;) {
      const Node* next = node->next(level);
      if (next == nullptr || next == passed || !is_before(next, target)) {
        passed = next;
        break;
      }
      // Only the writer changes a node, and only its links; readers go no further than const.
      node = const_cast<Node*>(next);
    }
    if (path != nullptr) path[level] = node;
  }
  rt::point("memtable seek");
  return {.before = node, .at_or_after = passed};
}

bool SkipList::insert(Target key, std::string_view value) {
  Node* path[kHeightMax];
  const Node* next = descend(key, path).at_or_after;
  if (next != nullptr && user_key_of(next->key()) == key.user_key && trailer_of(next->key()) == key.trailer)
    return false;

  const auto promotions = static_cast<std::size_t>(std::countr_zero(random_.next())) / 2;
  const std::size_t height = std::min(1 + promotions, kHeightMax);
  const std::size_t in_use = height_.load(std::memory_order_relaxed);
  if (height > in_use) {
    std::fill(path + in_use, path + height, head_);
    height_.store(height, std::memory_order_relaxed);
  }
  Node* node = make_node(key, value, height);
  for (std::size_t level = 0; level < height; ++level) {
    node->links()[level].store(path[level]->next(level), std::memory_order_relaxed);
    rt::point("memtable link");
    path[level]->links()[level].store(node, std::memory_order_release);
  }
  return true;
}

const SkipList::Node* SkipList::at_or_after(Target target) const { return descend(target, nullptr).at_or_after; }

const SkipList::Node* SkipList::before(Target target) const {
  const Node* node = descend(target, nullptr).before;
  return node == head_ ? nullptr : node;
}

const SkipList::Node* SkipList::last() const {
  const Node* node = head_;
  for (std::size_t level = height_.load(std::memory_order_relaxed); level-- > 0;) {
    while (const Node* next = node->next(level)) node = next;
  }
  return node == head_ ? nullptr : node;
}

}  // namespace mylonite
