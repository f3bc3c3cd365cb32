// The data of experiments: keys and values as pure functions of an index, and the orders in which indices come.
//
// Keys sort as their indices do. The laboratory and its peers' benchmarks share them, so all stores get the same bytes.
// Units: bytes. Thread-safety: one thread an object.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <mylonite/random.h>

namespace mylonite::experiments {

// Streams: equal parts of the range in turn, each of them ascending; eight of them, or as many as make each one
// kSeriesPoints long. Drawn: with repetitions.
enum class Indices : std::uint8_t { kAscending, kEightStreams, kSeries, kShuffled, kDrawn };
inline constexpr std::uint64_t kSeriesPoints = 600;

struct StreamOptions {
  std::uint64_t entries = 1'000'000;  // below 2^32
  std::uint64_t value_bytes = 100;
  std::uint64_t seed = 1;
  bool binary_keys = false;  // otherwise decimal
};

inline constexpr std::size_t kKeyBytes = 16;

class Keys {
 public:
  explicit Keys(const StreamOptions& options);
  std::string_view at(std::uint64_t index);       // readable until the next call
  std::string_view missing(std::uint64_t index);  // a key between at(index) and at(index + 1), never written

 private:
  std::uint64_t entries_;
  bool binary_;
  std::array<char, kKeyBytes + 1> bytes_{};
};

class Values {
 public:
  explicit Values(const StreamOptions& options);
  std::string_view at(std::uint64_t index, std::uint64_t generation) const;
  // Of another size, at most the one of the options.
  std::string_view at(std::uint64_t index, std::uint64_t generation, std::uint64_t bytes) const;

 private:
  std::uint64_t value_bytes_;
  std::string pool_;
};

// The order of indices. Shuffled: each once, then again in the same order.
class Order {
 public:
  Order(Indices indices, const StreamOptions& options);
  std::uint64_t next();
  std::uint64_t at(std::uint64_t place) const;  // what the place-th next() gives, from 0; not of drawn ones

 private:
  Indices indices_;
  std::uint64_t entries_;
  std::uint64_t place_ = 0;
  Random random_;
  std::vector<std::uint32_t> shuffled_;
};

}  // namespace mylonite::experiments
