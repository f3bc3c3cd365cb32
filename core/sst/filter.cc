#include "core/sst/filter.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <iterator>

#include <fmt/format.h>

#include "core/base/coding.h"
#include "core/base/hash.h"

namespace mylonite {
namespace {

constexpr std::size_t kLineBytes = 64;
constexpr std::size_t kProbesMax = 32;
constexpr std::uint64_t kUnit = 1ULL << 32;

// The start for a configured rate is the first row whose rate is not above it. Measured: with 200,000 keys these bits
// give 0.9 of the row's rate, and these probes need the fewest bits.
struct Row {
  std::uint64_t rate;
  std::size_t tenth_bits_per_key;
  std::size_t probes;
};
constexpr Row kRows[] = {
    {500'000, 17, 1}, {300'000, 28, 2}, {200'000, 37, 2}, {100'000, 51, 3}, {50'000, 66, 4},
    {20'000, 86, 6},  {10'000, 102, 6}, {5'000, 118, 7},  {2'000, 141, 8},  {1'000, 159, 9},
    {500, 178, 9},    {200, 204, 10},   {100, 225, 11},
};

const Row& row_for(std::uint64_t rate) {
  for (const Row& row : kRows) {
    if (row.rate <= rate) return row;
  }
  return kRows[std::size(kRows) - 1];
}

// The bits (0..511) that a key sets in its line, one after another.
class Probes {
 public:
  explicit Probes(std::uint64_t hash) : word_(mix64(hash)) {}
  std::uint64_t next() {
    word_ *= 0x9e3779b97f4a7c15ULL;
    return word_ >> 55;
  }

 private:
  std::uint64_t word_;
};

}  // namespace

std::uint64_t filter_rate(double share) { return static_cast<std::uint64_t>(std::llround(share * 1e6)); }

void FilterBuilder::add(std::string_view user_key) {
  const std::uint64_t hash = hash64(user_key);
  if (hashes_.empty() || hashes_.back() != hash) hashes_.push_back(hash);
}

Filter FilterBuilder::filled(std::size_t lines, std::size_t probes) const {
  Filter filter(lines, probes);
  for (std::uint64_t hash : hashes_) {
    auto& words = filter.lines_[filter.line_index(hash)].words;
    Probes bits(hash);
    for (std::size_t i = 0; i < probes; ++i) {
      const std::uint64_t bit = bits.next();
      words[bit / 64] |= 1ULL << (bit % 64);
    }
  }
  return filter;
}

std::string FilterBuilder::finish() const {
  const Row& row = row_for(rate_);
  const std::size_t bits = hashes_.size() * row.tenth_bits_per_key / 10;
  Filter filter = filled(bits / (8 * kLineBytes) + 1, row.probes);
  // Crowded lines of a small filter can exceed the rate that holds on average: grow until it holds for this filter.
  while (!filter.holds(rate_)) filter = filled(filter.lines_.size() + filter.lines_.size() / 16 + 1, row.probes);
  std::string payload;
  payload.reserve(filter.lines_.size() * kLineBytes + 1);
  for (const Filter::Line& line : filter.lines_) {
    for (std::uint64_t word : line.words) put_fixed64(payload, word);
  }
  payload += static_cast<char>(static_cast<unsigned char>(row.probes));
  return payload;
}

Result<Filter> Filter::parse(std::string_view payload) {
  const std::size_t lines = payload.size() / kLineBytes;
  if (lines == 0 || payload.size() % kLineBytes != 1) {
    return Error(Code::kCorruption, fmt::format("a filter of {} bytes is not a whole number of lines", payload.size()));
  }
  const std::size_t probes = static_cast<unsigned char>(payload.back());
  if (probes == 0 || probes > kProbesMax) {
    return Error(Code::kCorruption, fmt::format("a filter of {} probes; 1 to {} are possible", probes, kProbesMax));
  }
  Filter filter(lines, probes);
  for (std::size_t i = 0; i < lines; ++i) std::memcpy(&filter.lines_[i], payload.data() + i * kLineBytes, kLineBytes);
  return filter;
}

std::size_t Filter::line_index(std::uint64_t hash) const { return ((hash >> 32) * lines_.size()) >> 32; }

bool Filter::holds(std::uint64_t rate) const {
  std::uint64_t sum = 0;  // in units of 2^-32: whole numbers, so that every machine builds the same filter
  for (const Line& line : lines_) {
    std::uint64_t set = 0;
    for (std::uint64_t word : line.words) set += static_cast<std::uint64_t>(std::popcount(word));
    std::uint64_t passes = kUnit;
    for (std::size_t i = 0; i < probes_; ++i) passes = passes * set / (8 * kLineBytes);
    sum += passes;
  }
  return sum <= rate * kUnit / 1'000'000 * lines_.size();
}

bool Filter::may_contain(std::string_view user_key) const {
  const std::uint64_t hash = hash64(user_key);
  const Line& line = lines_[line_index(hash)];
  Probes probes(hash);
  for (std::size_t i = 0; i < probes_; ++i) {
    const std::uint64_t bit = probes.next();
    if ((line.words[bit / 64] >> (bit % 64) & 1) == 0) return false;
  }
  return true;
}

}  // namespace mylonite
