#include "experiments/workload/stream.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "core/base/hash.h"

namespace mylonite::experiments {
namespace {

constexpr std::size_t kPoolBytes = 1 << 20;

void put_big_endian(char* to, std::uint64_t value) {
  const std::uint64_t swapped = std::byteswap(value);
  std::memcpy(to, &swapped, sizeof swapped);
}

}  // namespace

Keys::Keys(const StreamOptions& options) : entries_(options.entries), binary_(options.binary_keys) {
  bytes_.back() = '.';
}

std::string_view Keys::at(std::uint64_t index) {
  if (binary_) {
    put_big_endian(bytes_.data(), index * (UINT64_MAX / std::max<std::uint64_t>(entries_, 1)));
    put_big_endian(bytes_.data() + sizeof index, mix64(index));
  } else {
    std::size_t digits = kKeyBytes;
    for (; digits > 0 && index > 0; index /= 10) bytes_[--digits] = static_cast<char>('0' + index % 10);
    std::fill_n(bytes_.begin(), digits, '0');
  }
  return {bytes_.data(), kKeyBytes};
}

std::string_view Keys::missing(std::uint64_t index) {
  at(index);
  return {bytes_.data(), bytes_.size()};
}

Values::Values(const StreamOptions& options) : value_bytes_(options.value_bytes) {
  Random random = Random(options.seed).split("values");
  // Pieces of 100 bytes that compress to about half: random halves, each written twice.
  const std::size_t wanted = std::max(kPoolBytes, 2 * options.value_bytes);
  while (pool_.size() < wanted) {
    std::array<char, 50> half;
    for (char& each : half) each = static_cast<char>(' ' + random.below(95));
    for (int i = 0; i < 2; ++i) pool_.append(half.data(), half.size());
  }
}

std::string_view Values::at(std::uint64_t index, std::uint64_t generation) const {
  return at(index, generation, value_bytes_);
}

std::string_view Values::at(std::uint64_t index, std::uint64_t generation, std::uint64_t bytes) const {
  const std::size_t places = pool_.size() - bytes;
  const std::uint64_t hash = mix64(index * 2 + generation);
  return std::string_view(pool_).substr(hash % places, bytes);
}

Order::Order(Indices indices, const StreamOptions& options)
    : indices_(indices), entries_(options.entries), random_(Random(options.seed).split("order")) {
  if (indices != Indices::kShuffled) return;
  shuffled_.resize(entries_);
  for (std::size_t i = 0; i < entries_; ++i) shuffled_[i] = static_cast<std::uint32_t>(i);
  for (std::size_t i = entries_; i > 1; --i) std::swap(shuffled_[i - 1], shuffled_[random_.below(i)]);
}

std::uint64_t Order::next() {
  if (indices_ == Indices::kDrawn) return random_.below(entries_);
  return at(place_++);
}

std::uint64_t Order::at(std::uint64_t place) const {
  place %= entries_;
  if (indices_ == Indices::kShuffled) return shuffled_[place];
  if (indices_ != Indices::kEightStreams && indices_ != Indices::kSeries) return place;
  const std::uint64_t streams =
      indices_ == Indices::kEightStreams ? 8 : std::max<std::uint64_t>(entries_ / kSeriesPoints, 1);
  const std::uint64_t stream = place % streams;
  return stream * (entries_ / streams) + std::min(stream, entries_ % streams) + place / streams;
}

}  // namespace mylonite::experiments
