#include "sim/run/coverage.h"

namespace mylonite::sim {

void Coverage::mark(std::string_view name, std::uint64_t times) {
  const auto found = counts_.find(name);
  if (found != counts_.end()) {
    found->second += times;
  } else {
    counts_.emplace(std::string(name), times);
  }
}

void Coverage::add(const Coverage& other) {
  for (const auto& [name, count] : other.counts_) mark(name, count);
}

std::uint64_t Coverage::count(std::string_view name) const {
  const auto found = counts_.find(name);
  return found == counts_.end() ? 0 : found->second;
}

std::string Coverage::missing() const {
  std::string names;
  for (std::string_view name : kMarks) {
    if (!counts_.contains(name)) names += (names.empty() ? "" : " ") + std::string(name);
  }
  return names;
}

}  // namespace mylonite::sim
