// Internal entries for model tests: a sorted map as the model, random keys that provoke (prefixes of one another, 0x00
// and 0xff, the empty key, many versions), and one random walk that holds any InternalIterator against the model.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>

#include <mylonite/random.h>

#include "core/base/bytes.h"
#include "core/format/internal_key.h"
#include "core/format/iterator.h"

namespace mylonite::testing {

struct InternalLess {
  bool operator()(const std::string& a, const std::string& b) const { return compare_internal(a, b) < 0; }
};
using Entries = std::map<std::string, std::string, InternalLess>;

inline std::string random_user_key(Random& random) {
  static constexpr std::string_view kLetters(
      "\x00\x01\x7f\xff"
      "ab",
      6);
  std::string key(random.chance(1, 4) ? "common/prefix/" : "");
  for (std::uint64_t left = random.below(5); left > 0; --left) key += kLetters[random.below(kLetters.size())];
  return key;
}

inline std::string random_value(Random& random) {
  const std::uint64_t size = random.below(30);
  return std::string(size, static_cast<char>('a' + size % 26)) + std::to_string(random.next());
}

// Stamps are 1..stamps; a fifth are deletes (with empty values).
inline std::string random_internal_key(Random& random, std::uint64_t stamps) {
  const std::string user_key = random_user_key(random);
  const Timestamp at{random.between(1, stamps)};
  return internal_key(user_key, at, random.chance(1, 5) ? Kind::kDelete : Kind::kPut);
}

inline Entries random_entries(Random& random, std::size_t count, std::uint64_t stamps) {
  Entries entries;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string key = random_internal_key(random, stamps);
    std::string value = parse_internal_key(key).kind == Kind::kPut ? random_value(random) : "";
    entries.emplace(key, std::move(value));
  }
  return entries;
}

inline void expect_same_place(const InternalIterator& cursor, const Entries& model, Entries::const_iterator place) {
  ASSERT_TRUE(cursor.status().ok()) << cursor.status().error().to_string();
  ASSERT_EQ(cursor.valid(), place != model.end());
  if (!cursor.valid()) return;
  ASSERT_EQ(printable(cursor.key()), printable(place->first));
  ASSERT_EQ(cursor.value(), place->second);
}

// Random seeks and steps with changes of direction; then once through, each way.
inline void walk(InternalIterator& cursor, const Entries& model, Random random, int steps) {
  auto place = model.end();
  for (int i = 0; i < steps; ++i) {
    const std::uint64_t choice = random.below(10);
    if (choice == 0) {
      cursor.seek_to_first();
      place = model.begin();
    } else if (choice == 1) {
      cursor.seek_to_last();
      place = model.empty() ? model.end() : std::prev(model.end());
    } else if (choice == 2 || place == model.end()) {
      const std::string target = random_internal_key(random, 40);
      cursor.seek(target);
      place = model.lower_bound(target);
    } else if (random.chance(1, 2)) {
      cursor.next();
      ++place;
    } else {
      cursor.prev();
      place = place == model.begin() ? model.end() : std::prev(place);
    }
    ASSERT_NO_FATAL_FAILURE(expect_same_place(cursor, model, place)) << "step " << i;
  }
  cursor.seek_to_first();
  for (place = model.begin(); place != model.end(); ++place, cursor.next()) {
    ASSERT_NO_FATAL_FAILURE(expect_same_place(cursor, model, place));
  }
  ASSERT_NO_FATAL_FAILURE(expect_same_place(cursor, model, model.end()));
  cursor.seek_to_last();
  for (auto back = model.rbegin(); back != model.rend(); ++back, cursor.prev()) {
    ASSERT_NO_FATAL_FAILURE(expect_same_place(cursor, model, std::prev(back.base())));
  }
  ASSERT_NO_FATAL_FAILURE(expect_same_place(cursor, model, model.end()));
}

// What a reader at `at` must find: the newest entry of the key that is not above it; end() when there is none.
inline Entries::const_iterator newest(const Entries& model, std::string_view user_key, Timestamp at) {
  std::string target;
  append_internal_key(target, user_key, seek_trailer(at));
  const auto found = model.lower_bound(target);
  return found != model.end() && user_key_of(found->first) == user_key ? found : model.end();
}

}  // namespace mylonite::testing
