// Mylonite's policies beside the trees of RocksDB and LevelDB: write, read and space amplification, same operations.
//
// Every store rests after each buffer of writes, so no figure depends on how fast a device or a thread is. Mylonite is
// run as always, on a simulated machine; a peer runs in memory, its jobs one after another. A result of
// a peer is as one of Mylonite: its policy is the tree's name with the library's version. It has no times, no levels,
// and no moves; `tables_probed` are the blocks that its gets read, one for each run that they look into.
// Thread-safety: one call at a time.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <mylonite/compaction_policy.h>
#include <mylonite/status.h>

#include "experiments/amplification/peer_tree.h"
#include "experiments/compare/compare.h"

namespace mylonite::experiments {

struct AmplificationArguments {
  RunSpec base;                      // its policy is ignored, its seed is the first one
  std::vector<std::string> trees{};  // policies and peers' names; the first is what the others are compared with
  std::uint64_t seeds = 3;
  std::function<bool()> stop{};  // asked often; true: the runs are given up, but for that of a peer
};

// The sizes at which LevelDB can take part: a buffer is a tenth of its level 1. One merge at a time. A device and
// processors, since without them flushes wait for the next rest, and reads find more in memory.
RunSpec amplification_spec();

std::vector<PeerTreeKind> peer_trees();  // those that were built in

// Errors: kInvalidArgument for names, a library that was not built in, and sizes that a peer cannot have, before
// anything runs; else what stopped a store.
Result<Comparison> amplification(const AmplificationArguments& arguments, const CompactionPolicies& policies,
                                 const OnResult& on_result = {});

// Whether the peer can have the sizes of the spec; errors as above. It fills one buffer.
Status check_peer(const RunSpec& spec, const PeerTreeKind& kind);

// One run of a peer. Equal specs give equal figures, with one version of the library.
Result<RunResult> run_peer(const RunSpec& spec, const PeerTreeKind& kind);

}  // namespace mylonite::experiments
