// A store on a simulated computer, in a program of one's own: what was acknowledged survives a power cut.
#include <cstdio>
#include <string>

#include <mylonite/sim/computer.h>
#include <mylonite/store.h>

using mylonite::Options;
using mylonite::Store;
using mylonite::sim::CallEnd;
using mylonite::sim::Computer;
namespace faultfs = mylonite::faultfs;

int main() {
  Computer computer({.seed = 1});
  Options options;
  options.data_dir = "db";
  Store* store = nullptr;  // of the computer's process
  const auto open = [&] { store = Store::open(computer.files(), options)->release(); };
  computer.run(open);
  computer.crash_at({.when = faultfs::nth(9, faultfs::calls(faultfs::kSyncingCalls)), .image_seed = 1});
  int acknowledged = 0;
  while (computer.answer([&] { return store->put("key" + std::to_string(acknowledged), "value"); })) ++acknowledged;
  computer.run(open);
  for (int i = 0; i < acknowledged; ++i) {
    const auto found = computer.answer([&] { return store->get("key" + std::to_string(i)); });
    if (!found || !found->ok() || **found != "value") return 1;
  }
  std::printf("%d writes survived, trace %s\n", acknowledged, computer.trace_hash().c_str());
  return acknowledged > 0 && computer.last_end() == CallEnd::kReturned ? 0 : 1;
}
