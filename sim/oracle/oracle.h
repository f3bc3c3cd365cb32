// The judge. Knows what was invoked, acknowledged and durable, and asks the store to account for it.
//
// It never trusts the engine: stamps are a witness that is checked. Rules (names are printed with a violation):
//   stamp-order       stamps strictly increase over the whole scenario, crashes included
//   stamp-witness     a stamped batch is one that a client has in flight; a write's answer is the stamp of its batch
//   real-time         a write's stamp is above, and a read's stamp is not below, all that returned before it began
//   read              every answer equals the model at the read's own stamp, which is the one asked for where one was
//   unexpected-error  no operation fails on a healthy machine; where single file calls fail, no read in which none did,
//                     and nothing else before the first one
//   invented          after a crash the store holds nothing that was never written, nothing twice, and nothing that an
//                     earlier recovery did not find
//   batch-torn        a batch survives whole or not at all
//   lost              the survivors are a cut: nothing acknowledged below the newest survivor is missing, and nothing
//                     that was durable, or shown by a read with sync on, or (process kill) acknowledged or shown.
//                     What a recovery found counts as acknowledged and durable from then on. What the store may drop
//                     by its own rules is not missed (sim/oracle/recovery_checker.h)
//   retention         no tombstone is dropped before its time
//   resurrected       none is dropped while it hides something
//   floor             history is kept where it is owed: the floor is never above the newest stamp, a live snapshot or
//                     the time that history_retention_seconds grants; it never sinks while the store is open, nor below
//                     what was ever dropped; no read above it is refused
//   scan              forward and backward scans agree with the model
//   walk              so does every step of a cursor, whatever turns it takes and however old it is
//   checkpoint        holds the store's state at one moment, at least all that had returned before it was asked for;
//                     one that was kept still does in the next life
//   read-only         opening for reading changes nothing on the disk and shows what the next open shows
//   listing           the directory holds what the manifest names, and foreign files untouched
//   open              an open after a crash succeeds without help
// Durable, as counted here: acknowledged with sync on, or before the start of a sync, flush or close that succeeded.
// Every call is simulator code by itself (sim/machine/sanitizer.h), so clients call it without a scope of their own.
// Includes nothing of the store. Thread-safety: fibers of one scheduler.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mylonite/options.h>

#include "sim/oracle/model.h"
#include "sim/oracle/recovery_checker.h"
#include "sim/scenario/scenario.h"

namespace mylonite::sim {

class Oracle {
 public:
  struct Ticket {  // of an operation in flight
    Timestamp floor;
    std::uint64_t snapshots = 0;  // how many had been taken
    Timestamp history{};          // the highest floor of history that the store had told, since it was opened
  };

  void start_incarnation(const Options& options);
  // The wall clock never showed more than so many ticks, so far.
  void saw_clock(std::uint64_t highest);
  // Lying syncs void durability and the order of stamps across the next power loss that is judged.
  void expect_lies() { liar_ = true; }

  // Invocation and return. Writes pass their batch with one operation a key.
  Ticket begin() const;
  void begin_write(const WriteBatch& batch);
  void on_stamped(Timestamp at, const WriteBatch& batch);
  // A stamped ingest is not there and never will be; its client gets an error.
  void on_ingest_given_up(Timestamp at);
  void end_write(const Ticket& ticket, const WriteBatch& batch, Timestamp at);
  void abandon_write(const WriteBatch& batch);  // it failed, or the machine died: nobody knows what came of it
  void end_read(const Ticket& ticket, Timestamp at, std::optional<Timestamp> as_of);
  // A snapshot is a read that binds the floor of history until it is released. Returns a name to release it by.
  std::uint64_t end_snapshot(const Ticket& ticket, Timestamp at);
  void release_snapshot(std::uint64_t name);  // call it before the store is told
  void made_durable(const Ticket& ticket);    // sync, flush or close succeeded; the ticket is of its invocation

  // Answers.
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  void check_get(std::string_view key, Timestamp at, const std::optional<std::string>& found);
  void check_scan(const Model::Range& range, Timestamp at, const Pairs& found);
  // Where a cursor came to: the first pair of the range is expected, empty where there is none.
  using CursorPosition = std::optional<std::pair<std::string_view, std::string_view>>;
  void check_position(const Model::Range& range, Timestamp at, const CursorPosition& found);
  // A read as of `asked` was refused as older than history reaches; the ticket is of its invocation.
  void check_refused(const Ticket& ticket, Timestamp asked);
  // The store says how far back history reaches; the ticket is of the invocation.
  void check_floor(const Ticket& ticket, Timestamp floor);

  // After an open that followed a crash (or a close).
  struct Recovery {
    Ending ending;            // of the incarnation before
    Timestamp first_visible;  // what a read now reports
    Timestamp floor{};        // of history
  };
  using Counts = RecoveryChecker::Counts;
  Counts check_recovered(const Holdings& found, const Recovery& recovery);
  // What a checkpoint shows, front to back, with its newest stamp; the ticket is of the invocation.
  void check_checkpoint(const Ticket& ticket, Timestamp newest, const Pairs& found);
  void check_listing(std::vector<std::string> found, std::vector<std::string> expected);
  void forget_everything();  // the disk was lost to a lie and the store begins anew

  void violate(std::string_view rule, std::string_view what);
  const std::optional<Violation>& violation() const { return violation_; }

  std::optional<Timestamp> some_stamp(std::uint64_t which) const;  // a stamp that was acknowledged, if any
  std::size_t writes() const { return emissions_.size(); }

 private:
  // Writes of equal batches that have not returned. Which of them got a stamp shows only when one answers with it.
  struct InFlight {
    std::size_t writers = 0;
    std::vector<Timestamp> stamps{};  // given out, and answered by nobody yet
    std::size_t of_failed = 0;        // at most so many of them belong to writes that failed
  };
  using EqualWrites = std::map<std::string, InFlight, std::less<>>;  // by the encoded batch
  void leave(EqualWrites::iterator writes);                          // one writer returned or failed
  // The highest floor that is right now, given the snapshots that were live before `taken` more were and still are.
  Timestamp highest_floor(std::uint64_t taken) const;
  Timestamp past(std::uint64_t ticks) const;                              // so long before the newest moment known
  Timestamp newest() const { return std::max(newest_stamped_, floor_); }  // that may be visible
  void settle(const Recovery& recovery, bool void_bounds, Timestamp cut);

  Model model_;
  Emissions emissions_;                  // that may still count
  Emissions doubtful_;                   // taken for lost by a recovery; see sim/oracle/recovery_checker.h
  std::vector<Timestamp> acknowledged_;  // for as-of reads
  EqualWrites in_flight_;
  Timestamp newest_stamped_;
  Timestamp floor_;                               // the largest stamp of any operation that returned
  Timestamp durable_;                             // acknowledged writes up to here survive a power loss
  Timestamp shown_durable_;                       // every write up to here does: a read with sync on showed it
  Timestamp shown_;                               // every write up to here survives a process kill: some read showed it
  Timestamp reported_floor_;                      // of history, the highest since the store was opened
  Timestamp dropped_to_;                          // the lowest that allows what recoveries found dropped
  Timestamp history_floor_;                       // as of the last recovery
  std::map<std::uint64_t, Timestamp> snapshots_;  // live ones, by name
  std::uint64_t snapshots_taken_ = 0;             // the next one's name
  std::uint64_t wall_highest_ = 0;
  Timestamp granted_;  // the highest floor that the retentions of earlier incarnations allowed
  std::uint64_t least_retention_ticks_ = UINT64_MAX;  // of history, since the last recovery that was judged
  bool sync_on_ = true;
  std::uint64_t history_retention_ticks_ = UINT64_MAX;  // before the first incarnation nothing is granted
  std::uint64_t tombstone_retention_ticks_ = 0;
  bool liar_ = false;
  std::optional<Violation> violation_;
};

}  // namespace mylonite::sim
