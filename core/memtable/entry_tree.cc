#include "core/memtable/entry_tree.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <new>

#include "core/base/invariant.h"
#include "core/memtable/entry_tree_node.h"

namespace mylonite {
namespace {

constexpr std::size_t kFirstBlockBytes = 4096;  // later ones grow geometrically
constexpr std::size_t kSmallTreeBytes = 1 << 20;
constexpr std::size_t kFirstLargeBlockBytes = 33 << 20;  // glibc takes up to 32 MiB from a heap; unused pages cost none
constexpr std::size_t kLivesOn = 9;  // up to this many children of a full inner node are copied into one, more into two
constexpr std::size_t kAhead = 4;    // entries prefetched before a walk reaches them
constexpr std::size_t kSmallTree = 256;

}  // namespace

EntryTree::EntryTree()
    : small_(kFirstBlockBytes, std::pmr::new_delete_resource()),
      large_(kFirstLargeBlockBytes, std::pmr::new_delete_resource()),
      root_(make_node(true, nullptr, {})) {}

void* EntryTree::allocate(std::size_t bytes, std::size_t alignment) {
  allocated_ += bytes;
  return (allocated_ <= kSmallTreeBytes ? small_ : large_).allocate(bytes, alignment);
}

const EntryTree::Entry* EntryTree::make_entry(Target key, std::string_view value) {
  const std::size_t key_bytes = key.user_key.size() + kTrailerBytes;
  constexpr std::size_t kMost = std::numeric_limits<std::uint32_t>::max();
  invariant(key_bytes <= kMost && value.size() <= kMost, "entries fit their length fields", key_bytes, value.size());
  void* place = allocate(sizeof(Entry) + key_bytes + value.size(), alignof(Entry));
  auto* entry = ::new (place) Entry(static_cast<std::uint32_t>(key_bytes), static_cast<std::uint32_t>(value.size()));
  char* to = std::copy(key.user_key.begin(), key.user_key.end(), entry->bytes());
  std::memcpy(to, &key.trailer, kTrailerBytes);
  std::copy(value.begin(), value.end(), to + kTrailerBytes);
  return entry;
}

// A key without the prefix is before or behind all keys with it: it gets the least or greatest word, and the key
// decides.
EntryTree::Aim EntryTree::aim_at(Target target, const Node& root) const {
  const std::uint32_t skipped = root.skipped;
  if (skipped > 0 && first_ != nullptr) {
    const std::string_view prefix = first_->key().substr(0, skipped);
    const auto side = target.user_key.substr(0, skipped) <=> prefix;
    if (side != 0) return {.target = target, .word = side < 0 ? 0 : UINT64_MAX};
  }
  return {.target = target, .word = word_at(target.user_key, skipped)};
}

std::uint64_t EntryTree::word_of(const Entry* entry, std::uint32_t skipped) const {
  return entry == nullptr ? 0 : word_at(user_key_of(entry->key()), skipped);
}

EntryTree::Node* EntryTree::make_node(bool leaf, const Entry* low, std::span<const Slot> slots) {
  Node* node = ::new (allocate(sizeof(Node), alignof(Node))) Node;
  node->leaf = leaf;
  node->low = low;
  node->skipped = skipped_;
  std::uint64_t order = 0;
  for (const Slot& slot : slots) {
    node->words[node->used] = slot.word;
    if (leaf) {
      node->items[node->used].entry = slot.low;
    } else {
      node->items[node->used].child = slot.child;
    }
    order = with_inserted(order, node->used, node->used);
    ++node->used;
  }
  node->order.store(order, std::memory_order_relaxed);  // linking the node publishes it
  return node;
}

std::size_t EntryTree::find(const Node* root, const Aim& aim, std::array<Step, kDepthMax>& path) {
  std::size_t depth = 0;
  for (const Node* node = root;; ++depth) {
    invariant(depth < kDepthMax, "the tree is no deeper than a path", depth);
    const std::uint64_t order = node->read_order();
    if (node->leaf) {
      path[depth] = {.node = node, .order = order, .place = aim.place_in_leaf(*node, order)};
      return depth + 1;
    }
    path[depth] = {.node = node, .order = order, .place = aim.place_of_child(*node, order)};
    node = node->child(order, path[depth].place);
    node->prefetch();
  }
}

bool EntryTree::insert(Target key, std::string_view value) {
  share_prefix_with(key.user_key);
  Node* root = root_.load(std::memory_order_relaxed);
  const Aim aim = aim_at(key, *root);
  std::array<Step, kDepthMax> path;
  const std::size_t depth = find(root, aim, path);
  const Step& leaf = path[depth - 1];
  if (leaf.place < count_of(leaf.order)) {
    const std::string_view found = leaf.node->entry(leaf.order, leaf.place)->key();
    if (user_key_of(found) == key.user_key && trailer_of(found) == key.trailer) return false;
  }
  const Slot added{.word = aim.word, .low = make_entry(key, value)};
  if (entries_++ == 0) first_ = added.low;
  if (leaf.node->used < kSlots) {
    add_slot(const_cast<Node&>(*leaf.node), leaf.place, added);  // the writer made the node, so it may change it
  } else {
    split_leaf(std::span(path).first(depth), added);
  }
  return true;
}

void EntryTree::add_slot(Node& node, std::size_t place, const Slot& slot) {
  node.words[node.used] = slot.word;
  if (node.leaf) {
    node.items[node.used].entry = slot.low;
  } else {
    node.items[node.used].child = slot.child;
  }
  const std::uint64_t order = node.order.load(std::memory_order_relaxed);
  rt::point("memtable link");
  node.order.store(with_inserted(order, place, node.used++), std::memory_order_release);
}

// Ascending keys leave full nodes behind them; any other order makes two halves.
void EntryTree::split_leaf(std::span<Step> path, const Slot& added) {
  const Step& leaf = path.back();
  const auto above = path.first(path.size() - 1);
  const bool last = std::ranges::all_of(
      path, [&](const Step& step) { return step.place + (step.node->leaf ? 0 : 1) == count_of(step.order); });
  if (last) return change(above, {.instead = nullptr, .behind = make_node(true, added.low, {&added, 1})});

  std::array<Slot, kSlots + 1> slots;
  for (std::size_t i = 0, from = 0; i < slots.size(); ++i) {
    if (i == leaf.place) {
      slots[i] = added;
      continue;
    }
    slots[i] = {.word = leaf.node->words[slot_at(leaf.order, from)], .low = leaf.node->entry(leaf.order, from)};
    ++from;
  }
  const std::span<const Slot> all(slots);
  const std::size_t half = slots.size() / 2;
  Node* left = make_node(true, leaf.node->low, all.first(half));
  Node* right = make_node(true, all[half].low, all.subspan(half));
  change(above, {.instead = left, .behind = right});
}

void EntryTree::change(std::span<Step> above, Change what) {
  const auto slot_of = [&](Node* child) {
    return Slot{.word = word_of(child->low, skipped_), .low = child->low, .child = child};
  };
  if (above.empty()) {
    Node* root = what.instead != nullptr ? what.instead : root_.load(std::memory_order_relaxed);
    if (what.behind != nullptr) root = make_node(false, nullptr, std::array{slot_of(root), slot_of(what.behind)});
    rt::point("memtable link");
    root_.store(root, std::memory_order_release);
    return;
  }
  const Step& step = above.back();
  auto& parent = const_cast<Node&>(*step.node);
  const std::size_t needed = (what.instead != nullptr ? 1U : 0U) + (what.behind != nullptr ? 1U : 0U);
  if (parent.used + needed <= kSlots) {
    std::uint64_t order = step.order;
    const auto put = [&](Node* child) {
      parent.words[parent.used] = slot_of(child).word;
      parent.items[parent.used].child = child;
      return parent.used++;
    };
    if (what.instead != nullptr) order = with_replaced(order, step.place, put(what.instead));
    if (what.behind != nullptr) order = with_inserted(order, step.place + 1, put(what.behind));
    rt::point("memtable link");
    parent.order.store(order, std::memory_order_release);
    return;
  }
  const auto higher = above.first(above.size() - 1);
  if (what.instead == nullptr) {
    const std::array only{slot_of(what.behind)};
    return change(higher, {.instead = nullptr, .behind = make_node(false, what.behind->low, only)});
  }
  std::array<Slot, kSlots + 1> slots;
  std::size_t count = 0;
  for (std::size_t place = 0; place < count_of(step.order); ++place) {
    slots[count++] = slot_of(place == step.place ? what.instead : parent.child(step.order, place));
    if (place == step.place && what.behind != nullptr) slots[count++] = slot_of(what.behind);
  }
  const auto all = std::span<const Slot>(slots).first(count);
  const std::size_t half = count <= kLivesOn ? count : count / 2;
  Node* left = make_node(false, parent.low, all.first(half));
  Node* right = half == count ? nullptr : make_node(false, all[half].low, all.subspan(half));
  change(higher, {.instead = left, .behind = right});
}

// A copy of the tree costs its size, so it must be rare: unless the tree is small or has doubled since the last copy,
// the prefix at least halves.
void EntryTree::share_prefix_with(std::string_view user_key) {
  if (entries_ == 0) {
    skipped_ = static_cast<std::uint32_t>(user_key.size());
    root_.load(std::memory_order_relaxed)->skipped = skipped_;  // readers ignore it in an empty root
    return;
  }
  const std::string_view prefix = first_->key().substr(0, skipped_);
  if (user_key.substr(0, skipped_) == prefix) return;
  const auto differs = std::ranges::mismatch(user_key.substr(0, skipped_), prefix).in2;
  const auto shared = static_cast<std::uint32_t>(differs - prefix.begin());
  const bool cheap = entries_ <= kSmallTree || entries_ / 2 >= entries_at_copy_;
  skipped_ = cheap ? shared : std::min(shared, skipped_ / 2);
  entries_at_copy_ = entries_;
  Node* root = copied(*root_.load(std::memory_order_relaxed));
  rt::point("memtable link");
  root_.store(root, std::memory_order_release);
}

// A copy of the node, with words for the current prefix.
EntryTree::Node* EntryTree::copied(const Node& node) {
  const std::uint64_t order = node.order.load(std::memory_order_relaxed);
  std::array<Slot, kSlots> slots;
  const std::size_t count = count_of(order);
  for (std::size_t place = 0; place < count; ++place) {
    slots[place].low = node.low_of(order, place);
    slots[place].word = word_of(slots[place].low, skipped_);
    if (!node.leaf) slots[place].child = copied(*node.child(order, place));
  }
  return make_node(node.leaf, node.low, std::span<const Slot>(slots).first(count));
}

void EntryTree::Cursor::settle() {
  const Step& leaf = path_[depth_ - 1];
  entry_ = leaf.node->entry(leaf.order, leaf.place);
}

void EntryTree::Cursor::descend_to_edge(const Node* node, bool last) {
  for (;; ++depth_) {
    const std::uint64_t order = node->read_order();
    const std::size_t count = count_of(order);
    path_[depth_] = {.node = node, .order = order, .place = last && count > 0 ? count - 1 : 0};
    if (node->leaf) break;
    node = node->child(order, path_[depth_].place);
    node->prefetch();
  }
  const Step& leaf = path_[depth_++];
  for (std::size_t i = 0; i < std::min(kAhead, count_of(leaf.order)); ++i) {
    __builtin_prefetch(leaf.node->entry(leaf.order, last ? leaf.place - i : i));
  }
}

bool EntryTree::Cursor::turn_off(bool last) {
  for (std::size_t level = depth_ - 1; level-- > 0;) {
    Step& step = path_[level];
    if (last ? step.place == 0 : step.place + 1 == count_of(step.order)) continue;
    last ? --step.place : ++step.place;
    depth_ = level + 1;
    descend_to_edge(step.node->child(step.order, step.place), last);
    settle();
    return true;
  }
  entry_ = nullptr;
  return false;
}

void EntryTree::Cursor::seek_to_first() {
  depth_ = 0;
  entry_ = nullptr;
  descend_to_edge(tree_->root_.load(std::memory_order_acquire), false);
  if (count_of(path_[depth_ - 1].order) > 0) settle();
}

void EntryTree::Cursor::seek_to_last() {
  depth_ = 0;
  entry_ = nullptr;
  descend_to_edge(tree_->root_.load(std::memory_order_acquire), true);
  if (count_of(path_[depth_ - 1].order) > 0) settle();
}

void EntryTree::Cursor::seek(Target target) {
  entry_ = nullptr;
  const Node* root = tree_->root_.load(std::memory_order_acquire);
  if (count_of(root->order.load(std::memory_order_acquire)) == 0) return;  // no prefix yet
  depth_ = find(root, tree_->aim_at(target, *root), path_);
  if (path_[depth_ - 1].place < count_of(path_[depth_ - 1].order)) {
    settle();
  } else {
    turn_off(false);
  }
}

void EntryTree::Cursor::next() {
  Step& leaf = path_[depth_ - 1];
  if (leaf.place + 1 == count_of(leaf.order)) {
    turn_off(false);
    return;
  }
  ++leaf.place;
  if (leaf.place + kAhead < count_of(leaf.order)) __builtin_prefetch(leaf.node->entry(leaf.order, leaf.place + kAhead));
  settle();
}

void EntryTree::Cursor::prev() {
  Step& leaf = path_[depth_ - 1];
  if (leaf.place == 0) {
    turn_off(true);
    return;
  }
  --leaf.place;
  settle();
}

}  // namespace mylonite
