#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "core/base/names.h"
#include "experiments/workload/file_lines.h"

namespace mylonite::experiments {
namespace {

using Words = std::vector<std::string_view>;

constexpr std::string_view kPhase = "phase";
constexpr std::string_view kKeys = "keys";

// A run has 16 bytes for each number up to the largest one.
constexpr std::uint64_t kGapMax = 64;
constexpr std::uint64_t kKeysOfAnyFile = 1'000'000;

class OperationsFile {
 public:
  explicit OperationsFile(FileLines lines) : lines_(lines) {}

  Result<PlannedWorkload> parse() {
    while (const auto line = lines_.next()) {
      const Words words = words_of_line(*line);
      Status done;
      if (words.front() == kPhase) {
        done = begin_phase(words);
      } else if (words.front() == kKeys) {
        done = take_keys(words);
      } else {
        done = take_operation(words);
      }
      if (!done.ok()) return done.error();
    }
    if (std::ranges::none_of(phases_, [](const Phase& each) { return each.measured && each.length > 0; })) {
      return lines_.about_file("expected operations in a phase that is measured, found none");
    }
    const std::uint64_t keys = std::max(keys_, stated_keys_);
    const std::uint64_t most = kGapMax * recording_.operations.size() + kKeysOfAnyFile;
    if (keys > most) {
      return lines_.about_file(
          fmt::format("expected keys numbered without large gaps, for {} operations up to {}, "
                      "found {}",
                      recording_.operations.size(), most - 1, keys - 1));
    }
    return recorded(std::move(recording_), std::move(phases_), keys);
  }

 private:
  Status begin_phase(const Words& words) {
    if (words.size() < 2) return lines_.unexpected("'phase NAME [unmeasured] [bursts] [seconds=S]'", words.front());
    constexpr std::string_view kSeconds = "seconds=";
    const bool measuring = std::ranges::any_of(phases_, &Phase::measured);
    Phase& phase = phases_.emplace_back();
    for (std::size_t i = 2; i < words.size(); ++i) {
      if (words[i] == "unmeasured") {
        phase.measured = false;
      } else if (words[i] == "bursts") {
        phase.bursts = true;
      } else if (const auto seconds =
                     words[i].starts_with(kSeconds) ? whole_number(words[i].substr(kSeconds.size())) : std::nullopt;
                 seconds && *seconds <= kSecondsMax) {
        phase.seconds = *seconds;
      } else {
        return lines_.unexpected("'unmeasured', 'bursts' or 'seconds=S' after the name of a phase", words[i]);
      }
    }
    if (measuring && !phase.measured) return lines_.unexpected("unmeasured phases before the measured ones", words[1]);
    return {};
  }

  Status take_keys(const Words& words) {
    const auto number = words.size() == 2 ? whole_number(words[1]) : std::nullopt;
    if (!number || *number == 0 || *number > kKeysMax) {
      return lines_.unexpected(fmt::format("'keys NUMBER' from 1 to {}", kKeysMax), words.back());
    }
    stated_keys_ = *number;
    return {};
  }

  Status take_operation(const Words& words) {
    const auto* const name = std::ranges::find(kOperationNames, words.front());
    if (name == kOperationNames.end()) {
      Words names(kOperationNames.begin(), kOperationNames.end());
      names.insert(names.end(), {kPhase, kKeys});
      std::string message = unknown_name("operation", shown(words.front()), names).message();
      if (recording_.operations.empty() && phases_.empty()) {
        message +=
            "; a workload file has operations (update 17), properties of YCSB (NAME=VALUE), or lines of a trace "
            "of RocksDB (0xKEY TYPE FAMILY BYTES MICROSECONDS)";
      }
      return lines_.wrong(message);
    }
    const auto kind = static_cast<OperationKind>(name - kOperationNames.begin());
    const bool scans = kind == OperationKind::kScan;
    const std::size_t most = scans || writes_value(kind) ? 3 : 2;
    const std::size_t least = scans ? 3 : 2;
    if (words.size() < least || words.size() > most) {
      return lines_.wrong(fmt::format("expected '{} KEY{}', found {} words", *name,
                                      scans       ? " ENTRIES"
                                      : most == 3 ? " [VALUE_BYTES]"
                                                  : "",
                                      words.size()));
    }
    const auto key = whole_number(words[1]);
    if (!key || *key >= kKeysMax) {
      return lines_.unexpected(fmt::format("the number of a key, from 0 to {}", kKeysMax - 1), words[1]);
    }
    std::uint64_t size = kUsualSize;
    if (words.size() == 3) {
      const auto given = whole_number(words[2]);
      const std::uint64_t low = scans ? 1 : 0;
      const std::uint64_t high = scans ? kKeysMax : kValueBytesMax;
      if (!given || *given < low || *given > high) {
        return lines_.unexpected(fmt::format("{} from {} to {}", scans ? "entries" : "bytes of a value", low, high),
                                 words[2]);
      }
      size = *given;
    }
    if (phases_.empty()) phases_.emplace_back();
    ++phases_.back().length;
    keys_ = std::max(keys_, *key + 1);
    recording_.operations.push_back(
        {.key = static_cast<std::uint32_t>(*key), .size = static_cast<std::uint32_t>(size), .kind = kind});
    return {};
  }

  FileLines lines_;
  Recording recording_;
  std::vector<Phase> phases_;
  std::uint64_t keys_ = 0;
  std::uint64_t stated_keys_ = 0;
};

}  // namespace

Result<PlannedWorkload> parse_operations(FileLines lines) { return OperationsFile(lines).parse(); }

}  // namespace mylonite::experiments
