#include <mylonite/faultfs/call.h>

#include <fmt/format.h>

namespace mylonite::faultfs {
namespace {

struct NamedSet {
  CallSet calls;
  std::string_view noun;
};
constexpr std::array<NamedSet, 5> kNamedSets = {{{kSyncingCalls, "syncing call"},
                                                 {kChangingCalls, "changing call"},
                                                 {kReadingCalls, "reading call"},
                                                 {kFailingCalls, "changing or reading call"},
                                                 {kAllCalls, "call"}}};

}  // namespace

std::string to_string(CallSet calls) {
  for (const NamedSet& set : kNamedSets) {
    if (set.calls == calls) return std::string(set.noun);
  }
  std::string text;
  for (const CallRow& row : kCalls) {
    if (!calls.contains(row.kind)) continue;
    if (!text.empty()) text += " or ";
    text += row.name;
  }
  return text;
}

std::string to_string(const Call& call) {
  std::string text = fmt::format("{} {}", call_kind_name(call.kind), call.path);
  if (!call.other_path.empty()) text += fmt::format(" to {}", call.other_path);
  if (call.kind == CallKind::kAppend || call.kind == CallKind::kRead) text += fmt::format(" {} B", call.size);
  if (call.kind == CallKind::kRead) text += fmt::format(" at {}", call.offset);
  return text;
}

}  // namespace mylonite::faultfs
