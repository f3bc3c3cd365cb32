#include "sim/report/signature.h"

#include <algorithm>
#include <span>

#include <fmt/format.h>

#include "sim/report/stack_text.h"

namespace mylonite::sim {

bool Signature::same_kind(const Signature& other) const {
  const bool of_death = call.empty() && !place.empty();
  return rule == other.rule && operation == other.operation && (!of_death || place == other.place);
}

Signature SignatureMaker::signature_of(const Failure& failure) {
  Signature signature{.rule = failure.rule, .operation = failure.operation, .call = "", .place = ""};
  if (failure.rule == "hang" || failure.rule == "memory") return signature;  // where it was noticed is chance
  if (!failure.stack.empty()) {
    constexpr std::size_t kTelling = 16;
    const auto frames = std::span(failure.stack).first(std::min(failure.stack.size(), kTelling));
    const auto [known, added] = functions_.try_emplace(std::vector(frames.begin(), frames.end()));
    if (added) known->second = innermost_function(frames);
    signature.place = known->second;
  } else if (failure.after) {
    signature.call = faultfs::call_kind_name(failure.after->call);
    signature.place = failure.after->role;
  }
  return signature;
}

std::string to_string(const Signature& signature) {
  std::string text = signature.rule;
  if (!signature.operation.empty()) text += " in " + signature.operation;
  if (!signature.call.empty()) return text + fmt::format(", after {} of {}", signature.call, signature.place);
  return signature.place.empty() ? text : text + ", at " + signature.place;
}

}  // namespace mylonite::sim
