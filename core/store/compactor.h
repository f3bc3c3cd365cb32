// The store's compaction thread: asks the policy after every change of the tree, checks that its job is legal, runs it,
// commits, and removes the files that are no longer named (readers that hold them keep reading).
//
// Any error pauses compaction until the store is reopened: nothing is lost, and reads and writes go on. (If it was the
// manifest that failed, the next flush finds that out and stops the writes.)
// close() does not wait for a merge: it is given up, and the next open removes what it left.
#pragma once

#include "core/compaction/policy.h"
#include "core/rt/rt.h"
#include "core/store/shared_state.h"

namespace mylonite {

class Compactor {
 public:
  Compactor(SharedState& state, const CompactionPolicy& policy);
  void join() { thread_.join(); }  // requires state.closing

 private:
  void run();
  Status compact(rt::Lock& lock, const CompactionJob& job);

  SharedState& state_;
  const CompactionPolicy& policy_;
  rt::Thread thread_;
};

}  // namespace mylonite
