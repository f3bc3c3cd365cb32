// What the forms of workload files share: lines with numbers, words, whole numbers, errors with their place.
// Thread-safety: one thread an object.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mylonite/status.h>

#include "experiments/workload/workload.h"

namespace mylonite::experiments {

inline constexpr std::uint64_t kKeysMax = std::uint64_t{1} << 31;
inline constexpr std::uint64_t kValueBytesMax = 1 << 20;
inline constexpr std::uint64_t kSecondsMax = 100'000'000;  // of a phase

// The lines of a text, without spaces at their ends; empty ones and comments (#) are skipped.
class FileLines {
 public:
  FileLines(std::string_view text, const std::string& path) : text_(text), path_(path) {}

  std::optional<std::string_view> next();
  std::uint64_t number() const { return number_; }  // of the last line, from 1
  // kInvalidArgument about the last line, or the line of the number.
  Error wrong(const std::string& message) const { return wrong_at(number_, message); }
  Error wrong_at(std::uint64_t line, const std::string& message) const;
  Error unexpected(std::string_view expected, std::string_view found) const;
  Error about_file(const std::string& message) const;

 private:
  std::string_view text_;
  const std::string& path_;
  std::uint64_t number_ = 0;
};

std::string shown(std::string_view text);  // a part of a file in a message
std::string_view trimmed(std::string_view text);
std::vector<std::string_view> words_of_line(std::string_view line);
std::optional<std::uint64_t> whole_number(std::string_view text);  // decimal digits only

// The forms. Each takes the text from its beginning.
Result<PlannedWorkload> parse_properties(FileLines lines);
Result<PlannedWorkload> parse_trace(FileLines lines);
Result<PlannedWorkload> parse_operations(FileLines lines);

// A recording as a workload. Writes whose size is kUsualSize get the mean of the others' sizes, if there are any.
PlannedWorkload recorded(Recording recording, std::vector<Phase> phases, std::uint64_t keys);

}  // namespace mylonite::experiments
