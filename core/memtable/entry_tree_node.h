// The nodes of an EntryTree: for core/memtable/entry_tree.cc alone.
//
//   node, 256 bytes: | order word | skipped, used, leaf | low | 14 words | 14 entries or children |
//   order word:      | count, 8 bits | 14 places of 4 bits, each the number of a slot |
//
// Thread-safety: see entry_tree.h; a reader may read only the slots that its order word lists.
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "core/format/internal_key.h"
#include "core/memtable/entry_tree.h"
#include "core/rt/rt.h"

namespace mylonite {

inline constexpr std::size_t kSlots = 14;

// An order word: 14 places of 4 bits, each the number of a slot; the count of places above them.
inline constexpr unsigned kCountShift = 56;
inline std::size_t count_of(std::uint64_t order) { return order >> kCountShift; }
inline std::size_t slot_at(std::uint64_t order, std::size_t place) { return (order >> (4 * place)) & 15; }

inline std::uint64_t with_inserted(std::uint64_t order, std::size_t place, std::uint64_t slot) {
  const std::uint64_t places = order & ((1ULL << kCountShift) - 1);
  const std::uint64_t before = places & ((1ULL << (4 * place)) - 1);
  return before | slot << (4 * place) | (places ^ before) << 4 | (count_of(order) + 1) << kCountShift;
}

inline std::uint64_t with_replaced(std::uint64_t order, std::size_t place, std::uint64_t slot) {
  return (order & ~(15ULL << (4 * place))) | slot << (4 * place);
}

inline bool is_before(std::string_view key, const EntryTree::Target& target) {
  const auto by_user_key = user_key_of(key) <=> target.user_key;
  if (by_user_key != 0) return by_user_key < 0;
  return trailer_of(key) > target.trailer;
}

// 8 bytes from `offset` on as a number that compares as they do; zeros where the key ends.
inline std::uint64_t word_at(std::string_view key, std::size_t offset) {
  std::uint64_t word = 0;
  if (offset + sizeof word <= key.size()) {
    std::memcpy(&word, key.data() + offset, sizeof word);
  } else if (offset < key.size()) {
    std::memcpy(&word, key.data() + offset, key.size() - offset);
  }
  return std::byteswap(word);
}

// The new content of a slot.
struct EntryTree::Slot {
  std::uint64_t word = 0;
  const Entry* low = nullptr;  // the entry; of a child, its lower bound
  Node* child = nullptr;       // null in a leaf
};

struct alignas(64) EntryTree::Node {
  union Item {
    const Entry* entry;
    Node* child;
  };

  std::atomic<std::uint64_t> order{0};
  std::uint32_t skipped = 0;
  std::uint16_t used = 0;  // slots, the writer's
  bool leaf = true;
  const Entry* low = nullptr;
  std::array<std::uint64_t, kSlots> words;
  std::array<Item, kSlots> items;

  const Entry* entry(std::uint64_t seen, std::size_t place) const { return items[slot_at(seen, place)].entry; }
  Node* child(std::uint64_t seen, std::size_t place) const { return items[slot_at(seen, place)].child; }
  // The entry whose bytes a place's word holds.
  const Entry* low_of(std::uint64_t seen, std::size_t place) const {
    return leaf ? entry(seen, place) : child(seen, place)->low;
  }
  std::uint64_t read_order() const {
    const std::uint64_t seen = order.load(std::memory_order_acquire);
    rt::point("memtable seek");
    return seen;
  }
  void prefetch() const {
    for (std::size_t line = 0; line < sizeof(Node); line += 64) {
      __builtin_prefetch(reinterpret_cast<const char*>(this) + line);
    }
  }
};

struct EntryTree::Aim {
  Target target;
  std::uint64_t word;

  // In a leaf: the number of entries before the target.
  std::size_t place_in_leaf(const Node& node, std::uint64_t order) const {
    const std::size_t count = count_of(order);
    std::size_t place = 0;
    for (std::size_t i = 0; i < count; ++i) place += node.words[slot_at(order, i)] < word ? 1 : 0;
    while (place < count && node.words[slot_at(order, place)] == word &&
           is_before(node.entry(order, place)->key(), target)) {
      ++place;
    }
    return place;
  }

  // In an inner node: the last child whose bound is not behind the target. The first child has none.
  std::size_t place_of_child(const Node& node, std::uint64_t order) const {
    const std::size_t count = count_of(order);
    std::size_t place = 0;
    for (std::size_t i = 1; i < count; ++i) place += node.words[slot_at(order, i)] < word ? 1 : 0;
    while (place + 1 < count && node.words[slot_at(order, place + 1)] == word) {
      const std::string_view low = node.child(order, place + 1)->low->key();
      if (!is_before(low, target) && (user_key_of(low) != target.user_key || trailer_of(low) != target.trailer)) break;
      ++place;
    }
    return place;
  }
};

}  // namespace mylonite
