#include "experiments/workload/workload_file.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "experiments/workload/file_lines.h"
#include "experiments/workload/plain_text.h"

namespace mylonite::experiments {
namespace {

constexpr std::string_view kSpaces = " \t\r\n";

}  // namespace

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kSpaces);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpaces) - first + 1);
}

std::vector<std::string_view> words_of_line(std::string_view line) {
  std::vector<std::string_view> words;
  for (std::size_t at = line.find_first_not_of(kSpaces); at != std::string_view::npos;) {
    const std::size_t end = std::min(line.find_first_of(kSpaces, at), line.size());
    words.push_back(line.substr(at, end - at));
    at = line.find_first_not_of(kSpaces, end);
  }
  return words;
}

std::optional<std::uint64_t> whole_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// A file that is none of ours may have long lines, and bytes that no terminal shows.
std::string shown(std::string_view text) {
  constexpr std::size_t kMost = 60;
  std::string cut(text.substr(0, kMost));
  std::ranges::replace_if(cut, [](char c) { return c < ' ' || c > '~'; }, '?');
  return text.size() > kMost ? cut + "..." : cut;
}

std::optional<std::string_view> FileLines::next() {
  while (!text_.empty()) {
    const std::size_t end = std::min(text_.find('\n'), text_.size());
    const std::string_view line = trimmed(text_.substr(0, end));
    text_.remove_prefix(std::min(end + 1, text_.size()));
    ++number_;
    if (!line.empty() && line.front() != '#') return line;
  }
  return std::nullopt;
}

Error FileLines::wrong_at(std::uint64_t line, const std::string& message) const {
  return Error(Code::kInvalidArgument, message).in(fmt::format("{}, line {}", path_, line));
}

Error FileLines::unexpected(std::string_view expected, std::string_view found) const {
  return wrong(fmt::format("expected {}, found '{}'", expected, shown(found)));
}

Error FileLines::about_file(const std::string& message) const {
  return Error(Code::kInvalidArgument, message).in(path_);
}

PlannedWorkload recorded(Recording recording, std::vector<Phase> phases, std::uint64_t keys) {
  std::uint64_t bytes = 0;
  std::uint64_t sized = 0;
  for (const RecordedOperation& each : recording.operations) {
    if (!writes_value(each.kind) || each.size == kUsualSize) continue;
    bytes += each.size;
    ++sized;
  }
  PlannedWorkload workload{.entries = kWholeOperations, .key_space = keys, .phases = std::move(phases)};
  if (sized > 0) {
    workload.value_bytes = std::max<std::uint64_t>(bytes / sized, 1);
    for (RecordedOperation& each : recording.operations) {
      if (!writes_value(each.kind)) continue;
      if (each.size == kUsualSize) each.size = static_cast<std::uint32_t>(workload.value_bytes);
      recording.value_bytes_max = std::max<std::uint64_t>(recording.value_bytes_max, each.size);
    }
  }
  std::erase_if(workload.phases, [](const Phase& phase) { return phase.length == 0; });
  workload.recording = std::make_shared<const Recording>(std::move(recording));
  return workload;
}

Result<PlannedWorkload> parse_workload(std::string_view text, const std::string& path) {
  const auto plain = plain_text(text, path);
  if (!plain.ok()) return plain.error();
  const FileLines lines(*plain, path);
  FileLines ahead = lines;
  const auto first = ahead.next();
  if (!first) return lines.about_file("expected a workload, found an empty file");
  if (first->starts_with("0x")) return parse_trace(lines);
  const bool is_property = first->contains('=') && !first->starts_with("phase ");
  return is_property ? parse_properties(lines) : parse_operations(lines);
}

}  // namespace mylonite::experiments
