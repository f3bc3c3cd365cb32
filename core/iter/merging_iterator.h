// Many cursors as one ordered stream, both ways.
//
// A tree of losers (Knuth, TAOCP 3, section 5.4.1). Forward, the winner is the child with the least key; backward, the
// one with the greatest. A step replays the winner's path to the root, one compare a level. Compares take the first 16
// bytes of user keys as one number, and look at keys only if those are equal. A single remaining child needs no
// compares. A change of direction moves every other child to the other side of the current key.
// Equal keys come in the order of the children. An error of a child ends the merge with that error, until the next
// seek: a damaged child is never skipped. Thread-safety: one thread an object.
// Complexity: next and prev O(log children); seeks and a change of direction O(children) seeks of the children.
#pragma once

#include <memory>
#include <vector>

#include "core/format/iterator.h"

namespace mylonite {

class MergingIterator final : public InternalIterator {
 public:
  explicit MergingIterator(std::vector<std::unique_ptr<InternalIterator>> children);

  bool valid() const override { return left_ > 0; }
  void seek_to_first() override;
  void seek_to_last() override;
  void seek(std::string_view internal_key) override;
  void next() override;
  void prev() override;
  std::string_view key() const override { return runners_[winner_].key; }
  std::string_view value() const override { return children_[winner_]->value(); }
  Status status() const override { return status_; }

 private:
  __extension__ using Head = unsigned __int128;
  // A child as the compares see it.
  struct Runner {
    Head head = 0;         // least first, in either direction
    std::string_view key;  // the child's, readable until it moves
    bool ended = false;    // ended runners come last
  };

  void start(bool forward);       // before the children are moved by a seek
  bool admit(std::size_t child);  // makes a placed child a runner; false: it met an error
  void turn(bool forward);        // moves every child but the current one to the other side of the current key
  void play();                    // the matches of all runners, after all were admitted
  void replay();                  // the matches of the winner, after it has moved
  bool fail(Status why);          // makes the merge not valid; returns false
  void look(Runner& runner, std::string_view key) const;
  bool comes_first(std::size_t a, std::size_t b) const;

  std::vector<std::unique_ptr<InternalIterator>> children_;
  std::vector<Runner> runners_;       // one a child
  std::vector<std::size_t> losers_;   // [i] lost the match of the places 2i and 2i + 1; child c enters at size + c
  std::vector<std::size_t> winners_;  // used by play() only; kept for its memory
  std::size_t winner_ = 0;
  std::size_t left_ = 0;  // runners that have not ended; 0: not valid
  bool forward_ = true;
  Status status_;
};

}  // namespace mylonite
