#include "sim/oracle/rules.h"

#include <algorithm>
#include <array>

namespace mylonite::sim {
namespace {

constexpr std::array kRules = {
    Rule{"stamp-order", "Stamps strictly increase, over the whole scenario, crashes included."},
    Rule{"stamp-witness",
         "A stamped batch is one that a client has in flight. The answer to a write is the stamp of its batch."},
    Rule{"real-time",
         "A write's stamp is above all stamps that returned before it began, and a read's is not below them."},
    Rule{"read", "Every answer is the model's at the read's own stamp. A read as of a stamp reads at that stamp."},
    Rule{"scan", "Scans forward and backward show the model's pairs, in order."},
    Rule{"walk", "Every step of a cursor shows the model's pair, in any direction and at any age of the cursor."},
    Rule{"range-end", "A removal to the end of all keys leaves no key."},
    Rule{"size", "The approximate size of an empty range is 0, and that of a range is the sum of its parts'."},
    Rule{"unexpected-error",
         "No operation fails on a healthy machine. A read fails only if a fault struck during it, another operation "
         "only if a fault struck before."},
    Rule{"available", "Once file calls succeed again, the store flushes within a minute, without being opened again."},
    Rule{"open", "An open after a crash succeeds without help. A refused open changes nothing."},
    Rule{"second-opener", "While a store is open, no other open succeeds, and none touches a file."},
    Rule{"invented",
         "After a crash the store holds nothing that was never written, nothing twice, and nothing that an earlier "
         "recovery did not find."},
    Rule{"damage",
         "With one file damaged at rest, the store gives no wrong answer. It refuses by name, or serves what is whole: "
         "of "
         "a log, at least what is attested elsewhere."},
    Rule{"batch-torn", "A batch survives a crash whole or not at all."},
    Rule{"lost",
         "What was durable survives a power loss, and what was acknowledged survives the death of the process. The "
         "survivors are a cut: no acknowledged write below the newest survivor is missing."},
    Rule{"retention", "No tombstone is dropped before its retention has passed."},
    Rule{"resurrected", "No tombstone is dropped while it hides an older value."},
    Rule{"floor",
         "The floor of history is never above the newest stamp, or the time that the retention of history grants. It "
         "never sinks while the store is open. No read at or above it, or of a live snapshot, is refused."},
    Rule{"expired",
         "Data expires by its policy's rule only, while no snapshot lives, and is announced before. What has expired "
         "is never seen again."},
    Rule{"checkpoint",
         "A checkpoint holds the store's state at one moment, with all that returned before it was asked for. A kept "
         "one still does in the next incarnation."},
    Rule{"read-only", "Opening for reading changes nothing on the disk, and shows what the next open shows."},
    Rule{"listing", "The directory holds the files that the manifest names, and foreign files untouched."},
    Rule{"policy", "The manifest names the policy that was set last, and listeners hear of each change."},
    Rule{"events", "Each merge that begins ends or fails once, the last ones before close() returns."},
    Rule{"closed", "A call after close() has no answer but kClosed."},
    Rule{"abandon", "A call after abandon() has no answer but kClosed."},
    Rule{"destroy", "An open store is not destroyed. After a destruction nothing is left, whatever crash comes."},
    Rule{"deadlock", "Some thread of the store can always run, or waits for a time that comes."},
    Rule{"livelock", "An operation ends after a bounded number of steps."},
    Rule{"crash", "The store's code does not die: no deadly signal, no exception that nobody catches."},
    Rule{"invariant", "The store's own invariants hold."},
    Rule{"memory", "The memory that the store takes stays below 1 GiB."},
    Rule{"hang", "The store's code does not run for seconds without a lock, a file call or a named point."},
};

}  // namespace

std::span<const Rule> all_rules() { return kRules; }

std::string_view meaning_of_rule(std::string_view name) {
  const auto found = std::ranges::find(kRules, name, &Rule::name);
  return found == kRules.end() ? std::string_view() : found->meaning;
}

}  // namespace mylonite::sim
