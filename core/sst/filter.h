// A filter of user keys: "surely absent" or "maybe present". It is a Bloom filter cut into cache lines: all probes of a
// key fall into one 512-bit line, so a lookup costs one cache miss. Source: F. Putze, P. Sanders, J. Singler, "Cache-,
// Hash- and Space-Efficient Bloom Filters", WEA 2007, section 3.
//
//   +------------------+-----+--------------------+--------------+
//   | line 0: 64 bytes | ... | line n-1: 64 bytes | 1 B: probes  |      n ≥ 1; bit b of a line is bit b%8 of byte b/8
//   +------------------+-----+--------------------+--------------+
//
// A key's 64-bit hash (xxh3) chooses the line by its high half; the probes' bits come from a mix of the hash.
// Invariants: no false negative; the expected share of false positives is at most the configured rate for every filter
// by itself, whatever its number of keys. Crowded lines cost a blocked filter more bits than the
// textbook formula says. So bits per key start from measurements, and grow until the set bits keep the rate.
// Units: rates in parts per million. Thread-safety: a Filter is immutable.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <mylonite/status.h>

namespace mylonite {

inline constexpr std::uint64_t kFilterRateMin = 100;      // parts per million
inline constexpr std::uint64_t kFilterRateMax = 500'000;  // parts per million
// The rate of an option, 0.0001..0.5.
std::uint64_t filter_rate(double share);

class Filter {
 public:
  static Result<Filter> parse(std::string_view payload);
  bool may_contain(std::string_view user_key) const;

 private:
  friend class FilterBuilder;
  struct alignas(64) Line {
    std::array<std::uint64_t, 8> words{};
  };
  Filter(std::size_t lines, std::size_t probes) : lines_(lines), probes_(probes) {}
  std::size_t line_index(std::uint64_t hash) const;
  bool holds(
      std::uint64_t rate) const;  // the share of absent keys that pass: the mean over lines of (set bits / 512)^probes

  std::vector<Line> lines_;
  std::size_t probes_;
};

class FilterBuilder {
 public:
  explicit FilterBuilder(std::uint64_t rate) : rate_(rate) {}

  void add(std::string_view user_key);  // equal keys in a row count once
  std::string finish() const;           // the payload

 private:
  Filter filled(std::size_t lines, std::size_t probes) const;

  std::uint64_t rate_;
  std::vector<std::uint64_t> hashes_;
};

}  // namespace mylonite
