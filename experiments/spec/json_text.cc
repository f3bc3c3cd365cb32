#include "experiments/spec/json_text.h"

#include <algorithm>
#include <set>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/base/bytes.h"
#include "experiments/workload/plain_text.h"

namespace mylonite::experiments {
namespace {

using Json = nlohmann::json;

constexpr int kDepth = 16;  // a result has three; a message may show a value, which costs stack for each level

Error wrong(const std::string& place, const std::string& message) {
  return Error(Code::kInvalidArgument, message).in(place);
}
std::string line_of(const std::string& file, std::uint64_t line) { return fmt::format("{}, line {}", file, line); }

// The parser's message speaks of its own states. A user needs the place, and what stands there.
Error not_json(std::string_view text, const std::string& file, std::uint64_t first_line, std::size_t byte) {
  const std::string_view before = text.substr(0, byte == 0 ? 0 : byte - 1);
  const auto line = first_line + static_cast<std::uint64_t>(std::ranges::count(before, '\n'));
  if (before.size() >= text.size()) return wrong(line_of(file, line), "expected the rest of the JSON, found the end");
  const std::size_t column = before.size() - (before.rfind('\n') + 1);
  const std::string_view here = text.substr(before.size());
  return wrong(line_of(file, line), fmt::format("expected JSON, found '{}' at column {}",
                                                printable(here.substr(0, here.find('\n'))), column + 1));
}

}  // namespace

Status check_json(std::string_view text, const std::string& file, std::uint64_t first_line) {
  if (const auto plain = plain_text(text, line_of(file, first_line)); !plain.ok()) return plain.error();
  // The library says where a text is no JSON, and no more: so the line of other mistakes is known of one line only.
  const bool is_one_line = text.find('\n') == std::string_view::npos;
  const std::string place = is_one_line ? line_of(file, first_line) : file;
  std::vector<std::set<std::string>> names;
  std::string twice;
  bool deep = false;
  const auto look = [&](int depth, Json::parse_event_t event, const Json& parsed) {
    deep = deep || depth > kDepth;
    if (event == Json::parse_event_t::object_start) names.emplace_back();
    if (event == Json::parse_event_t::object_end) names.pop_back();
    if (event != Json::parse_event_t::key) return depth <= kDepth;
    const auto name = parsed.get<std::string>();
    if (!names.back().insert(name).second && twice.empty()) twice = name;
    return true;
  };
  try {
    const Json parsed = Json::parse(text, look, true, true);
  } catch (const Json::parse_error& error) {
    return not_json(text, file, first_line, error.byte);
  } catch (const Json::out_of_range&) {
    return wrong(place, "expected numbers of at most 64 bits, found a larger one");
  }
  if (deep) return wrong(place, "expected a few levels of values, found many");
  if (twice.empty()) return {};
  return wrong(place, fmt::format("expected each member once, found '{}' twice", printable(twice)));
}

}  // namespace mylonite::experiments
