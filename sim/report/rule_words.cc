#include "sim/report/rule_words.h"

#include <algorithm>
#include <array>

namespace mylonite::sim {
namespace {

struct Row {
  std::string_view rule;
  std::string_view sentence;
};
constexpr std::array kRows = {
    Row{"stamp-order", "Every write gets a stamp above all stamps before it."},
    Row{"stamp-witness", "A write that gets a stamp is one that a client has asked for."},
    Row{"real-time", "What returned before an operation began is in what that operation sees."},
    Row{"read", "A read shows what was written last, as of the moment that it reads."},
    Row{"unexpected-error", "No operation fails where no file call failed."},
    Row{"invented", "After a crash the store holds nothing that was never written."},
    Row{"batch-torn", "A batch survives a crash whole or not at all."},
    Row{"lost", "What was acknowledged as durable is still there after a crash."},
    Row{"retention", "No mark of a removal is dropped before its time has passed."},
    Row{"resurrected", "What was removed does not come back."},
    Row{"floor", "History that somebody may still read is kept."},
    Row{"expired", "Data expires by the policy's rule only, and is never seen again."},
    Row{"scan", "A scan shows the pairs that were written last, each once and in order."},
    Row{"walk", "Every step of a cursor shows the pair that belongs there."},
    Row{"checkpoint", "A checkpoint holds the store as it was at one moment."},
    Row{"read-only", "Opening for reading changes nothing, and shows what the next open shows."},
    Row{"listing", "The directory holds the store's own files, and foreign ones untouched."},
    Row{"range-end", "A removal to the end of all keys leaves no key."},
    Row{"size", "The size of a range is the sum of its parts' sizes."},
    Row{"policy", "The manifest names the policy that was set last."},
    Row{"events", "Every merge that begins ends once, before the store is closed."},
    Row{"open", "The store opens after a crash without help."},
    Row{"closed", "A call after the store was closed is refused."},
    Row{"abandon", "A call after the store was abandoned is refused."},
    Row{"destroy", "A destroyed store leaves nothing, and an open one is not destroyed."},
    Row{"deadlock", "Some thread can always go on."},
    Row{"livelock", "The run comes to an end."},
    Row{"crash", "The store's code does not touch memory that is not its own."},
    Row{"invariant", "What the store's code takes for granted holds."},
    Row{"memory", "The store does not use up the memory of its machine."},
    Row{"hang", "The store's code does not loop without end."},
};

}  // namespace

std::string_view rule_sentence(std::string_view rule) {
  const auto* const found = std::ranges::find(kRows, rule, &Row::rule);
  return found == kRows.end() ? std::string_view() : found->sentence;
}

}  // namespace mylonite::sim
