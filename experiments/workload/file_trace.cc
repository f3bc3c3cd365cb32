#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "experiments/workload/file_lines.h"

namespace mylonite::experiments {
namespace {

// Types of operations by their number, as RocksDB's trace_analyzer has them.
enum class TraceType : std::uint8_t {
  kGet,
  kPut,
  kDelete,
  kSingleDelete,
  kRangeDelete,
  kMerge,
  kSeek,
  kSeekForPrev,
  kMultiGet
};
constexpr std::uint64_t kTypes = 9;
constexpr std::uint64_t kTraceKeyBytesMax = 1 << 16;  // the store takes no longer ones

constexpr std::string_view kForm = "'0xKEY TYPE FAMILY BYTES MICROSECONDS'";

OperationKind kind_of(TraceType type) {
  switch (type) {
    case TraceType::kPut: return OperationKind::kUpdate;
    case TraceType::kDelete:
    case TraceType::kSingleDelete: return OperationKind::kDelete;
    case TraceType::kMerge: return OperationKind::kReadModifyWrite;
    case TraceType::kSeek:
    case TraceType::kSeekForPrev: return OperationKind::kScan;
    default: return OperationKind::kRead;
  }
}

std::optional<std::string> bytes_of_hex(std::string_view word) {
  if (!word.starts_with("0x")) return std::nullopt;
  word.remove_prefix(2);
  if (word.empty() || word.size() % 2 != 0) return std::nullopt;
  const auto digit = [](char c) -> int {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
  };
  std::string bytes;
  for (std::size_t i = 0; i < word.size(); i += 2) {
    const int high = digit(word[i]);
    const int low = digit(word[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes += static_cast<char>(high * 16 + low);
  }
  return bytes;
}

// Keys get numbers in the order of their first lines, and at the end those of their order as texts.
class TraceFile {
 public:
  explicit TraceFile(FileLines lines) : lines_(std::move(lines)) {}

  Result<PlannedWorkload> parse() {
    while (const auto line = lines_.next()) {
      if (Status done = take(*line); !done.ok()) return done.error();
    }
    // What is read or deleted before anything wrote it was there when the trace began.
    Recording recording;
    for (std::uint32_t number = 0; number < first_.size(); ++number) {
      if (first_[number] == First::kNeedsIt) {
        recording.operations.push_back({.key = number, .size = kUsualSize, .kind = OperationKind::kInsert});
      }
    }
    std::vector<Phase> phases(2);
    phases[0] = {.name = "load", .length = recording.operations.size(), .measured = false};
    phases[1] = {.name = "trace", .length = operations_.size()};
    recording.operations.insert(recording.operations.end(), operations_.begin(), operations_.end());
    std::vector<std::uint32_t> ranks(keys_.size());
    std::uint64_t bytes = 0;
    for (const auto& [text, number] : keys_) {
      ranks[number] = static_cast<std::uint32_t>(recording.keys.size());
      recording.keys.push_back(text);
      bytes += text.size();
    }
    for (RecordedOperation& each : recording.operations) each.key = ranks[each.key];
    recording.key_bytes = bytes / keys_.size();
    return recorded(std::move(recording), std::move(phases), keys_.size());
  }

 private:
  enum class First : std::uint8_t { kUnknown, kWrites, kNeedsIt };

  Status take(std::string_view line) {
    const auto words = words_of_line(line);
    if (words.size() != 5) {
      return lines_.wrong(fmt::format("expected {}, found {} words: '{}'", kForm, words.size(), shown(line)));
    }
    auto key = bytes_of_hex(words[0]);
    if (!key) return lines_.unexpected("a key in hexadecimal digits, as 0x6b31", words[0]);
    if (key->size() > kTraceKeyBytesMax) {
      return lines_.wrong(fmt::format("expected a key of at most {} bytes, found {}", kTraceKeyBytesMax, key->size()));
    }
    const auto type = whole_number(words[1]);
    if (!type || *type >= kTypes) return lines_.unexpected("a type of operation from 0 to 8", words[1]);
    if (*type == static_cast<std::uint64_t>(TraceType::kRangeDelete)) {
      return lines_.wrong(
          "expected operations on single keys, found type 4, a range delete, whose end is not in the "
          "line; leave such lines out");
    }
    if (const auto family = whole_number(words[2]); !family) {
      return lines_.unexpected("the number of a column family", words[2]);
    }
    if (family_.empty()) family_ = words[2];
    if (words[2] != family_) {
      return lines_.unexpected(fmt::format("column family {} as in the lines before: a run has one store, so make a "
                                           "file for each family",
                                           family_),
                               words[2]);
    }
    const auto size = whole_number(words[3]);
    if (!size || *size > kValueBytesMax) {
      return lines_.unexpected(fmt::format("bytes of the value from 0 to {}", kValueBytesMax), words[3]);
    }
    if (!whole_number(words[4])) return lines_.unexpected("a time in microseconds", words[4]);
    add(std::move(*key), kind_of(static_cast<TraceType>(*type)), static_cast<std::uint32_t>(*size));
    return {};
  }

  void add(std::string key, OperationKind kind, std::uint32_t size) {
    const auto number = keys_.try_emplace(std::move(key), static_cast<std::uint32_t>(keys_.size())).first->second;
    if (number == first_.size()) first_.push_back(First::kUnknown);
    const bool writes = writes_value(kind);
    const bool scans = kind == OperationKind::kScan;
    if (first_[number] == First::kUnknown && !scans) first_[number] = writes ? First::kWrites : First::kNeedsIt;
    operations_.push_back({.key = number, .size = scans ? 1 : size, .kind = kind});
  }

  FileLines lines_;
  std::string_view family_;
  std::map<std::string, std::uint32_t> keys_;
  std::vector<First> first_;  // by number: what the first operation on a key that is no seek says of it
  std::vector<RecordedOperation> operations_;
};

}  // namespace

Result<PlannedWorkload> parse_trace(FileLines lines) { return TraceFile(std::move(lines)).parse(); }

}  // namespace mylonite::experiments
