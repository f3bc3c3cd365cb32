#include "sim/machine/trace.h"

#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace mylonite::sim {
namespace {

std::string hash_of(const std::vector<Event>& events) {
  Trace trace;
  for (const Event& event : events) trace.event(event.kind, event.a, event.b);
  return trace.hash();
}

// Goal: the hash is the same for ever and on every machine. Method: a fixed sequence. Expectation: a golden value; when
// it changes, all recorded hashes change with it.
TEST(TraceTest, GoldenHash) {
  Trace trace;
  EXPECT_EQ(trace.hash(), "6159c6d69ff390f32c5250750ae4cf5a");
  trace.event(EventKind::kLock, 1, 2);
  trace.bytes(EventKind::kFileBytes, "mylonite");
  EXPECT_EQ(trace.hash(), "da676614dc40fe15596e5881b8b2173c");
  EXPECT_EQ(trace.count(), 2U);
}

// Goal: small changes change the hash. Method: all sequences of length 2 over few kinds and small numbers, with their
// prefixes. Expectation: all hashes differ, in either half.
TEST(TraceTest, SmallSequencesDoNotCollide) {
  std::vector<Event> alphabet;
  for (const EventKind kind : {EventKind::kStart, EventKind::kLock, EventKind::kNote}) {
    for (std::uint64_t a = 0; a < 4; ++a) {
      for (std::uint64_t b = 0; b < 4; ++b) alphabet.push_back({kind, a, b});
    }
  }
  std::set<std::string> left_halves;
  std::set<std::string> right_halves;
  std::size_t sequences = 0;
  const auto add = [&](const std::vector<Event>& events) {
    const std::string hash = hash_of(events);
    left_halves.insert(hash.substr(0, 16));
    right_halves.insert(hash.substr(16));
    ++sequences;
  };
  add({});
  for (const Event& first : alphabet) {
    add({first});
    for (const Event& second : alphabet) add({first, second});
  }
  EXPECT_EQ(left_halves.size(), sequences);
  EXPECT_EQ(right_halves.size(), sequences);
}

// Goal: no event is forgotten, however long ago. Method: flip one bit of one event of a long random sequence.
// Expectation: another hash.
TEST(TraceTest, EveryBitCounts) {
  EXPECT_TRUE(rc::check([] {
    const auto numbers = *rc::gen::nonEmpty(rc::gen::arbitrary<std::vector<std::uint64_t>>());
    std::vector<Event> events;
    for (const std::uint64_t number : numbers) events.push_back({EventKind::kNote, number, ~number});
    const std::string before = hash_of(events);
    Event& changed = events[*rc::gen::inRange<std::size_t>(0, events.size())];
    const auto bit = std::uint64_t{1} << *rc::gen::inRange(0, 64);
    (*rc::gen::arbitrary<bool>() ? changed.a : changed.b) ^= bit;
    RC_ASSERT(hash_of(events) != before);
  }));
}

// Goal: the last events are at hand for a report. Method: more events than are kept. Expectation: the last 256 in
// order.
TEST(TraceTest, KeepsRecentEvents) {
  Trace trace;
  for (std::uint64_t i = 0; i < 300; ++i) trace.event(EventKind::kPoint, i, 0);
  const std::vector<Event> recent = trace.recent();
  ASSERT_EQ(recent.size(), Trace::kRecent);
  EXPECT_EQ(to_string(recent.front()), "point 44 0");
  EXPECT_EQ(to_string(recent.back()), "point 299 0");
}

// Goal: the first difference of two runs is named. Method: traces equal up to one event; one a prefix of the other.
// Expectation: index and both texts; nothing for equal traces.
TEST(TraceTest, NamesTheFirstDifference) {
  Trace left(true);
  Trace right(true);
  for (Trace* trace : {&left, &right}) trace->event(EventKind::kStart, 1, 1);
  EXPECT_FALSE(first_difference(left, right).has_value());
  left.event(EventKind::kLock, 1, 2);
  const auto longer = first_difference(left, right);
  ASSERT_TRUE(longer.has_value());
  EXPECT_EQ(longer->index, 1U);
  EXPECT_EQ(longer->left, "lock 1 2");
  EXPECT_EQ(longer->right, "end");
  right.event(EventKind::kUnlock, 1, 2);
  EXPECT_EQ(first_difference(left, right)->right, "unlock 1 2");
}

// Goal: the difference is placed. Method: events as text, which differ in the second incarnation after one step.
TEST(TraceTest, PlacesTheFirstDifference) {
  Trace trace(true);
  trace.event(EventKind::kStart, 1, 1);
  trace.event(EventKind::kRunEnd, 0, 1);
  trace.event(EventKind::kPoint, 1, 1);
  trace.event(EventKind::kNote, 7, 0);
  std::vector<std::string_view> lines = {"start 1 1", "run-end 0 1", "point 1 1", "note 8 0"};
  const auto found = first_difference(lines, trace);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->index, 3U);
  EXPECT_EQ(found->incarnation, 2U);
  EXPECT_EQ(found->step, 1U);
  EXPECT_EQ(found->left, "note 8 0");
  EXPECT_EQ(found->right, "note 7 0");
  lines.back() = "note 7 0";
  EXPECT_FALSE(first_difference(lines, trace).has_value());
  lines.pop_back();
  EXPECT_EQ(first_difference(lines, trace)->left, "end");
}

// Goal: every kind has a name of its own. Method: all of them. Expectation: as many names as kinds.
TEST(TraceTest, KindsHaveNames) {
  std::set<std::string_view> names;
  for (int kind = 0; kind <= static_cast<int>(EventKind::kNote); ++kind) {
    names.insert(event_name(static_cast<EventKind>(kind)));
  }
  EXPECT_EQ(names.size(), static_cast<std::size_t>(EventKind::kNote) + 1);
  EXPECT_FALSE(names.contains("unknown"));
}

}  // namespace
}  // namespace mylonite::sim
