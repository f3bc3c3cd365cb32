#include "sim/run/coverage.h"

namespace mylonite::sim {

std::string mark_of(const faultfs::FaultRow& row) { return "fault." + std::string(row.name); }

std::vector<std::string> all_marks() {
  std::vector<std::string> names(kMarks.begin(), kMarks.end());
  for (const faultfs::FaultRow& row : faultfs::kFaultTable) names.push_back(mark_of(row));
  return names;
}

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
  for (const std::string& name : all_marks()) {
    if (!counts_.contains(name)) names += (names.empty() ? "" : " ") + name;
  }
  return names;
}

}  // namespace mylonite::sim
