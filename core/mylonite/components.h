// The components of a store that are objects, not Options: the caller passes them to open().
//
// A policy of the caller's own:
//   mylonite::StoreComponents mine;
//   mine.compaction_policies.push_back({.name = "my_policy", .what = "...", .rank = rank_mine});
//   options.compaction_policy = "my_policy";
//   auto store = mylonite::Store::open(options, mine);
// Thread-safety: a value.
#pragma once

#include <mylonite/compaction_policy.h>
#include <mylonite/events.h>

namespace mylonite {

struct StoreComponents {
  StoreComponents() = default;
  StoreComponents(EventListener* heard) : listener(heard) {}  // implicit: a listener alone may be passed

  EventListener* listener = nullptr;                             // outlives the store; null: none
  CompactionPolicies compaction_policies = standard_policies();  // options.compaction_policy may name them
};

}  // namespace mylonite
