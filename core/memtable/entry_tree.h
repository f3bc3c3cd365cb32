// An ordered set of versioned entries in memory: one writer at a time, any number of readers that take no lock.
//
// Algorithm: a B+tree of small nodes. A node's slots are written once; an *order word* says which slots count and in
// which order, so an insertion writes a free slot, then publishes it with one release store of the order word. A full
// node is copied into one or two new ones, which one store in the parent puts in its place; the old one stays as it was
// for readers that are in it, and its memory goes with the tree. (A. Bender's "order word" is also known from the
// permuter of Masstree: Mao, Kohler, Morris, EuroSys 2012, section 4.6.2.)
//
// Compares touch no key where they can: a slot holds the 8 bytes that follow the prefix all user keys share,
// big-endian. The key itself decides only where those are equal. A key that does not share the prefix makes the tree be
// copied once with a shorter one.
//
// Invariants
//   1. Slots, entries and nodes are written completely before a release store publishes them, and never change after.
//   2. All nodes below one root skip the same number of prefix bytes.
//   3. A node's `low` is not above its entries and above those of the node before it; no bound for the leftmost.
//   4. Whoever holds the order words of a path sees at least every entry that was there when it read them, in order.
// Thread-safety: insert() needs outside serialization among writers; everything else may run beside it. A cursor is for
// one thread.
// Complexity: find and insert O(log n), a step of a cursor O(1) amortized. Beside key and value about 82 bytes an entry
// that came in random order, 45 in ascending. Does not remove entries and does not own the keys' meaning beyond their
// order.
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
  // A node on the way to an entry, as it was when it was read, and the way on.
  struct Step {
    const Node* node;
    std::uint64_t order;
    std::size_t place;
  };
  static constexpr std::size_t kDepthMax = 24;  // a node but the last of its level has 5 children or more

 public:
  // Entries inserted after a seek may or may not be met.
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

  // False, and nothing changes, when an entry with this key and trailer is there already.
  bool insert(Target key, std::string_view value);

 private:
  // A child to be put in place of, and one to be put behind, the child through which a path goes; either may be null.
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
  // The path to the leaf that has room for `aim` in the order; the leaf's place: of the first entry not before it.
  static std::size_t find(const Node* root, const Aim& aim, std::array<Step, kDepthMax>& path);
  void split_leaf(std::span<Step> path, const Slot& added);
  void change(std::span<Step> above, Change what);
  void share_prefix_with(std::string_view user_key);
  Node* copied(const Node& node);

  // What a tree holds beyond its first mebibyte lies in blocks so large that the C library maps each for itself and
  // gives it back when the tree goes. Smaller ones it would keep, in whatever thread's heap they came from.
  void* allocate(std::size_t bytes, std::size_t alignment);
  std::pmr::monotonic_buffer_resource small_;
  std::pmr::monotonic_buffer_resource large_;
  std::size_t allocated_ = 0;  // the writer's
  const Entry* first_ =
      nullptr;                 // the first that was inserted: its key has the prefix; published with the root's order
  std::uint32_t skipped_ = 0;  // the writer's: prefix bytes of nodes to come
  std::size_t entries_ = 0;    // the writer's, as is the next
  std::size_t entries_at_copy_ = 0;
  std::atomic<Node*> root_;
};

}  // namespace mylonite
