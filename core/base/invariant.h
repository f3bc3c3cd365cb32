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

// Hears of a broken invariant. True: it is told elsewhere, and not printed. For programs that go on after an abort.
using InvariantSink = bool (*)(const char* text);
void set_invariant_sink(InvariantSink sink);  // of the process

[[noreturn]] void invariant_failed(const Claim& claim, std::initializer_list<std::int64_t> values);

template <class... Values>
void invariant(bool holds, Claim claim, Values... values) {
  if (!holds) [[unlikely]] {
    invariant_failed(claim, {static_cast<std::int64_t>(values)...});
  }
}

}  // namespace mylonite
