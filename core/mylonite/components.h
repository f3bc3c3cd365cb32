// What a store is made of beside its numbers (Options): objects that the caller brings to open().
//
// A policy of one's own, without touching the engine:
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

  EventListener* listener = nullptr;                             // null: nobody listens; it outlives the store
  CompactionPolicies compaction_policies = standard_policies();  // what options.compaction_policy may name
};

}  // namespace mylonite
