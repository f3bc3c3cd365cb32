// The reference model against something simpler still: a list of all writes, searched from end to end.
#include "sim/oracle/model.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <mylonite/random.h>

namespace mylonite::sim {
namespace {

struct Write {
  Timestamp at;
  WriteBatch batch;
  std::map<std::string, std::optional<std::string>> entries;
  std::vector<std::pair<std::string, std::string>> ranges;

  bool covers(const std::string& key) const {
    return std::ranges::any_of(ranges, [&](const auto& range) { return key >= range.first && key < range.second; });
  }
};

std::string random_key(Random& random) {
  const std::uint64_t length = random.below(3);
  std::string key;
  for (std::uint64_t i = 0; i < length; ++i) key += "\x00\x7f\xff"[random.below(3)];
  return key;
}

Write random_write(Timestamp at, Random& random) {
  Write write{.at = at, .batch = {}, .entries = {}, .ranges = {}};
  const std::uint64_t count = random.between(1, 4);
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::string key = random_key(random);
    write.entries[key] = std::nullopt;
    if (random.chance(2, 3)) write.entries[key] = std::to_string(random.below(1000));
  }
  for (std::uint64_t left = random.chance(1, 3) ? random.between(1, 2) : 0; left > 0; --left) {
    const std::string one = random_key(random);
    const std::string other = random_key(random);
    if (one == other) continue;
    write.ranges.emplace_back(std::min(one, other), std::max(one, other));
    write.batch.remove_range(write.ranges.back().first, write.ranges.back().second);
  }
  for (const auto& [key, value] : write.entries) {
    if (value) {
      write.batch.put(key, *value);
    } else {
      write.batch.remove(key);
    }
  }
  return write;
}

std::optional<std::string> naive_get(const std::vector<Write>& writes, const std::string& key, Timestamp at) {
  std::optional<std::string> value;
  for (const Write& write : writes) {
    if (write.at > at) continue;
    if (write.covers(key)) value.reset();
    if (write.entries.contains(key)) value = write.entries.at(key);
  }
  return value;
}

std::vector<std::pair<std::string, std::string>> naive_scan(const std::vector<Write>& writes, const Model::Range& range,
                                                            Timestamp at) {
  std::set<std::string> keys;
  for (const Write& write : writes) {
    for (const auto& entry : write.entries) keys.insert(entry.first);
  }
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const std::string& key : keys) {
    if (key < range.low || (range.high && key >= *range.high)) continue;
    if (const auto value = naive_get(writes, key, at)) pairs.emplace_back(key, *value);
  }
  if (range.backward) std::ranges::reverse(pairs);
  if (pairs.size() > range.limit) pairs.resize(range.limit);
  return pairs;
}

class ModelAndList {
 public:
  explicit ModelAndList(std::uint64_t seed) : random_(seed) {
    const std::uint64_t count = random_.between(0, 30);
    for (std::uint64_t i = 0; i < count; ++i) {
      newest_ += random_.between(1, 3);
      writes_.push_back(random_write(Timestamp{newest_}, random_));
      model_.add(writes_.back().at, writes_.back().batch);
    }
  }

  void forget_some() {
    std::vector<Write> kept;
    for (const Write& write : writes_) {
      if (random_.chance(1, 3)) {
        model_.forget(write.at, write.batch);
      } else {
        kept.push_back(write);
      }
    }
    writes_ = std::move(kept);
  }

  void compare() {
    for (int i = 0; i < 20; ++i) {
      const Timestamp at{random_.between(0, newest_ + 2)};
      const std::string key = random_key(random_);
      const std::string* found = model_.get(key, at);
      RC_ASSERT((found == nullptr ? std::nullopt : std::optional(*found)) == naive_get(writes_, key, at));

      const std::string high = random_key(random_);
      Model::Range range{.low = key, .high = std::nullopt, .limit = random_.between(0, 9), .backward = false};
      if (random_.chance(2, 3)) range.high = high;
      range.backward = random_.chance(1, 2);
      std::vector<std::pair<std::string, std::string>> pairs;
      for (const auto& [k, v] : model_.scan(range, at)) pairs.emplace_back(k, v);
      RC_ASSERT(pairs == naive_scan(writes_, range, at));
    }
  }

  const Model& model() const { return model_; }
  // Whether a write that is still there covers the key, and says nothing of its own about it.
  bool ranged(const std::string& key, Timestamp at) const {
    const auto found = std::ranges::find(writes_, at, &Write::at);
    return found != writes_.end() && found->covers(key) && !found->entries.contains(key);
  }
  std::size_t versions_written() const {
    std::size_t sum = 0;
    for (const Write& write : writes_) sum += write.entries.size();
    return sum;
  }

 private:
  Random random_;
  Model model_;
  std::vector<Write> writes_;
  std::uint64_t newest_ = 0;
};

// Goal: gets and scans are right at every stamp, also after some writes were forgotten. Method: random writes over few
// keys of any bytes; random questions to both. Expectation: equal answers.
TEST(ModelTest, AnswersAsTheListDoes) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    ModelAndList both(seed);
    both.compare();
    both.forget_some();
    both.compare();
  }));
}

// Goal: every version is kept, in order, and what is forgotten leaves nothing; versions by range delete come of one
// that covers the key. Method: count versions; forget often.
TEST(ModelTest, HoldsEveryVersionAndNoMore) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    ModelAndList both(seed);
    for (int i = 0; i < 8; ++i) {
      std::size_t versions = 0;
      for (const auto& [key, list] : both.model().keys()) {
        RC_ASSERT(!list.empty());
        RC_ASSERT(std::ranges::adjacent_find(list, std::ranges::greater_equal(), &ModelVersion::at) == list.end());
        for (const ModelVersion& version : list) {
          if (version.ranged) RC_ASSERT(both.ranged(key, version.at));
          versions += version.ranged ? 0 : 1;
        }
      }
      RC_ASSERT(versions == both.versions_written());
      both.forget_some();
    }
  }));
}

}  // namespace
}  // namespace mylonite::sim
