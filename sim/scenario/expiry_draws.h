// Seeds about data that expires: a few of all, so that the others go on to find what they found.
//
// Such a seed has one expiring policy with limits that its small data exceed, and several of its incarnations are under
// it. The others keep what they drew, and merges by hand come in between, so that young data lie below old. By bytes,
// expiries are many, and history is kept, so that reads of the past meet them. By age, there are long sleeps, and
// clocks that jump, stand still or show nothing usable.
// Deterministic: all draws are from streams of their own, so they shift none of another seed.
// Thread-safety: pure functions.
#pragma once

#include <cstdint>
#include <string>

#include <mylonite/compaction_policy.h>
#include <mylonite/options.h>
#include <mylonite/random.h>

namespace mylonite::sim {

struct Swarm;

struct ExpiryDraw {
  std::string policy{};          // its text; empty: the seed is about something else
  bool by_age = false;           // else by bytes
  bool one_thread = false;       // merges one after the other
  std::uint64_t lives_of_4 = 0;  // so many of four incarnations are under the policy
};

// Decides whether the seed is about data that expires, and then changes what its swarm does. It never is without a
// policy that has a lifetime (the parameter `ttl`).
void draw_expiry(Swarm& swarm, const Random& random);

// The options of one incarnation of such a seed.
void draw_expiring_options(Options& options, const ExpiryDraw& expiry, Random random);

}  // namespace mylonite::sim
