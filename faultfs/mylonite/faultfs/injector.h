// Injectors: values that decide for each call whether a fault strikes it, and that describe themselves as text. They
// are composed of small parts, after errorfs of Pebble (github.com/cockroachdb/pebble, vfs/errorfs):
//
//   inject(Fault::kIoError, nth(3, of_role("wal", calls(CallKind::kSync))))    "EIO on the 3rd sync of a wal"
//   inject(Fault::kNoSpace, from_nth(9, calls(CallKind::kAppend)))             "ENOSPC on every append from the 9th on"
//   first_of({replay(recorded), inject(Fault::kLie, one_in(5, stream, calls({CallClass::kSyncs})))})
//
// `Calls` is a set of calls, `When` chooses among these, `Injector` adds the fault. Each part is a plain struct of a
// function and a text, so a user's own part is one more such struct.
// Invariants: a fault strikes only calls that it fits; a `When` sees, in order, every call that earlier injectors let
// pass; it counts or draws only for those in its `Calls`; the same calls and seeds give the same faults.
// Copies share counters and random streams. Roles come from the user's classifier (path_cache.h).
// It does not touch disks, nor record faults (injected_faults.h does). A decision allocates only in replay().
// Thread-safety: one thread, or fibers of one scheduler. Complexity: O(parts); replay: O(faults placed).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <mylonite/faultfs/call.h>
#include <mylonite/faultfs/fault.h>
#include <mylonite/faultfs/path_cache.h>
#include <mylonite/random.h>

namespace mylonite::faultfs {

struct SeenCall {
  const Call& call;
  const PathStatistics& path;  // with this call counted
};

struct Calls {
  std::function<bool(const SeenCall&)> contain;
  std::string text;  // a noun with what qualifies it: "sync of a wal"
};
Calls calls(CallSet kinds = kAllCalls);
Calls of_role(std::string role, Calls rest = calls());
Calls of_path(std::string path, Calls rest = calls());  // also a rename or link to it

struct When {
  std::function<bool(const SeenCall&)> strikes;
  std::string text;  // "the 3rd sync of a wal"
};
using Stream = std::shared_ptr<Random>;  // shared by the parts that draw from it, in the order of the calls
Stream stream_of(const Random& random);

When every(Calls calls);
When nth(std::uint64_t n, Calls calls);       // from 1
When from_nth(std::uint64_t n, Calls calls);  // it, and every later one
When one_in(std::uint64_t n, Stream stream, Calls calls);
When from_then_on(When first, Calls then);  // the first strike of `first`, then every later call of `then`
// Each strike of `first`, and then up to `most` - 1 further calls of `then`, a number that is drawn each time.
When for_a_while(When first, std::uint64_t most, Stream stream, Calls then);

struct Injector {
  std::function<std::optional<Strike>(const SeenCall&)> decide;
  std::string text;
};
struct WeightedFault {
  Fault fault;
  std::uint64_t weight = 1;
};
Injector nothing();
Injector inject(Fault fault, When when, Stream forms = nullptr);  // `forms` draws the detail; null: always 0
// When `when` strikes, draws among the faults that fit the call.
Injector inject_one_of(std::vector<WeightedFault> faults, Stream stream, When when);
Injector first_of(std::vector<Injector> injectors);  // the first that strikes; later ones do not see the call
Injector replay(std::vector<PlacedFault> placed);

}  // namespace mylonite::faultfs
