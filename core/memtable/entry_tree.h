// An ordered set of versioned entries in memory: one writer at a time, any number of readers that take no lock.
//
// Algorithm: a B+tree of small nodes. A node's slots are written once. An *order word* lists the valid slots in order.
// An insertion writes a free slot, then publishes it with one release store of the order word. A full node is copied
// into one or two new ones, and one store in the parent replaces it. The old node does not change, for readers that are
// in it; its memory is freed with the tree. (A. Bender's "order word" is also known from the permuter of Masstree: Mao,
// Kohler, Morris, EuroSys 2012, section 4.6.2.)
//
// Compares avoid reading keys: a slot holds the 8 bytes after the prefix that all user keys share, big-endian. The key
// itself decides only if those are equal. A key without that prefix makes the tree copy itself once with a shorter one.
//
// Invariants
//   1. Slots, entries and nodes are written completely before a release store publishes them, and never change after.
//   2. All nodes below one root skip the same number of prefix bytes.
//   3. A node's `low` is not above its entries, and above those of the node before it. The leftmost node has no bound.
//   4. A reader that has read the order words of a path sees at least the entries that they listed, in order.
// Thread-safety: the caller serializes writers; everything else may run beside insert(). A cursor is for one thread.
// Complexity: find and insert O(log n), a step of a cursor O(1) amortized. Memory: beside key and value about 82 bytes
// an entry inserted in random order, 45 in ascending order.
// It does not remove entries, and knows only the order of keys, not their meaning.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <span>
#include <string_view>

namespace mylonite {

class EntryTree {
 public:
  // A place in the order: user key ascending, trailer descending (core/format/internal_key.h).
  struct Target {
    std::string_view user_key;
    std::uint64_t trailer;
  };

  // One allocation: this header | user key | fixed64 trailer | value.
  class Entry {
   public:
    std::string_view key() const { return {bytes(), key_bytes_}; }  // an internal key
    std::string_view value() const { return {bytes() + key_bytes_, value_bytes_}; }

   private:
    friend class EntryTree;
    Entry(std::uint32_t key_bytes, std::uint32_t value_bytes) : key_bytes_(key_bytes), value_bytes_(value_bytes) {}
    char* bytes() { return reinterpret_cast<char*>(this + 1); }
    const char* bytes() const { return reinterpret_cast<const char*>(this + 1); }

    std::uint32_t key_bytes_;
    std::uint32_t value_bytes_;
  };

 private:
  struct Node;
  // A node on the path to an entry: its order word when it was read, and the place that the path takes.
  struct Step {
    const Node* node;
    std::uint64_t order;
    std::size_t place;
  };
  static constexpr std::size_t kDepthMax = 24;  // a node but the last of its level has 5 children or more

 public:
  // A cursor may or may not see entries inserted after its seek.
  class Cursor {
   public:
    explicit Cursor(const EntryTree& tree) : tree_(&tree) {}
    const Entry* entry() const { return entry_; }  // null: not valid
    void seek_to_first();
    void seek_to_last();
    void seek(Target target);  // to the first entry that is not before the target
    void next();               // requires entry() != nullptr, as prev() does
    void prev();

   private:
    void descend_to_edge(const Node* node, bool last);
    bool turn_off(bool last);  // to the neighbouring leaf, at its near edge; false: there is none
    void settle();             // entry_ from the last step

    const EntryTree* tree_;
    const Entry* entry_ = nullptr;
    std::size_t depth_ = 0;
    std::array<Step, kDepthMax> path_;  // of depth_ steps
  };

  EntryTree();
  EntryTree(const EntryTree&) = delete;
  EntryTree& operator=(const EntryTree&) = delete;

  // False, without a change: the tree has an entry with this key and trailer.
  bool insert(Target key, std::string_view value);

 private:
  // Children that replace, and that follow, the child on a path; either may be null.
  struct Change {
    Node* instead;
    Node* behind;
  };
  struct Aim;
  struct Slot;

  Aim aim_at(Target target, const Node& root) const;
  std::uint64_t word_of(const Entry* entry, std::uint32_t skipped) const;
  const Entry* make_entry(Target key, std::string_view value);
  Node* make_node(bool leaf, const Entry* low, std::span<const Slot> slots);
  void add_slot(Node& node, std::size_t place, const Slot& slot);
  // The path to the leaf where `aim` belongs; the leaf's place is that of the first entry not before `aim`.
  static std::size_t find(const Node* root, const Aim& aim, std::array<Step, kDepthMax>& path);
  void split_leaf(std::span<Step> path, const Slot& added);
  void change(std::span<Step> above, Change what);
  void share_prefix_with(std::string_view user_key);
  Node* copied(const Node& node);

  // Memory beyond the first mebibyte comes in blocks that the C library maps one by one and unmaps with the tree. It
  // would keep smaller blocks, in the heap of the thread that allocated them.
  void* allocate(std::size_t bytes, std::size_t alignment);
  std::pmr::monotonic_buffer_resource small_;
  std::pmr::monotonic_buffer_resource large_;
  std::size_t allocated_ = 0;     // the writer's
  const Entry* first_ = nullptr;  // the first one inserted: its key has the prefix; published with the root's order
  std::uint32_t skipped_ = 0;     // the writer's: prefix bytes of new nodes
  std::size_t entries_ = 0;       // the writer's, as is the next
  std::size_t entries_at_copy_ = 0;
  std::atomic<Node*> root_;
};

}  // namespace mylonite
