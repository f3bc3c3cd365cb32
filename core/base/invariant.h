// invariant(condition, "what holds", values...): a proven claim. If it is false, every build prints place and values,
// and aborts. It is not for bytes from disk, nor for anything that the outside world can break: those are a Status.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <source_location>

namespace mylonite {

struct Claim {
  const char* text;
  std::source_location place;
  consteval Claim(const char* what, std::source_location where = std::source_location::current())
      : text(what), place(where) {}
};

[[noreturn]] void invariant_failed(const Claim& claim, std::initializer_list<std::int64_t> values);

template <class... Values>
void invariant(bool holds, Claim claim, Values... values) {
  if (!holds) [[unlikely]] {
    invariant_failed(claim, {static_cast<std::int64_t>(values)...});
  }
}

}  // namespace mylonite
