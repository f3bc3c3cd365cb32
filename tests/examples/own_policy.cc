// A store that merges by a policy of this program's own: `own_policy DIRECTORY` fills a store there and prints its
// merges.
#include "tests/examples/own_policy.h"

#include <cstdio>

#include <mylonite/store.h>

namespace {

mylonite::Status fill(const std::string& directory) {
  mylonite::Options options;
  options.data_dir = directory;
  options.compaction_policy = "overflow:tables=2";
  mylonite::StoreComponents mine;
  mine.compaction_policies = own_policy::policies();
  auto store = mylonite::Store::open(options, mine);
  if (!store.ok()) return store.error();
  for (int i = 0; i < 6; ++i) {
    auto written = (*store)->put("key " + std::to_string(i), "value");
    if (!written.ok()) return written.error();
    if (mylonite::Status done = (*store)->flush(); !done.ok()) return done;
  }
  if (mylonite::Status done = (*store)->close(); !done.ok()) return done;
  for (const mylonite::JobRecord& job : (*store)->compactions()) {
    std::printf("%s: %s\n", job.policy.c_str(), job.why.trigger.c_str());
  }
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const mylonite::Status done = fill(argv[1]);
  if (!done.ok()) std::fprintf(stderr, "%s\n", done.error().to_string().c_str());
  return done.ok() ? 0 : 1;
}
