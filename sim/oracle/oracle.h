// The oracle: knows what was invoked, acknowledged and durable, and checks the store's answers against it.
//
// It does not trust the engine: stamps are evidence that is itself checked. Its rules, by the names that a violation
// prints, stand in sim/oracle/rules.cc.
// A write is durable if it is acknowledged with sync on, or before a successful sync, flush or close begins.
// Every call opens its own scope of simulator code (sim/machine/sanitizer.h).
// It includes nothing of the store. Thread-safety: fibers of one scheduler.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <mylonite/options.h>

#include "sim/oracle/model.h"
#include "sim/oracle/recovery_checker.h"
#include "sim/scenario/scenario.h"

namespace mylonite::sim {

class Oracle {
 public:
  struct Ticket {                 // what was known when an operation was invoked
    Timestamp floor;              // the largest stamp that had returned
    std::uint64_t snapshots = 0;  // the number of snapshots taken
    Timestamp history{};          // the highest floor of history that the store had reported since it was opened
    Timestamp expired{};          // what was written up to here had expired
  };

  void start_incarnation(const Options& options);
  // The highest reading of the wall clock so far, in ticks.
  void saw_clock(std::uint64_t highest);
  // Lying syncs void durability and the order of stamps across the next power loss that is checked.
  void expect_lies() { liar_ = true; }

  // Invocation and return. Writes pass collapsed batches: one operation a key.
  Ticket begin() const;
  // `sync`: what the write itself asks for; empty: as the options of the store say.
  void begin_write(const WriteBatch& batch, std::optional<bool> sync = {});
  void on_stamped(Timestamp at, const WriteBatch& batch);  // a range to the end that has no bound yet gets one
  // A stamped write failed: it is not in the store, but the first recovery after this may find it.
  void on_write_failed(Timestamp at);
  // A stamped ingest is not in the store and never will be; its client gets an error.
  void on_ingest_given_up(Timestamp at);
  void end_write(const Ticket& ticket, const WriteBatch& batch, Timestamp at, std::optional<bool> sync = {});
  void abandon_write(const WriteBatch& batch);  // it failed, or the machine died: its outcome is unknown
  void end_read(const Ticket& ticket, const ReadMoment& moment, std::optional<Timestamp> as_of);
  // A snapshot is a read whose moment can be read until it is released. Returns the name to release it by.
  std::uint64_t end_snapshot(const Ticket& ticket, Timestamp at);
  void release_snapshot(std::uint64_t name);  // call it before the store releases the snapshot
  // What was written up to `through` is about to expire, which no read has seen yet.
  void begin_expiry(Timestamp through);
  void end_expiry(std::optional<Timestamp> through);  // it has, durably, for reads from now on; empty: it failed
  void made_durable(const Ticket& ticket);            // sync, flush or close succeeded; the ticket is of its invocation
  // A synced write returned, on a machine whose calls do not fail. The store attests the first sync of an incarnation
  // at once, and each within a second, at the latest by the next synced write.
  void synced(Timestamp at, std::uint64_t began_ns, std::uint64_t returned_ns);

  // Answers.
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  void check_get(std::string_view key, const ReadMoment& moment, const std::optional<std::string>& found);
  void check_scan(const Model::Range& range, const ReadMoment& moment, const Pairs& found);
  // The position of a cursor after a step. The first pair of the range is expected; empty: the range has none.
  using CursorPosition = std::optional<std::pair<std::string_view, std::string_view>>;
  void check_position(const Model::Range& range, const ReadMoment& moment, const CursorPosition& found);
  // A read as of `asked` was refused as older than history reaches; the ticket is of its invocation.
  void check_refused(const Ticket& ticket, Timestamp asked);
  // The store reported its floor of history; the ticket is of the invocation.
  void check_floor(const Ticket& ticket, Timestamp floor);

  // After an open that followed a crash (or a close).
  struct Recovery {
    Ending ending;            // of the incarnation before
    Timestamp first_visible;  // the stamp at which a read now reads
    Timestamp floor{};        // of history
    Timestamp expired_through{};
    Timestamp expired_before{};  // what had expired when the store was asked; of the ticket
    // The store promises no more of its stamps than their order: first_visible is the newest that it holds. Every write
    // owed up to it is there, what is above it was lost, and such stamps may be given out again. No tombstone is owed.
    bool stamps_return = false;
  };
  using Counts = RecoveryChecker::Counts;
  Counts check_recovered(const StoredVersions& found, const Recovery& recovery);
  // Of a copy of the store with a damaged log or manifest, which opened: what is attested is there, and the rest is a
  // cut. Nothing attests the last record of a manifest, so what it let expire may be there.
  std::optional<Violation> check_damaged(const StoredVersions& found, const Recovery& recovery) const;
  // All pairs of a checkpoint, front to back, with its newest stamp and what had expired; the ticket is of the
  // invocation.
  void check_checkpoint(const Ticket& ticket, const ReadMoment& newest, const Pairs& found);
  void check_listing(std::vector<std::string> found, std::vector<std::string> expected);
  void forget_everything();  // a lie destroyed the disk: the next store starts empty

  void violate(std::string_view rule, std::string_view what);
  const std::optional<Violation>& violation() const { return violation_; }

  std::optional<Timestamp> some_stamp(std::uint64_t which) const;  // a stamp that was acknowledged, if any
  // One of the acknowledged stamps around the newest expiry that was announced; without an expiry, any.
  std::optional<Timestamp> stamp_near_expiry(std::uint64_t which) const;
  std::size_t writes() const { return stamped_writes_.size(); }
  Pairs newest_pairs() const;  // what a read of this moment would show if all that was stamped were visible

 private:
  // Writes of equal batches that have not returned. Only its answer shows which of them got which stamp.
  struct InFlight {
    std::optional<WriteBatch> open{};  // the batch, if it removes to the end of all keys
    std::size_t writers = 0;
    std::vector<Timestamp> stamps{};  // issued, and not yet answered
    std::size_t of_failed = 0;        // the most of these stamps that may belong to failed writes
  };
  using EqualWrites = std::map<std::string, InFlight, std::less<>>;          // by the encoded batch
  void leave(EqualWrites::iterator writes);                                  // one writer returned or failed
  StampedWrites::iterator take_failed(Timestamp at, std::string_view what);  // off those in flight; end(): none is
  // Those of a stamped batch, in which ranges to the end of all keys have got a bound.
  EqualWrites::iterator stamped_writes_of(const WriteBatch& batch);
  void check_bounds(const WriteBatch& open, const WriteBatch& stamped);
  static bool await_stamp(const InFlight& writes);
  bool take_stamp(InFlight& writes, Timestamp at);      // false: none of these writes was given it
  Timestamp highest_floor() const;                      // the highest legal one of history now
  bool held(const Ticket& ticket, Timestamp at) const;  // by a snapshot taken before the ticket that still lives
  Timestamp past(std::uint64_t ticks) const;            // `ticks` before the newest known moment
  Timestamp newest_expiry() const;                      // of those announced
  Timestamp newest() const { return std::max(newest_stamped_, floor_); }  // the newest stamp that may be visible
  void check_cut(const StoredVersions& found, Timestamp cut, RecoveryChecker::Bounds& bounds);
  void settle(const Recovery& recovery, bool void_bounds, Timestamp cut);
  void check_expired(Timestamp shown, Timestamp least);

  Model model_;
  StampedWrites stamped_writes_;         // those that may still count
  StampedWrites doubtful_;               // counted as lost by a recovery; see sim/oracle/recovery_checker.h
  std::vector<Timestamp> acknowledged_;  // for as-of reads
  EqualWrites in_flight_;
  Timestamp newest_stamped_;
  Timestamp floor_;     // the largest stamp of any operation that returned
  Timestamp durable_;   // acknowledged writes up to here survive a power loss
  Timestamp attested_;  // no damage of a log takes acknowledged writes up to here unnoticed
  std::deque<std::pair<std::uint64_t, Timestamp>> unattested_{};  // synced writes, by when they returned
  bool attested_first_ = false;                                   // a sync of this incarnation
  Timestamp shown_durable_;                       // every write up to here survives it: a read with sync on showed it
  Timestamp shown_;                               // every write up to here survives a process kill: a read showed it
  Timestamp reported_floor_;                      // of history, the highest since the store was opened
  Timestamp dropped_to_;                          // the lowest floor that allows what recoveries found dropped
  Timestamp history_floor_;                       // as of the last recovery
  Timestamp expired_;                             // every read sees that what was written up to here has expired
  std::set<Timestamp> expiries_;                  // all that were announced
  bool expiring_ = false;                         // one is under way
  std::map<std::uint64_t, Timestamp> snapshots_;  // live ones, by name
  std::uint64_t snapshots_taken_ = 0;             // the next one's name
  std::uint64_t wall_highest_ = 0;
  Timestamp granted_;  // the highest floor that the retentions of earlier incarnations allowed
  std::uint64_t least_retention_ticks_ = UINT64_MAX;  // of history, since the last checked recovery
  bool sync_on_ = true;
  bool unsynced_begun_ = false;                         // a write of this incarnation asked not to be synced
  std::uint64_t history_retention_ticks_ = UINT64_MAX;  // before the first incarnation nothing is granted
  std::uint64_t tombstone_retention_ticks_ = 0;
  bool liar_ = false;
  std::optional<Violation> violation_;
};

}  // namespace mylonite::sim
