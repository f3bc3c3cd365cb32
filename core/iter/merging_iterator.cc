#include "core/iter/merging_iterator.h"

#include <bit>
#include <cstring>
#include <utility>

#include "core/base/invariant.h"
#include "core/format/internal_key.h"
#include "core/rt/rt.h"

namespace mylonite {

MergingIterator::MergingIterator(std::vector<std::unique_ptr<InternalIterator>> children)
    : children_(std::move(children)), runners_(children_.size()), losers_(children_.size()) {}

void MergingIterator::start(bool forward) {
  left_ = 0;
  forward_ = forward;
  status_ = {};
}

bool MergingIterator::fail(Status why) {
  status_ = std::move(why);
  left_ = 0;
  return false;
}

// Reads the first 16 bytes of the user key, padded with zeros, as a number that compares as they do.
void MergingIterator::look(Runner& runner, std::string_view key) const {
  std::uint64_t words[2] = {0, 0};
  const std::size_t bytes = key.size() - kTrailerBytes;
  if (bytes >= sizeof words) {
    std::memcpy(words, key.data(), sizeof words);
  } else {
    std::memcpy(words, key.data(), bytes);
  }
  const Head head = static_cast<Head>(std::byteswap(words[0])) << 64 | std::byteswap(words[1]);
  runner.head = forward_ ? head : ~head;
  runner.key = key;
}

bool MergingIterator::admit(std::size_t child) {
  const InternalIterator& cursor = *children_[child];
  Runner& runner = runners_[child];
  runner.ended = !cursor.valid();
  if (!runner.ended) {
    look(runner, cursor.key());
    ++left_;
    return true;
  }
  runner.head = ~Head{0};
  Status why = cursor.status();
  return why.ok() || fail(std::move(why));
}

void MergingIterator::seek_to_first() {
  start(true);
  for (std::size_t i = 0; i < children_.size(); ++i) {
    children_[i]->seek_to_first();
    if (!admit(i)) return;
  }
  play();
}

void MergingIterator::seek_to_last() {
  start(false);
  for (std::size_t i = 0; i < children_.size(); ++i) {
    children_[i]->seek_to_last();
    if (!admit(i)) return;
  }
  play();
}

void MergingIterator::seek(std::string_view internal_key) {
  start(true);
  for (std::size_t i = 0; i < children_.size(); ++i) {
    children_[i]->seek(internal_key);
    if (!admit(i)) return;
  }
  play();
}

void MergingIterator::next() {
  invariant(valid(), "a cursor that is moved is valid");
  if (!forward_) turn(true);
  if (!valid()) return;
  children_[winner_]->next();
  replay();
}

void MergingIterator::prev() {
  invariant(valid(), "a cursor that is moved is valid");
  if (forward_) turn(false);
  if (!valid()) return;
  children_[winner_]->prev();
  replay();
}

void MergingIterator::turn(bool forward) {
  const std::size_t current = winner_;
  const std::string_view key = runners_[current].key;
  start(forward);
  for (std::size_t i = 0; i < children_.size(); ++i) {
    InternalIterator& child = *children_[i];
    if (i != current) {
      child.seek(key);
      const bool equal = child.valid() && compare_internal(child.key(), key) == 0;
      const bool belongs_before = i < current;  // where an equal key of this child stands
      if (forward && equal && belongs_before) child.next();
      if (!forward && !(equal && belongs_before)) {
        if (child.valid()) {
          child.prev();
        } else if (child.status().ok()) {
          child.seek_to_last();
        }
        // A memtable may have grown since the seek: skip entries that are not before the current key.
        while (child.valid() && compare_internal(child.key(), key) >= 0) child.prev();
      }
    }
    if (!admit(i)) return;
  }
  play();
}

void MergingIterator::replay() {
  rt::work(rt::Work::kMergeMatch, static_cast<std::uint64_t>(std::bit_width(children_.size())));
  const InternalIterator& cursor = *children_[winner_];
  Runner& runner = runners_[winner_];
  if (cursor.valid()) {
    if (left_ == 1) {
      runner.key = cursor.key();  // the only runner needs no compares
      return;
    }
    look(runner, cursor.key());
  } else {
    if (Status why = cursor.status(); !why.ok()) {
      fail(std::move(why));
      return;
    }
    runner.ended = true;
    runner.head = ~Head{0};
    if (--left_ == 0) return;
  }
  // Masks instead of branches: the winner is unpredictable.
  std::size_t winner = winner_;
  for (std::size_t place = (winner + children_.size()) / 2; place > 0; place /= 2) {
    const std::size_t rival = losers_[place];
    const Head head = runners_[rival].head;
    const Head best = runners_[winner].head;
    bool lost = head < best;
    if (head == best) [[unlikely]]
      lost = comes_first(rival, winner);
    const std::size_t swapped = (rival ^ winner) & (std::size_t{0} - static_cast<std::size_t>(lost));
    losers_[place] = rival ^ swapped;
    winner ^= swapped;
  }
  winner_ = winner;
}

void MergingIterator::play() {
  const std::size_t count = children_.size();
  if (count == 0) return;
  std::vector<std::size_t>& winners = winners_;  // [i] won the match at place i
  winners.resize(2 * count);
  for (std::size_t child = 0; child < count; ++child) winners[count + child] = child;
  for (std::size_t place = count; --place > 0;) {
    const std::size_t a = winners[2 * place];
    const std::size_t b = winners[2 * place + 1];
    const bool a_wins = comes_first(a, b);
    winners[place] = a_wins ? a : b;
    losers_[place] = a_wins ? b : a;
  }
  winner_ = winners[1];
}

bool MergingIterator::comes_first(std::size_t a, std::size_t b) const {
  const Runner& left = runners_[a];
  const Runner& right = runners_[b];
  if (left.head != right.head) return left.head < right.head;
  if (left.ended || right.ended) return !left.ended;
  const auto order = compare_internal(left.key, right.key);
  const bool a_before_b = order < 0 || (order == 0 && a < b);
  return a_before_b == forward_;
}

}  // namespace mylonite
