#include "core/base/invariant.h"

#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>

#include <fmt/format.h>

namespace mylonite {
namespace {

constinit std::atomic<InvariantSink> told{nullptr};

}  // namespace

void set_invariant_sink(InvariantSink sink) { told = sink; }

void invariant_failed(const Claim& claim, std::initializer_list<std::int64_t> values) {
  std::array<char, 512> text{};  // no allocation: memory may be what is broken
  char* out = text.data();
  const auto room = [&] { return static_cast<std::size_t>(text.data() + text.size() - 1 - out); };
  out = fmt::format_to_n(out, room(), "{}:{}: invariant broken: {}", claim.place.file_name(), claim.place.line(),
                         claim.text)
            .out;
  for (const std::int64_t value : values) out = fmt::format_to_n(out, room(), " [{}]", value).out;
  const InvariantSink sink = told;
  if (sink == nullptr || !sink(text.data())) std::fprintf(stderr, "%s\n", text.data());
  std::abort();
}

}  // namespace mylonite
