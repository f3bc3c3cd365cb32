#include <mylonite/faultfs/injector.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

namespace mylonite::faultfs {
namespace {

constexpr const char* kNothing = "nothing";

std::string one(const std::string& noun) {
  const bool vowel = std::string_view("aeiou").contains(noun.front());
  return (vowel ? "an " : "a ") + noun;
}

template <class Row>
std::string joined(const std::vector<Row>& rows, std::string_view between, std::string (*text)(const Row&)) {
  std::string all;
  for (const Row& row : rows) all += (all.empty() ? "" : std::string(between)) + text(row);
  return all;
}

}  // namespace

Calls calls(CallSet kinds) {
  return {.contain = [kinds](const SeenCall& seen) { return kinds.contains(seen.call.kind); },
          .text = to_string(kinds)};
}

Calls of_role(std::string role, Calls rest) {
  std::string text = rest.text + " of " + one(role);
  return {.contain = [role = std::move(role), rest = std::move(rest.contain)](
                         const SeenCall& seen) { return seen.path.role == role && rest(seen); },
          .text = std::move(text)};
}

Calls of_path(std::string path, Calls rest) {
  std::string text = rest.text + " of " + path;
  return {.contain =
              [path = std::move(path), rest = std::move(rest.contain)](const SeenCall& seen) {
                return (seen.call.path == path || seen.call.other_path == path) && rest(seen);
              },
          .text = std::move(text)};
}

Stream stream_of(const Random& random) { return std::make_shared<Random>(random); }

When every(Calls calls) { return {.strikes = std::move(calls.contain), .text = "every " + calls.text}; }

When nth(std::uint64_t n, Calls calls) {
  return {.strikes = [n, contain = std::move(calls.contain), met = std::make_shared<std::uint64_t>(0)](
                         const SeenCall& seen) { return contain(seen) && ++*met == n; },
          .text = fmt::format("the {} {}", ordinal(n), calls.text)};
}

When from_nth(std::uint64_t n, Calls calls) {
  return {.strikes = [n, contain = std::move(calls.contain), met = std::make_shared<std::uint64_t>(0)](
                         const SeenCall& seen) { return contain(seen) && ++*met >= n; },
          .text = fmt::format("every {} from the {} on", calls.text, ordinal(n))};
}

When one_in(std::uint64_t n, Stream stream, Calls calls) {
  return {.strikes = [n, contain = std::move(calls.contain), stream = std::move(stream)](
                         const SeenCall& seen) { return contain(seen) && stream->chance(1, n); },
          .text = fmt::format("one {} in {}", calls.text, n)};
}

When from_then_on(When first, Calls then) {
  std::string text = fmt::format("{} and every {} from then on", first.text, then.text);
  return {.strikes =
              [first = std::move(first.strikes), then = std::move(then.contain),
               begun = std::make_shared<bool>(false)](const SeenCall& seen) {
                if (*begun) return then(seen);
                return *begun = first(seen);
              },
          .text = std::move(text)};
}

When for_a_while(When first, std::uint64_t most, Stream stream, Calls then) {
  std::string text = fmt::format("{} and up to {} more {} each time", first.text, most - 1, then.text);
  return {.strikes =
              [first = std::move(first.strikes), then = std::move(then.contain), most, stream = std::move(stream),
               left = std::make_shared<std::uint64_t>(0)](const SeenCall& seen) {
                if (*left > 0) {
                  if (!then(seen)) return false;
                  --*left;
                  return true;
                }
                if (!first(seen)) return false;
                *left = stream->below(most);
                return true;
              },
          .text = std::move(text)};
}

Injector nothing() {
  return {.decide = [](const SeenCall&) { return std::nullopt; }, .text = kNothing};
}

Injector inject(Fault fault, When when, Stream forms) {
  if (!row_of(fault).has_forms) forms = nullptr;
  return {.decide = [fault, strikes = std::move(when.strikes),
                     forms = std::move(forms)](const SeenCall& seen) -> std::optional<Strike> {
            if (!strikes(seen) || !row_of(fault).fits.contains(seen.call.kind)) return std::nullopt;
            return Strike{.fault = fault, .detail = forms == nullptr ? 0 : forms->next()};
          },
          .text = fmt::format("{} on {}", row_of(fault).phrase, when.text)};
}

Injector inject_one_of(std::vector<WeightedFault> faults, Stream stream, When when) {
  std::string text = joined<WeightedFault>(
      faults, " or ", [](const WeightedFault& each) { return std::string(row_of(each.fault).phrase); });
  text += " on " + when.text;
  return {.decide = [faults = std::move(faults), stream = std::move(stream),
                     strikes = std::move(when.strikes)](const SeenCall& seen) -> std::optional<Strike> {
            if (!strikes(seen)) return std::nullopt;
            const auto weight = [&](const WeightedFault& each) {
              return row_of(each.fault).fits.contains(seen.call.kind) ? each.weight : 0;
            };
            std::uint64_t sum = 0;
            for (const WeightedFault& each : faults) sum += weight(each);
            if (sum == 0) return std::nullopt;
            std::uint64_t draw = stream->below(sum);
            for (const WeightedFault& each : faults) {
              if (draw < weight(each)) return Strike{.fault = each.fault};
              draw -= weight(each);
            }
            return std::nullopt;
          },
          .text = std::move(text)};
}

Injector first_of(std::vector<Injector> injectors) {
  std::erase_if(injectors, [](const Injector& each) { return each.text == kNothing; });
  std::string text = joined<Injector>(injectors, "; ", [](const Injector& each) { return each.text; });
  return {.decide = [injectors = std::move(injectors)](const SeenCall& seen) -> std::optional<Strike> {
            for (const Injector& each : injectors) {
              if (auto strike = each.decide(seen)) return strike;
            }
            return std::nullopt;
          },
          .text = text.empty() ? kNothing : std::move(text)};
}

Injector replay(std::vector<PlacedFault> placed) {
  std::string text = joined<PlacedFault>(placed, "; ", [](const PlacedFault& each) { return to_string(each); });
  return {.decide = [placed = std::move(placed)](const SeenCall& seen) -> std::optional<Strike> {
            for (const PlacedFault& each : placed) {
              const bool fits = row_of(each.strike.fault).fits.contains(seen.call.kind);
              if (fits && seen.path.is_at(each.at, seen.call.kind)) return each.strike;
            }
            return std::nullopt;
          },
          .text = text.empty() ? kNothing : std::move(text)};
}

}  // namespace mylonite::faultfs
