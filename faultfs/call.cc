#include <mylonite/faultfs/call.h>

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

}  // namespace mylonite::faultfs
