// The judge. Knows what was invoked, acknowledged and durable, and asks the store to account for it.
//
// It never trusts the engine: stamps are a witness that is checked. Rules (names are printed with a violation):
//   stamp-order       stamps strictly increase over the whole scenario, crashes included
//   stamp-witness     a stamped batch is one that a client has in flight; a write's answer is the stamp of its batch
//   real-time         a write's stamp is above, and a read's stamp is not below, all that returned before it began
//   read              every answer equals the model at the read's own stamp, which is the one asked for where one was
//   unexpected-error  no operation fails on a healthy machine
//   invented          after a crash the store holds nothing that was never written, nothing twice, and nothing that an
//                     earlier recovery did not find
//   batch-torn        a batch survives whole or not at all
//   lost              the survivors are a cut: nothing acknowledged below the newest survivor is missing, and nothing
//                     that was durable, or shown by a read with sync on, or (process kill) acknowledged or shown.
//                     What a recovery found counts as acknowledged and durable from then on
//   scan              forward and backward scans agree with the model
//   listing           the directory holds what the manifest names, and foreign files untouched
//   open              an open after a crash succeeds without help
// Durable, as counted here: acknowledged with sync on, or before the start of a sync, flush or close that succeeded.
// Includes nothing of the store. Thread-safety: fibers of one scheduler.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/model.h"
#include "sim/scenario.h"

namespace mylonite::sim {

struct Violation {
  std::string rule;
  std::string what;  // expected and found
};

// One entry of the store after recovery, as it says itself. They come by key, newest first.
struct Survivor {
  std::string key;
  Timestamp at;
  std::optional<std::string> value;
};

class Oracle {
 public:
  struct Ticket {  // of an operation in flight
    Timestamp floor;
  };

  // Writes in flight when the machine was dropped are nobody's any more.
  void start_incarnation(bool sync_on) {
    sync_on_ = sync_on;
    in_flight_.clear();
  }
  // Lying syncs void durability and the order of stamps across the next power loss that is judged.
  void expect_lies() { liar_ = true; }

  // Invocation and return. Writes pass their batch with one operation a key.
  Ticket begin() const { return {.floor = floor_}; }
  void begin_write(const WriteBatch& batch) { in_flight_.push_back({.batch = &batch}); }
  void on_stamped(Timestamp at, const WriteBatch& batch);
  void end_write(const Ticket& ticket, const WriteBatch& batch, Timestamp at);
  void abandon_write(const WriteBatch& batch);  // it failed, or the machine died
  void end_read(const Ticket& ticket, Timestamp at, std::optional<Timestamp> as_of);
  void made_durable(const Ticket& ticket);  // sync, flush or close succeeded; the ticket is of its invocation

  // Answers.
  void check_get(std::string_view key, Timestamp at, const std::optional<std::string>& found);
  void check_scan(const Model::Range& range, Timestamp at,
                  const std::vector<std::pair<std::string, std::string>>& found);

  // After an open that followed a crash (or a close). `lost` returns how many acknowledged writes are gone.
  struct Recovery {
    Ending ending;            // of the incarnation before
    Timestamp first_visible;  // what a read now reports
  };
  std::uint64_t check_recovered(const std::vector<Survivor>& survivors, const Recovery& recovery);
  void check_listing(std::vector<std::string> found, std::vector<std::string> expected);
  void forget_everything();  // the disk was lost to a lie and the store begins anew

  void violate(std::string rule, std::string what);
  const std::optional<Violation>& violation() const { return violation_; }

  std::optional<Timestamp> some_stamp(std::uint64_t which) const;  // a stamp that was acknowledged, if any
  std::size_t writes() const { return emissions_.size(); }

 private:
  struct InFlight {
    const WriteBatch* batch;
    std::optional<Timestamp> at{};
  };
  struct Emission {
    WriteBatch batch;
    bool acknowledged = false;
    std::size_t entries = 0;   // of the batch
    std::size_t survived = 0;  // of them, in the recovery being judged
  };
  void match_survivors(const std::vector<Survivor>& survivors);
  std::string describe(Timestamp at, const Emission& emission) const;

  Model model_;
  std::map<Timestamp, Emission> emissions_;  // that may still count
  std::vector<Timestamp> acknowledged_;      // for as-of reads
  std::vector<InFlight> in_flight_;
  Timestamp newest_stamped_;
  Timestamp floor_;          // the largest stamp of any operation that returned
  Timestamp durable_;        // acknowledged writes up to here survive a power loss
  Timestamp shown_durable_;  // every write up to here does: a read with sync on showed it
  Timestamp shown_;          // every write up to here survives a process kill: some read showed it
  bool sync_on_ = true;
  bool liar_ = false;
  std::optional<Violation> violation_;
};

}  // namespace mylonite::sim
