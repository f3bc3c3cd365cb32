#include "core/base/names.h"

#include <numeric>
#include <utility>

#include <fmt/format.h>

namespace mylonite {
namespace {

// The edits from one word to the other: letters that are added, left out or replaced, and neighbours exchanged. A word
// that somebody did not finish is one edit away.
std::size_t distance(std::string_view from, std::string_view to) {
  constexpr std::size_t kBegun = 3;  // letters
  if (from.size() >= kBegun && from.size() < to.size() && to.starts_with(from)) return 1;
  std::vector<std::size_t> before(to.size() + 1);  // rows of the table, of the letters of `from`
  std::vector<std::size_t> last(to.size() + 1);
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < from.size(); ++i) {
    before = std::exchange(last, row);
    row[0] = i + 1;
    for (std::size_t j = 0; j < to.size(); ++j) {
      row[j + 1] = std::min({last[j] + (from[i] == to[j] ? 0U : 1U), row[j] + 1, last[j + 1] + 1});
      const bool exchanged = i > 0 && j > 0 && from[i] == to[j - 1] && from[i - 1] == to[j];
      if (exchanged) row[j + 1] = std::min(row[j + 1], before[j - 1] + 1);
    }
  }
  return row.back();
}

}  // namespace

std::string nearest_name(std::string_view word, std::span<const std::string_view> names) {
  std::string_view best;
  std::size_t least = std::max<std::size_t>((word.size() + 1) / 3, 1) + 1;  // farther is another word
  for (const std::string_view name : names) {
    const std::size_t edits = distance(word, name);
    if (edits < least) {
      least = edits;
      best = name;
    }
  }
  return std::string(best);
}

Error unknown_name(std::string_view what, std::string_view word, std::span<const std::string_view> names) {
  const std::string near = nearest_name(word, names);
  if (!near.empty())
    return Error(Code::kInvalidArgument, fmt::format("no {} is named '{}'; did you mean '{}'?", what, word, near));
  std::string message = fmt::format("no {} is named '{}'; there are:", what, word);
  for (const std::string_view name : names) message += fmt::format("{} {}", message.back() == ':' ? "" : ",", name);
  return Error(Code::kInvalidArgument, std::move(message));
}

}  // namespace mylonite
