#include <mylonite/faultfs/choice.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>

namespace mylonite::faultfs {
namespace {

constexpr std::array<std::string_view, 9> kFateNames = {"kept",   "lost",   "between", "torn", "zero",
                                                        "prefix", "suffix", "garbage", "stale"};

bool has_detail(FateKind kind) {
  return kind == FateKind::kBetween || kind == FateKind::kPrefix || kind == FateKind::kSuffix ||
         kind == FateKind::kGarbage || kind == FateKind::kStale;
}

// Chances in sixteenths of keeping and of losing a unit; the rest goes to the other fates of its kind.
struct Odds {
  std::uint64_t kept;
  std::uint64_t lost;
};
struct Mood {
  Odds name;
  Odds size;
  Odds page;
  Odds sector;
  bool stale = false;  // the other fate is always torn for a page, stale for a sector
};
constexpr std::array<Mood, 9> kMoods = {{
    {{16, 0}, {16, 0}, {16, 0}, {16, 0}},      // all kept: what a kill leaves
    {{0, 16}, {0, 16}, {0, 16}, {0, 16}},      // all lost: only what is durable
    {{16, 0}, {16, 0}, {0, 14}, {2, 2}},       // names and sizes without their bytes
    {{0, 16}, {16, 0}, {16, 0}, {16, 0}},      // bytes without their names
    {{8, 8}, {6, 6}, {7, 7}, {6, 6}},          // half
    {{14, 2}, {10, 2}, {2, 1}, {3, 2}},        // torn pages
    {{15, 1}, {13, 1}, {14, 1}, {8, 2}},       // nearly all kept
    {{12, 4}, {2, 2}, {14, 1}, {12, 2}},       // lengths cut
    {{14, 2}, {16, 0}, {4, 1}, {2, 1}, true},  // stale sectors
}};

const Odds& odds_of(const Mood& mood, UnitKind kind) {
  switch (kind) {
    case UnitKind::kName: return mood.name;
    case UnitKind::kSize: return mood.size;
    case UnitKind::kPage: return mood.page;
    case UnitKind::kSector: return mood.sector;
  }
  return mood.name;
}

std::string without_digits(std::string_view text) {
  std::string rest;
  std::ranges::copy_if(text, std::back_inserter(rest), [](char c) { return c < '0' || c > '9'; });
  return rest;
}

// "db/wal-2.log@sector 4": the file, and which part of it; a name has no part.
bool are_like(std::string_view left, std::string_view right, AdaptingChooser::Likeness likeness) {
  if (without_digits(left) != without_digits(right)) return false;
  const auto part_of = [](std::string_view key) { return key.substr(std::min(key.find('@'), key.size())); };
  return likeness == AdaptingChooser::Likeness::kAnyPart || part_of(left) == part_of(right);
}

}  // namespace

std::string to_string(Fate fate) {
  const std::string_view name = kFateNames[static_cast<std::size_t>(fate.kind)];
  return has_detail(fate.kind) ? fmt::format("{}:{}", name, fate.detail) : std::string(name);
}

std::optional<Fate> fate_from_string(std::string_view text) {
  const std::size_t colon = text.find(':');
  const auto name = std::ranges::find(kFateNames, text.substr(0, colon));
  if (name == kFateNames.end()) return std::nullopt;
  Fate fate{.kind = static_cast<FateKind>(name - kFateNames.begin())};
  if (has_detail(fate.kind) != (colon != std::string_view::npos)) return std::nullopt;
  if (!has_detail(fate.kind)) return fate;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data() + colon + 1, end, fate.detail);
  if (error != std::errc() || rest != end) return std::nullopt;
  return fate;
}

RandomChooser::RandomChooser(Random random) : random_(random), mood_(random_.below(kMoods.size())) {}

Fate RandomChooser::choose(const Unit& unit, std::span<const FateKind> legal) {
  const Odds& odds = odds_of(kMoods[mood_], unit.kind);
  const std::uint64_t draw = random_.below(16);
  if (draw < odds.kept) return {};
  if (draw < odds.kept + odds.lost) return {.kind = FateKind::kLost};
  FateKind kind = legal[random_.below(legal.size())];
  if (kMoods[mood_].stale && unit.kind == UnitKind::kPage) kind = FateKind::kTorn;
  if (kMoods[mood_].stale && unit.kind == UnitKind::kSector) kind = FateKind::kStale;
  if (!has_detail(kind)) return {.kind = kind};
  return {.kind = kind, .detail = static_cast<std::uint32_t>(random_.below(1U << 20))};
}

Fate RecordingChooser::choose(const Unit& unit, std::span<const FateKind> legal) {
  const Fate fate = inner_.choose(unit, legal);
  if (fate != Fate{}) choices_.push_back({unit.key, fate});
  return fate;
}

ReplayChooser::ReplayChooser(const std::vector<Choice>& choices, Chooser* rest) : rest_(rest) {
  for (const Choice& choice : choices) answers_[choice.unit] = {choice.fate};
}

Fate ReplayChooser::choose(const Unit& unit, std::span<const FateKind> legal) {
  const auto answer = answers_.find(unit.key);
  if (answer == answers_.end() || std::ranges::find(legal, answer->second.fate.kind) == legal.end()) {
    return rest_ == nullptr ? Fate{} : rest_->choose(unit, legal);
  }
  answer->second.used = true;
  return answer->second.fate;
}

std::vector<std::string> ReplayChooser::unused() const {
  std::vector<std::string> keys;
  for (const auto& [key, answer] : answers_) {
    if (!answer.used) keys.push_back(key);
  }
  return keys;
}

Fate AdaptingChooser::choose(const Unit& unit, std::span<const FateKind> legal) {
  const auto fits = [&](const Choice& choice) { return std::ranges::find(legal, choice.fate.kind) != legal.end(); };
  auto answer = std::ranges::find_if(rest_, [&](const Choice& each) { return each.unit == unit.key && fits(each); });
  if (answer == rest_.end()) {
    answer = std::ranges::find_if(
        rest_, [&](const Choice& each) { return are_like(each.unit, unit.key, likeness_) && fits(each); });
  }
  if (answer == rest_.end()) return {};
  const Fate fate = answer->fate;
  rest_.erase(answer);
  return fate;
}

}  // namespace mylonite::faultfs
