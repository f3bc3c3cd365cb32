#include "sim/run/coverage.h"

#include <algorithm>

namespace mylonite::sim {

std::string mark_of(const faultfs::FaultRow& row) { return "fault." + std::string(row.name); }

std::string mark_of(const faultfs::DamageRow& row) { return "damage." + std::string(row.name); }

std::vector<std::string> all_marks() {
  std::vector<std::string> names;
  for (const Mark& mark : kMarks) names.emplace_back(mark.name);
  for (const faultfs::FaultRow& row : faultfs::kFaultTable) names.push_back(mark_of(row));
  for (const faultfs::DamageRow& row : faultfs::kDamageTable) names.push_back(mark_of(row));
  return names;
}

std::string_view meaning_of_mark(std::string_view name) {
  const auto mark = std::ranges::find(kMarks, name, &Mark::name);
  if (mark != kMarks.end()) return mark->meaning;
  const auto of = [](const auto& row) { return mark_of(row); };
  const auto fault = std::ranges::find(faultfs::kFaultTable, name, of);
  if (fault != faultfs::kFaultTable.end()) return fault->meaning;
  const auto damage = std::ranges::find(faultfs::kDamageTable, name, of);
  return damage == faultfs::kDamageTable.end() ? "" : damage->meaning;
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
