#include "sim/report/signature.h"

#include <fmt/format.h>

#include "sim/report/stack_text.h"

namespace mylonite::sim {

bool Signature::same_kind(const Signature& other) const {
  const bool of_death = call.empty() && !place.empty();
  return rule == other.rule && operation == other.operation && (!of_death || place == other.place);
}

Signature signature_of(const Failure& failure) {
  Signature signature{.rule = failure.rule, .operation = failure.operation, .call = "", .place = ""};
  if (!failure.stack.empty()) {
    signature.place = innermost_function(failure.stack);
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
