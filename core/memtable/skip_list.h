// An ordered set of versioned entries in memory: one writer at a time, any number of readers that take no lock.
//
// Algorithm: W. Pugh, "Skip Lists: A Probabilistic Alternative to Balanced Trees", CACM 33(6), 1990, with a quarter of
// the nodes of each level on the next. Ordered as internal keys are (core/format/internal_key.h).
//
// Invariants
//   1. A node is written completely before a release store links it; readers follow links with acquire loads.
//   2. Nodes never move, never change but for their links, and live as long as the list.
//   3. Level 0 is linked first: a node that is reachable on any level is reachable on level 0.
// Thread-safety: insert() needs outside serialization among writers; everything else may run beside it.
// Complexity: expected O(log n) for find and insert; next is O(1); the entry before another is found in O(log n).
// Does not remove entries and does not own the keys' meaning beyond their order.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory_resource>
#include <string_view>

#include "core/base/random.h"

namespace mylonite {

class SkipList {
 public:
  // A place in the order: user key ascending, trailer descending.
  struct Target {
    std::string_view user_key;
    std::uint64_t trailer;
  };

  // One arena allocation: this header | links, one a level | user key | fixed64 trailer | value.
  class Node {
   public:
    std::string_view key() const { return {bytes(), key_bytes_}; }  // an internal key
    std::string_view value() const { return {bytes() + key_bytes_, value_bytes_}; }

   private:
    friend class SkipList;
    using Link = std::atomic<const Node*>;

    Node(std::uint32_t key_bytes, std::uint32_t value_bytes, std::uint32_t height)
        : key_bytes_(key_bytes), value_bytes_(value_bytes), height_(height) {}
    Link* links() { return reinterpret_cast<Link*>(this + 1); }
    const Link* links() const { return reinterpret_cast<const Link*>(this + 1); }
    char* bytes() { return reinterpret_cast<char*>(links() + height_); }
    const char* bytes() const { return reinterpret_cast<const char*>(links() + height_); }
    const Node* next(std::size_t level) const { return links()[level].load(std::memory_order_acquire); }

    std::uint32_t key_bytes_;
    std::uint32_t value_bytes_;
    std::uint64_t height_;
  };

  explicit SkipList(std::uint64_t seed);
  SkipList(const SkipList&) = delete;
  SkipList& operator=(const SkipList&) = delete;

  // False, and nothing changes, when an entry with this key and trailer is there already.
  bool insert(Target key, std::string_view value);

  // Null stands for "no such entry".
  const Node* first() const { return head_->next(0); }
  const Node* last() const;
  const Node* at_or_after(Target target) const;
  const Node* before(Target target) const;
  static const Node* after(const Node* node) { return node->next(0); }

 private:
  static constexpr std::size_t kHeightMax = 12;

  static bool is_before(const Node* node, Target target);
  Node* make_node(Target key, std::string_view value, std::size_t height);
  // Two neighbours on level 0, seen in one step: re-reading the first one's link later may meet an entry that was
  // linked in meanwhile and stands before the target.
  struct Place {
    Node* before;
    const Node* at_or_after;
  };
  // Puts the last node before the target on each level in use into `path` when it is not null.
  Place descend(Target target, Node** path) const;

  std::pmr::monotonic_buffer_resource arena_;
  Random random_;
  Node* head_;
  std::atomic<std::size_t> height_{1};  // levels in use; a stale value costs a reader time, never a wrong answer
};

}  // namespace mylonite
