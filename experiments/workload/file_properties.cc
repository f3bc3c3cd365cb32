#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "core/base/names.h"
#include "experiments/workload/file_lines.h"

namespace mylonite::experiments {
namespace {

constexpr std::uint64_t kWholeShare = 1000;
constexpr std::uint64_t kFewOperations = 2000;

// What a property may hold, and what it means where the file does not have it. The fallbacks are those of YCSB.
enum class Holds : std::uint8_t { kNumber, kShare, kDistribution, kOneWord, kAnything };
struct Property {
  std::string_view name;
  Holds holds;
  std::string_view fallback{};  // empty: the file must have it; of kOneWord: the only one
};
constexpr std::array kProperties = {
    Property{"recordcount", Holds::kNumber},
    Property{"operationcount", Holds::kNumber},
    Property{"readproportion", Holds::kShare, "0.95"},
    Property{"updateproportion", Holds::kShare, "0.05"},
    Property{"insertproportion", Holds::kShare, "0"},
    Property{"scanproportion", Holds::kShare, "0"},
    Property{"readmodifywriteproportion", Holds::kShare, "0"},
    Property{"requestdistribution", Holds::kDistribution, "uniform"},
    Property{"minscanlength", Holds::kNumber, "1"},
    Property{"maxscanlength", Holds::kNumber, "1000"},
    Property{"fieldcount", Holds::kNumber, "10"},
    Property{"fieldlength", Holds::kNumber, "100"},
    Property{"scanlengthdistribution", Holds::kOneWord, "uniform"},
    Property{"fieldlengthdistribution", Holds::kOneWord, "constant"},
    // Of no effect here: the class that YCSB loads, its client, and fields, since a value is written and read whole.
    Property{"workload", Holds::kAnything, "-"},
    Property{"table", Holds::kAnything, "-"},
    Property{"insertorder", Holds::kAnything, "-"},
    Property{"readallfields", Holds::kAnything, "-"},
    Property{"writeallfields", Holds::kAnything, "-"},
    Property{"fieldnameprefix", Holds::kAnything, "-"},
    Property{"dataintegrity", Holds::kAnything, "-"},
    Property{"threadcount", Holds::kAnything, "-"},
    Property{"target", Holds::kAnything, "-"},
    Property{"maxexecutiontime", Holds::kAnything, "-"},
    Property{"measurementtype", Holds::kAnything, "-"},
};
struct Distribution {
  std::string_view name;
  Skew skew;
};
constexpr std::array kDistributions = {Distribution{"uniform", Skew::kUniform},
                                       Distribution{"zipfian", Skew::kScrambledZipf},
                                       Distribution{"latest", Skew::kLatestZipf}};
struct Share {
  std::string_view property;
  OperationKind kind;
};
constexpr std::array kShares = {
    Share{"readproportion", OperationKind::kRead}, Share{"updateproportion", OperationKind::kUpdate},
    Share{"insertproportion", OperationKind::kInsert}, Share{"scanproportion", OperationKind::kScan},
    Share{"readmodifywriteproportion", OperationKind::kReadModifyWrite}};

// "0.95" as thousandths.
std::optional<std::uint64_t> share_of(std::string_view text) {
  const std::size_t point = std::min(text.find('.'), text.size());
  const std::string_view whole = text.substr(0, point);
  std::string_view rest = point < text.size() ? text.substr(point + 1) : std::string_view();
  while (!rest.empty() && rest.back() == '0') rest.remove_suffix(1);
  if (rest.size() > 3 || (whole.empty() && rest.empty() && text != ".0")) return std::nullopt;
  std::string digits(rest);
  digits.resize(3, '0');
  const auto ones = whole.empty() ? std::uint64_t{0} : whole_number(whole).value_or(2);
  const auto parts = whole_number(digits);
  if (!parts || ones > 1 || ones * kWholeShare + *parts > kWholeShare) return std::nullopt;
  return ones * kWholeShare + *parts;
}

class PropertiesFile {
 public:
  explicit PropertiesFile(FileLines lines) : lines_(std::move(lines)) {}

  Result<PlannedWorkload> parse() {
    while (const auto line = lines_.next()) {
      if (Status done = take(*line); !done.ok()) return done.error();
    }
    for (const Property& each : kProperties) {
      if (each.fallback.empty() && !values_.contains(each.name)) {
        return lines_.about_file(fmt::format("expected a line '{}=NUMBER', found none", each.name));
      }
    }
    Phase run{.name = "run", .length = number("operationcount")};
    std::uint64_t sum = 0;
    std::string shares;
    for (const Share& each : kShares) {
      const std::uint64_t share = *share_of(text(each.property));
      run.mix[static_cast<std::size_t>(each.kind)] = static_cast<std::uint32_t>(share);
      sum += share;
      shares += fmt::format("{}{}={}", shares.empty() ? "" : ", ", each.property, text(each.property));
    }
    if (sum != kWholeShare) {
      return lines_.about_file(
          fmt::format("expected proportions with the sum 1, found {}.{:03}: {}; those that the "
                      "file lacks have YCSB's defaults",
                      sum / kWholeShare, sum % kWholeShare, shares));
    }
    run.skew = std::ranges::find(kDistributions, text("requestdistribution"), &Distribution::name)->skew;
    run.scans = {.low = number("minscanlength"), .high = number("maxscanlength")};
    if (run.scans.low > run.scans.high) {
      return lines_.about_file(
          fmt::format("expected minscanlength up to maxscanlength, found {} and {}", run.scans.low, run.scans.high));
    }
    const std::uint64_t value_bytes = number("fieldcount") * number("fieldlength");
    if (value_bytes > kValueBytesMax) {
      return lines_.about_file(fmt::format("expected values (fieldcount times fieldlength) up to {} bytes, found {}",
                                           kValueBytesMax, value_bytes));
    }
    const Phase load{.name = "load",
                     .length = number("recordcount"),
                     .mix = all(OperationKind::kInsert),
                     .keys = Indices::kShuffled,
                     .measured = false};
    return PlannedWorkload{.entries = kWholeOperations,
                           .key_space = load.length + room_for_inserts(run),
                           .phases = {load, run},
                           .value_bytes = value_bytes};
  }

 private:
  static Mix all(OperationKind kind) {
    Mix mix{};
    mix[static_cast<std::size_t>(kind)] = kWholeShare;
    return mix;
  }

  // As in the table: some more than the share, since chance may give more.
  static std::uint64_t room_for_inserts(const Phase& run) {
    const std::uint64_t inserts = run.mix[static_cast<std::size_t>(OperationKind::kInsert)];
    if (inserts == 0) return 0;
    const std::uint64_t share = std::min<std::uint64_t>(inserts + 50, kWholeShare);
    return run.length < kFewOperations ? run.length : run.length * share / kWholeShare;
  }

  std::string_view text(std::string_view name) const {
    const auto found = values_.find(name);
    return found != values_.end() ? found->second : std::ranges::find(kProperties, name, &Property::name)->fallback;
  }
  std::uint64_t number(std::string_view name) const { return *whole_number(text(name)); }

  Status take(std::string_view line) {
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) return lines_.unexpected("a property NAME=VALUE", line);
    const std::string_view name = trimmed(line.substr(0, equals));
    const std::string_view value = trimmed(line.substr(equals + 1));
    const auto* const property = std::ranges::find(kProperties, name, &Property::name);
    if (property == kProperties.end()) {
      return lines_.wrong(unknown_name("property", shown(name), names_of(kProperties)).message());
    }
    if (Status good = check(*property, value); !good.ok()) return good;
    if (!values_.emplace(name, value).second)
      return lines_.wrong(fmt::format("expected {} once, found it again", name));
    return {};
  }

  Status check(const Property& property, std::string_view value) const {
    switch (property.holds) {
      case Holds::kNumber: {
        const auto number = whole_number(value);
        if (number && *number > 0 && *number < kKeysMax) return {};
        return lines_.unexpected(fmt::format("{}=NUMBER from 1 to {}", property.name, kKeysMax - 1), value);
      }
      case Holds::kShare:
        if (share_of(value)) return {};
        return lines_.unexpected(fmt::format("{} from 0 to 1 with three decimals at most", property.name), value);
      case Holds::kDistribution: {
        const auto row = row_named(property.name, value, kDistributions);
        return row.ok() ? Status() : Status(lines_.wrong(row.error().message()));
      }
      case Holds::kOneWord:
        if (value == property.fallback) return {};
        return lines_.unexpected(fmt::format("{}={}, the only one that is known", property.name, property.fallback),
                                 value);
      case Holds::kAnything: break;
    }
    return {};
  }

  FileLines lines_;
  std::map<std::string_view, std::string_view> values_;
};

}  // namespace

Result<PlannedWorkload> parse_properties(FileLines lines) { return PropertiesFile(std::move(lines)).parse(); }

}  // namespace mylonite::experiments
